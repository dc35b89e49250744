"""A comparison of two sets as one A4 page: a table that can be read and signed at a meeting.

Self-contained: no script, no picture, nothing loaded. What does not fit on the page is counted, and
stands in the text form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from math import ceil

from zhunru.analysis.clause_changes import tell_days
from zhunru.analysis.comparison import Comparison
from zhunru.analysis.comparison_terms import STATUSES, places
from zhunru.analysis.comparison_words import causes_told, headline, summary, where_told
from zhunru.analysis.contents_diff import Item
from zhunru.analysis.contents_words import (
    constraints_told,
    list_headline,
    table_headline,
    times_told,
)
from zhunru.analysis.deltas import Status
from zhunru.analysis.differences import DecisionDiff, Difference
from zhunru.analysis.flows_diff import FlowDiff
from zhunru.analysis.lists_diff import ListDiff
from zhunru.checker.words import Phrase, joined
from zhunru.diagnostics import Language

_LONGEST = 84  # characters of a cell
_HEIGHT = 216.0  # millimetres of the page that rows may fill
_LINE, _PADDING = 4.8, 2.6  # millimetres of a line, and around those of a row
_WIDTHS = (19.0, 16.5, 12.5)  # Chinese characters that fit on a line of each column of text
_MOST_NAMES = 6
_MOST_PLACES = 2

Row = tuple[Status | None, Phrase, Phrase, Phrase]  # status, what, which way, where it stands

_WORDS = {
    "heading": Phrase("规则比较表", "Comparison of policy sets"),
    "number": Phrase("序号", "No."),
    "status": Phrase("方向", "Direction"),
    "what": Phrase("哪些来件、哪项内容", "Which requests, or what"),
    "how": Phrase("怎样变", "How it changes"),
    "place": Phrase("条款所在", "Clauses"),
    "more": Phrase("本页未列的另有 {n} 项，见文字版。", "{n} more are in the text form."),
    "set": Phrase("规则", "Set"),
    "old": Phrase("原规则", "Old set"),
    "new": Phrase("新规则", "New set"),
    "digest": Phrase("摘要", "Digest"),
    "days": Phrase("各时段", "By period of law"),
    "sign": Phrase(
        "经办：　　　　　　　　审核：　　　　　　　　日期：　　　　",
        "Prepared by: ____________  Reviewed by: ____________  Date: ____________",
    ),
}

_STYLE = """
@page { size: A4; margin: 14mm 12mm; }
* { box-sizing: border-box; }
body { font: 9.5pt/1.42 "Noto Serif CJK SC", "Songti SC", SimSun, serif; color: #111;
  max-width: 186mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 16pt; text-align: center; margin: 0 0 3mm; }
p { margin: 1.5mm 0; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0; table-layout: fixed; }
th, td { border: 0.3mm solid #555; padding: 1mm 1.5mm; vertical-align: top; text-align: left;
  overflow-wrap: anywhere; }
