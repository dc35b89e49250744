"""Exceptions that cross the public API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunru.diagnostics import Diagnostic


class ZhunruError(Exception):
    """Base of every exception that this library raises on purpose."""


class Rejected(ZhunruError):
    """What was handed in has errors; `diagnostics` holds every finding, errors first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message("zh") for d in self.diagnostics[:3]))


class PolicyRejected(Rejected):
    """A policy set has errors, so nothing may be decided by it."""


class RequestRejected(Rejected):
    """A request cannot be read against its form: a value outside its domain, an unknown field."""


class CaseRefused(ZhunruError):
    """A command on a case is refused, and nothing of it is recorded.

    `diagnostic` says why, with its code, and what to do.
    """

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        self.code = diagnostic.code
        super().__init__(diagnostic.message("zh"))


class StoreError(ZhunruError):
    """A store cannot be opened, read or written.

    `uncertain`: whether the work was written is not known; ask again with the same command key.
    """

    def __init__(self, diagnostic: Diagnostic, *, uncertain: bool = False) -> None:
        self.diagnostic = diagnostic
        self.code = diagnostic.code
        self.uncertain = uncertain
        super().__init__(diagnostic.message("zh"))


def reference(error: BaseException) -> str:
    """Return a short text that is the same whenever the same mistake happens at the same place."""
    import traceback
    from hashlib import sha256

    frames = traceback.extract_tb(error.__traceback__)
    trail = [f"{frame.filename.rpartition('/')[2]}:{frame.name}:{frame.lineno}" for frame in frames]
    return sha256("|".join([type(error).__name__, *trail]).encode()).hexdigest()[:8]
