"""Reading keeps the garbage collector off, and leaves it as it was."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import pytest

from zhunru.syntax import uncollected as module
from zhunru.syntax.uncollected import uncollected


class Collector(SimpleNamespace):
    """A garbage collector that notes what it is asked; `frozen` objects are frozen by others."""

    def __init__(self, frozen: int) -> None:
        self.asked: list[str] = []
        self.on = True

        def noting(name: str, answer: int = 0) -> object:
            return lambda: (self.asked.append(name), answer)[1]

        super().__init__(
            isenabled=lambda: self.on,
            enable=lambda: setattr(self, "on", True),
            disable=lambda: setattr(self, "on", False),
            freeze=noting("freeze"),
            unfreeze=noting("unfreeze"),
            get_freeze_count=noting("count", frozen),
        )


def read_thrice(monkeypatch: pytest.MonkeyPatch, collector: Collector) -> list[str]:
    monkeypatch.setattr(module, "gc", collector)
    monkeypatch.setattr(module, "_frozen_by_others", False)
    for _ in range(3):
        with uncollected():
            assert not collector.on
        assert collector.on
    return collector.asked


def test_what_was_made_counts_as_old(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_thrice(monkeypatch, Collector(0)) == ["count", "freeze", "unfreeze"] * 3


def test_what_others_have_frozen_stays_so_and_is_counted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read_thrice(monkeypatch, Collector(1_000_000)) == ["count"]


def test_who_keeps_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
