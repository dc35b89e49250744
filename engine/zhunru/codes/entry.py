"""What the registry knows of one diagnostic code."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from zhunru.diagnostics import Severity


@dataclass(frozen=True)
class Code:
    """A diagnostic code.

    `zh`, `en` and the two helps are templates with named slots; user text stands in them inside
    “…” (zh) or `…` (en). `why_*` says on the page of the code what goes wrong if it is ignored.
    """

    id: str
    slug: str
    severity: Severity
    zh: str
    en: str
    help_zh: str
    help_en: str
    why_zh: str
    why_en: str

    def plain(self, name: str) -> str:
        """Return one of the texts as it reads without a case at hand: … stands for its slots.

        A hint is nothing without its case, so nothing stands for it.
        """
        text: str = getattr(self, name)
        text = re.sub(r"(?:{\w+})+", "…", re.sub(r"{hint_\w+}", "", text))
        return text.replace("{{", "{").replace("}}", "}")


def refusals(usual: tuple[str, str]) -> Callable[..., Code]:
    """Return what makes the codes of refusals: errors for the `usual` reason, or one of their own.

    It takes the number, the slug, message and help in both languages, and where it is not the
    usual one the reason in both.
    """

    def made(
        number: int,
        slug: str,
        zh: str,
        en: str,
        help_zh: str,
        help_en: str,
        why: tuple[str, str] = usual,
    ) -> Code:
        return Code(f"ZR{number}", slug, Severity.ERROR, zh, en, help_zh, help_en, *why)

    return made
