"""Sections of the page of benchmarks, each written by its own program."""

from __future__ import annotations

import re
from pathlib import Path


def write_section(page: Path, title: str, text: str) -> None:
    """Put a section in place of the one with this title, or behind all others."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    section = f"## {title}\n\n{text.strip()}\n"
    parts = re.split(r"(?m)^(?=## )", before)
    at = next((i for i, part in enumerate(parts) if part.startswith(f"## {title}\n")), None)
    if at is None:
        parts = [part for part in parts if part.strip()] + [section]
    else:
        parts[at] = section
    page.write_text("\n".join(part.rstrip("\n") + "\n" for part in parts if part), encoding="utf-8")


def others_kept(page: Path) -> str:
    """Return the sections that others write, for a program that writes the rest of the page."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    return "".join(
        f"\n{part}"
        for part in re.split(r"(?m)^(?=## )", before)
        if part[:5] in ("## 事项", "## 整列", "## 精确")
    )
