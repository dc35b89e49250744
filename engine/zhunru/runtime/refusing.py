"""How a command is refused: `CaseRefused` with a code and what to do."""

from __future__ import annotations

from typing import Any

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused


def refusal(code: str, **values: Any) -> CaseRefused:
    """Return the refusal `code` with its texts filled in."""
    return CaseRefused(diagnose(code, NOWHERE, **values))
