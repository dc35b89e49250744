"""What every sentence about a comparison is made of: words for changes and kinds, lines, places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from zhunru.analysis.deltas import Status
from zhunru.checker.words import Phrase
from zhunru.diagnostics import Span

STATUSES: dict[Status, Phrase] = {
    "equivalent": Phrase("等价", "equivalent"),
    "stricter": Phrase("从严", "stricter"),
    "looser": Phrase("放宽", "looser"),
    "different": Phrase("不同", "different"),
}
CHANGES = {
    "added": Phrase("新增", "added"),
    "removed": Phrase("取消", "removed"),
    "changed": Phrase("改动", "changed"),
}
KINDS = {
    "clause": Phrase("", ""),
    "parameter": Phrase("参数", "parameter "),
    "table": Phrase("对照表", "table "),
    "formula": Phrase("公式", "formula "),
    "register": Phrase("台账", "register "),
    "default": Phrase("默认", "the default of "),
    "order": Phrase("依次", "the order of steps in "),
    "chart": Phrase("单位、角色", "units and roles"),
    "form": Phrase("表单", "form "),
    "entry": Phrase("条目", "entry "),
    "rule": Phrase("规则", "rule "),
    "unit": Phrase("单位", "unit "),
    "role": Phrase("角色", "role "),
    "calendar": Phrase("日历", "calendar "),
    "document": Phrase("文书", "document "),
    "duty": Phrase("定期", "recurring duty "),
    "basis": Phrase("依据", "basis "),
    "promise": Phrase("保证", "promise "),
    "check": Phrase("核查", "check "),
    "scorecard": Phrase("评价", "scorecard "),
    "matching": Phrase("配对", "matching "),
    "delegation": Phrase("授权", "delegation "),
}
MOST_NAMES = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A line: a text with a label before it, or none; `depth` is how far it stands in."""

    text: Phrase
    label: Phrase | None = None
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; `table` are the periods of law of a decision, if any."""

    title: Phrase
    lines: tuple[Told, ...] = ()
    heads: tuple[Phrase, ...] = ()
    table: tuple[tuple[Phrase, ...], ...] = ()


def places(old: Span, new: Span) -> str:
    """Return the places in both sets, as `file:line`; one if there is one."""
    found = [place_text(span) for span in (old, new) if span.path]
    return " → ".join(dict.fromkeys(found))


def place_text(span: Span) -> str:
    """Return a place in short: the folder of the set, the file and the line."""
    parts = PurePath(span.path).parts[-2:]
    return f"{'/'.join(parts)}:{span.line}" if span.line else "/".join(parts)