th { background: #eee; font-weight: bold; }
.n { width: 9mm; text-align: center; } .s { width: 13mm; text-align: center; }
td.c { font-size: 8pt; } .c { width: 40mm; } .w { width: 67mm; }
.looser { font-weight: bold; text-decoration: underline; } .stricter { font-weight: bold; }
.sets td:first-child { width: 20mm; } .small { font-size: 8.5pt; color: #333; }
.sign { margin-top: 5mm; }
@media screen and (max-width: 640px) { .n { width: 8mm; } .c, .w { width: 26%; } }
@media print { body { margin: 0; padding: 0; } thead { display: table-header-group; }
  tr { break-inside: avoid; } }
"""


def page(found: Comparison, language: Language = "zh") -> str:
    """Return the page."""
    return _Page(found, 0 if language == "zh" else 1).html()


class _Page:
    """One page in one language."""

    def __init__(self, found: Comparison, at: int) -> None:
        self.found = found
        self.at = at

    def html(self) -> str:
        """Return the whole page, with all that it needs in it."""
        lang = ("zh-CN", "en")[self.at]
        body = "\n".join((self._head(), self._verdict(), self._table(), self._foot()))
        title = self._text(_WORDS["heading"])
        return (
            f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
            f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
        )

    def _text(self, told: Phrase, longest: int = 0) -> str:
        text = told[self.at]
        if longest and len(text) > longest:
            text = text[: longest - 1] + "…"
        return escape(text)

    def _head(self) -> str:
        digest = self._text(_WORDS["digest"])
        rows = (
            f"<tr><td>{self._text(_WORDS[side])}</td><td>{escape(head.code)}　{escape(head.title)}"
            f' <span class="small">{digest} {head.digest[:12]}</span></td></tr>'
            for side, head in (("old", self.found.old), ("new", self.found.new))
        )
        return (
            f'<h1>{self._text(_WORDS["heading"])}</h1>\n<table class="sets">{"".join(rows)}</table>'
        )

    def _verdict(self) -> str:
        lines = [f"<p>{self._text(line.text)}</p>" for line in summary(self.found).lines]
        lines.extend(f"<p>{self._text(told)}</p>" for told in self._eras())
        return "\n".join(lines)

    def _eras(self) -> Iterator[Phrase]:
        """Yield which way each decision goes by period, where periods are not alike."""
        for decision in self.found.decisions:
            if len({era.status for era in decision.eras}) > 1:
                yield _by_era(decision)

    def _table(self) -> str:
        rows = list(_rows(self.found))
        if not rows:
            return ""
        names = ("number", "status", "what", "how", "place")
        classes = ("n", "s", "w", "", "c")
        heads = "".join(
            f'<th class="{css}">{self._text(_WORDS[name])}</th>'
            for name, css in zip(names, classes, strict=True)
        )
        shown = self._fitting(rows)
        body = "\n".join(self._row(n, row) for n, row in enumerate(shown, 1))
        left = len(rows) - len(shown)
        more = ""
        if left > 0:
            more = f"<p>{self._text(_WORDS['more']).format(n=left)}</p>"
        return f"<table><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody></table>{more}"

    def _fitting(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows that fit on the page, judged by the length of their texts."""
        shown, room = [], _HEIGHT - sum(map(self._height, self._before()))
        for row in rows:
            lines = max(
                _lines(told[self.at][:_LONGEST], width)
                for told, width in zip(row[1:], _WIDTHS, strict=True)
            )
            room -= lines * _LINE + _PADDING
            if room < 0:
                break
            shown.append(row)
        return shown

    def _before(self) -> list[str]:
        """Return the sentences that stand above the table."""
        told = [line.text for line in summary(self.found).lines]
        return [each[self.at] for each in (*told, *self._eras())]

    def _height(self, text: str) -> float:
        return _lines(text, 54.0) * _LINE

    def _row(self, number: int, row: Row) -> str:
        status, what, how, place = row
        word = self._text(STATUSES[status]) if status else "－"
        return (
            f'<tr><td class="n">{number}</td><td class="s {status or ""}">{word}</td>'
            f'<td class="w">{self._text(what, _LONGEST)}</td><td>{self._text(how, _LONGEST)}</td>'
            f'<td class="c">{self._text(place, _LONGEST)}</td></tr>'
        )

    def _foot(self) -> str:
        return f'<p class="sign">{self._text(_WORDS["sign"])}</p>'


def _lines(text: str, width: float) -> int:
    """Return how many lines a text takes; a Chinese character is as wide as two others."""
    size = sum(1.0 if ord(each) > 0x2E7F else 0.55 for each in text)
    return max(1, ceil(size / width))


def _by_era(decision: DecisionDiff) -> Phrase:
    parts = [
        (tell_days(some[0].start, some[-1].end), STATUSES[status])
        for status, some in (
            (status, list(eras)) for status, eras in groupby(decision.eras, lambda e: e.status)
        )
    ]
    zh = "；".join(f"{days.zh} {status.zh}" for days, status in parts)
    en = "; ".join(f"{days.en} {status.en}" for days, status in parts)
    return Phrase(f"“{decision.name}”{_WORDS['days'].zh}：{zh}。", f"`{decision.name}`: {en}.")


# --- rows ------------------------------------------------------------------------------------


def _rows(found: Comparison) -> Iterator[Row]:
    """Yield what differs, the outcomes first, each in one row."""
    for decision in found.decisions:
        yield from map(_difference, decision.differences)
    yield from map(_list, found.lists)
    for item in (*found.parameters, *(each for each in found.rules if each.lines)):
        yield _item(item)
    for table in found.tables:
        if not table.equivalent:
            yield None, table_headline(table), _results(table.results), Phrase("", "")
    yield from map(_flow, found.workflows)
    yield from (_item(each) for each in found.rest if each.kind == "delegation")


def _difference(found: Difference) -> Row:
    return (
        found.status,
        _joined(where_told(found)),
        headline(found),
        _joined(causes_told(found.causes)),
    )


def _joined(told: Sequence[Phrase]) -> Phrase:
    return joined(told, "；", "; ")


def _list(found: ListDiff) -> Row:
    signs = {"added": "＋", "removed": "－", "changed": "～"}
    items = [item for item in found.items if not found.kept or item.change == "added"]
    names = _few([f"{signs[item.change]}{item.name}" for item in items])
    said = [*found.lines, *([Phrase(names, names)] if names else [])]
    if len(items) == 1:  # there is room to say what of it is not the same
        said.extend(items[0].lines)
    spots = dict.fromkeys(places(item.old, item.new) for item in items)
    where = (
        "；".join(list(spots)[:_MOST_PLACES]) if spots else places(found.old_place, found.new_place)
    )
    return None, list_headline(found), _joined(said), Phrase(where, where)


def _few(names: Sequence[str]) -> str:
    more = f"等{len(names)}" if len(names) > _MOST_NAMES else ""
    return "、".join(names[:_MOST_NAMES]) + more


def _item(item: Item) -> Row:
    where = places(item.old, item.new)
    kind = Phrase("授权：", "delegation: ") if item.kind == "delegation" else Phrase("", "")
    what = Phrase(f"{kind.zh}{item.name}", f"{kind.en}{item.name}")
    return None, what, _joined(item.lines), Phrase(where, where)


def _results(results: Iterable[object]) -> Phrase:
    told = [
        Phrase(f"{each.old.zh} → {each.new.zh}", f"{each.old.en} -> {each.new.en}")  # type: ignore[attr-defined]
        for each in results
    ]
    return _joined(told[:_MOST_NAMES])


def _flow(found: FlowDiff) -> Row:
    times = [*constraints_told(found), *times_told(found)]
    states = [f"{state.name}" for state in found.states]
    told = times or [Phrase(_few(states), _few(states))]
    where = places(found.old, found.new)
    title = Phrase(f"流程“{found.name}”", f"workflow `{found.name}`")
    return None, title, _joined(told), Phrase(where, where)
