"""How a store says what went wrong: `StoreError` with a code and what to do."""

from __future__ import annotations

from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import StoreError


def failure(code: str, *, uncertain: bool = False, **values: Any) -> StoreError:
    """Return the error `code` with its texts filled in."""
    return StoreError(diagnose(code, NOWHERE, **values), uncertain=uncertain)
