"""What an empty form hangs on is known before the first clerk asks, on every day, of every set."""

from __future__ import annotations

import asyncio

import pytest
from tests.web.conftest import Serve

from zhunru.analysis import residual
from zhunru.web import warming as warming_module
from zhunru.web.warming import Warming


def test_the_first_form_of_a_day_finds_what_was_looked_into(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    find = residual._find
    monkeypatch.setattr(residual, "_find", lambda *asked: looked.append(asked) or find(*asked))
    served = serve("cert")
    warming = Warming(served.app.state.service)
    for day in range(2):
        served.clock.forward(days=day)
        (cold,) = warming.cold()
        warming.look(cold)
        assert warming.cold() == []
        assert len(looked) == day + 1
        served.ask("/v1/partial", {"facts": {}})
        assert len(looked) == day + 1  # it was there already


def test_a_set_that_is_published_is_looked_into_anew(serve: Serve) -> None:
    served = serve("cert")
    service = served.app.state.service
    warming = Warming(service)
    warming.look(warming.cold()[0])
    other = serve("todo").app.state.service.tenants[""].current().policy
    service.tenants[""].replace(other, served.clock(), 1)
    assert [policy.digest for policy, _, _ in warming.cold()] == [other.digest]


@pytest.mark.parametrize(("asked", "seconds"), [([], 1), ([99], 1), ([100, 5_000, 99], 3)])
def test_a_service_that_is_asked_a_lot_waits_for_a_quiet_second(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, asked: list[int], seconds: int
) -> None:
    service = serve("cert").app.state.service
    slept: list[float] = []

    async def sleep(wanted: float) -> None:
        for _ in range(asked[len(slept)] if len(slept) < len(asked) else 0):
            service.figures.request("/v1/decide", 200, 0.0)
        slept.append(wanted)

    monkeypatch.setattr(warming_module.asyncio, "sleep", sleep)
    asyncio.run(Warming(service).quiet())
    assert slept == [1] * seconds
