"""How a command is refused: by a code, with its words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused
from zhunru.worktime.instants import instant


def refuse(code: str, **values: Any) -> NoReturn:
    """Refuse a command: nothing of it is recorded."""
    raise CaseRefused(diagnose(code, NOWHERE, **values))


def listed(name: str, names: Iterable[str]) -> dict[str, str]:
    """Return names in both languages, for the slots `name_zh` and `name_en` of a text."""
    known = list(dict.fromkeys(names))
    return {f"{name}_zh": "、".join(known) or "无", f"{name}_en": ", ".join(known) or "none"}


def shown(at: int) -> str:
    """Return an instant as people read it."""
    return instant(at).strftime("%Y-%m-%d %H:%M")
