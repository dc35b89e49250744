"""Print checks, scorecards, matchings and promises: a template per node."""

from __future__ import annotations

from collections.abc import Iterable

from zhunru.syntax.expressions import Expr, Quantity
from zhunru.syntax.format_clauses import ClausePrinter
from zhunru.syntax.format_flow_parts import FlowParts
from zhunru.syntax.format_lines import Line, table
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.format_workflows import period_words
from zhunru.syntax.headings import HEADINGS
from zhunru.syntax.measure_nodes import (
    Check,
    Consequence,
    Counted,
    Floor,
    Grade,
    Indicator,
    Matching,
    Promise,
    Ranking,
    Raters,
    Scorecard,
    ScoreClass,
    Spell,
    Use,
)
from zhunru.syntax.nodes import Citation


class MeasurePrinter:
    """Print what is counted, scored, matched and promised; the texts serve the YAML form too."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.parts = FlowParts(words)
        self.clauses = ClausePrinter(words)

    def _sources(
        self, citations: tuple[Citation, ...], trace: tuple[str, ...], indent: int
    ) -> list[Line]:
        cited = self.clauses.citations(citations)
        basis = [Line(self.parts.item("BASIS", cited), 0, indent)] if citations else []
        return [*basis, *self.clauses.trace(trace, indent)]

    # --- checks ----------------------------------------------------------------------------------

    def check(self, check: Check) -> list[Line]:
        """Return a check on one line, with what it rests on under it."""
        head = join(self.parts.name("CHECK", check.name), self.demanded(check))
        return [Line(head, check.span.line), *self._sources(check.citations, check.trace, 1)]

    def demanded(self, check: Check) -> str:
        """Return what a check demands of whom, without its name."""
        parts, words = self.parts, self.words
        demand = check.demand
        top = words.key("TOP") if words.zh else ""
        deadline = join(words.key("AT"), words.day(check.before), top) if check.before else ""
        # A demand that ends in 若 … 否则 would take the consequence for its own.
        return join(
            parts.name("EVERY", check.every),
            parts.name("WITH", check.beside),
            parts.item("WHERE", self.clauses.show(check.where)) if check.where else "",
            deadline,
            words.key("SHOULD" if check.should else "MUST"),
            self.counted(demand) if isinstance(demand, Counted) else self.clauses.show(demand),
            self.consequence(check.consequence),
        )

    def counted(self, counted: Counted) -> str:
        """Return `有 不少于 1 行 X …`."""
        words = self.words
        each = join(words.strict(counted.each), words.key("EACH")) if counted.each else ""
        unit = words.name(counted.unit) if counted.unit else ""
        return join(
            words.key("HAVE"),
            each,
            self._amount(counted),
            unit,
            self.parts.after_number(counted.subject),
            self.parts.item("WHERE", self.clauses.show(counted.where)) if counted.where else "",
            self._spell(counted.spell),
        )

    def _amount(self, counted: Counted) -> str:
        low, high = counted.low, counted.high
        if high is None and low is not None:
            return join(self.words.compare(">="), self._bound(low))
        if low is None and high is not None:
            return join(self.words.compare("<="), self._bound(high))
        if low is None or high is None or low == high:
            return self._bound(high) if high else ""
        if isinstance(low, Quantity) and isinstance(high, Quantity):
            return self.words.band(low, high)
        return join(self._bound(low), self.words.key("TO"), self._bound(high))

    def _bound(self, bound: Expr) -> str:
        return self.parts.party(bound)

    def _spell(self, spell: Spell | None) -> str:
        if spell is None:
            return ""
        if spell.length is None:
            return self.words.key("THISYEAR")
        word = "PAST" if spell.kind == "past" else "ROLLING"
        return join(self.words.key(word), self.words.quantity(spell.length))

    def consequence(self, consequence: Consequence | None) -> str:
        """Return `否则 整改 X`."""
        if consequence is None:
            return ""
        to = self.parts.party(consequence.to) if consequence.to else ""
        return join(self.words.key("OTHERWISE"), self.words.key(consequence.kind.upper()), to)

    # --- promises --------------------------------------------------------------------------------

    def promise(self, promise: Promise) -> list[Line]:
        """Return a promise on one line, with what it rests on under it."""
        head = join(self.parts.name("PROMISE", promise.name), self.promised(promise))
        return [Line(head, promise.span.line), *self._sources(promise.citations, promise.trace, 1)]

    def promised(self, promise: Promise) -> str:
        """Return what is promised of which decision, without the name of the promise."""
        parts, words = self.parts, self.words
        end = words.key("REGARDLESS_END") if words.zh and promise.regardless else ""
        return join(
            parts.name("AT", promise.decision),
            parts.item("WHERE", self.clauses.show(promise.where)) if promise.where else "",
            parts.item("ALWAYS", words.key(promise.outcome.name)) if promise.outcome else "",
            parts.names("REGARDLESS", promise.regardless),
            end,
        )

    # --- matchings -------------------------------------------------------------------------------

    def matching(self, matching: Matching) -> list[Line]:
        """Return a matching, a line for each of its terms."""
        parts, words = self.parts, self.words
        head = join(
            parts.name("MATCH", matching.name),
            words.guarded(matching.needs),
            parts.name("WITH", matching.resources),
            parts.name("OPEN", matching.makes),
        )
        unmatched = parts.name("FORWARD", matching.unmatched)
        terms = (
            parts.item("WHEN", self.clauses.show(matching.when)) if matching.when else "",
            parts.names("SORTED", matching.sorted_by),
            parts.item("UNMATCHED", unmatched),
        )
        lines = [Line(text, 0, 1) for text in terms if text]
        return [
            Line(head, matching.span.line),
            *lines,
            *self._sources(matching.citations, matching.trace, 1),
        ]

    # --- scorecards ------------------------------------------------------------------------------

    def scorecard(self, card: Scorecard) -> list[Line]:
        """Return a scorecard, its indicators as a table where they were one."""
        parts = self.parts
        head = join(
            parts.name("SCORECARD", card.name),
            self.clauses.title(card.title),
            parts.names("CONCERNING", card.subjects),
            self.period(card.every),
            parts.item("EXPECT", self.sizes(card.expected)),
            parts.item("SOURCE", self.words.text(card.source)) if card.source else "",
        )
        raters = parts.item("RATERS", self.raters(card.raters)) if card.raters else ""
        lines = [Line(head, card.span.line), *self._terms([raters])]
        lines += self._indicators(card)
        lines += self._terms(
            [
                parts.item("GRADES", self.listed(map(self.grade, card.grades))),
                parts.item("RANK", self.ranking(card.ranking)),
                parts.item("RESULT", self.listed(map(self.use, card.uses))),
                parts.item("FLOOR", self.listed(map(self.floor, card.floors))),
                parts.item("BASELINE", self.words.day(card.baseline)) if card.baseline else "",
            ]
        )
        return [*lines, *self._sources(card.citations, card.trace, 1)]

    def _terms(self, terms: Iterable[str]) -> list[Line]:
        return [Line(text, 0, 1) for text in terms if text]

    def _indicators(self, card: Scorecard) -> list[Line]:
        heads = [
            (one, Line(self.parts.item("CLASS", self.class_head(one)), one.span.line, 1))
            for one in card.classes
        ]
        rows: list[tuple[ScoreClass | None, Indicator]] = [(None, one) for one in card.indicators]
        rows += [(part, one) for part in card.classes for one in part.indicators]
        if card.tabular and rows:
            return [*(line for _, line in heads), *self._table(rows, card)]
        lines = [self._indicator_line(one, 1) for one in card.indicators]
        for part, line in heads:
            lines += [line, *(self._indicator_line(one, 2) for one in part.indicators)]
        return lines

    def _indicator_line(self, indicator: Indicator, indent: int) -> Line:
        text = self.parts.item("INDICATOR", self.indicator(indicator))
        return Line(text, indicator.span.line, indent)

    def _table(
        self, rows: list[tuple[ScoreClass | None, Indicator]], card: Scorecard
    ) -> list[Line]:
        """Return the indicators as a table of the columns that hold something."""
        cells = [(self.cells(part, one), one.span.line) for part, one in rows]
        keys = [key for key in _COLUMNS if any(row[key] for row, _ in cells)]
        headings = [self._heading(key) for key in keys]
        listed = [([row[key] for key in keys], at) for row, at in cells]
        return table(headings, listed, 1, card.span.line)

    def _heading(self, key: str) -> str:
        terminal = _COLUMNS[key]
        return self.words.key(terminal) if terminal else self.words.pick(HEADINGS["measured"])

    def cells(self, part: ScoreClass | None, indicator: Indicator) -> dict[str, str]:
        """Return what the columns of a table say of an indicator."""
        words = self.words
        quantity = words.quantity
        return {
            "class": words.guarded(part.name) if part else "",
            "name": words.name(indicator.name),
            "value": self.clauses.show(indicator.value) if indicator.value else "",
            "weight": quantity(indicator.weight) if indicator.weight else "",
            "full": quantity(indicator.full) if indicator.full else "",
            "raters": words.names(indicator.raters),
            "citations": self.clauses.citations(indicator.citations),
        }

    def indicator(self, indicator: Indicator) -> str:
        """Return an indicator, without its keyword."""
        words, parts = self.words, self.parts
        value = f"= {self.clauses.show(indicator.value)}" if indicator.value else ""
        quantity = words.quantity
        return join(
            words.guarded(indicator.name),
            value,
            parts.item("WEIGHT", quantity(indicator.weight)) if indicator.weight else "",
            parts.item("FULL", quantity(indicator.full)) if indicator.full else "",
            parts.names("BY", indicator.raters),
            parts.item("BASIS", self.clauses.citations(indicator.citations)),
        )

    def class_head(self, part: ScoreClass) -> str:
        """Return `队伍精良 6 项 权重 15%`, without its keyword."""
        items = self.words.items(part.expected) if part.expected is not None else ""
        weight = self.words.quantity(part.weight) if part.weight else ""
        return join(self.words.guarded(part.name), items, self.parts.item("WEIGHT", weight))

    def raters(self, raters: Raters) -> str:
        """Return who rates, without the keyword."""
        words = self.words
        sample = words.quantity(raters.sample) if raters.sample else ""
        return join(
            words.names(raters.names),
            words.key("ANONYMOUS") if raters.anonymous else "",
            join(words.key("SAMPLE"), words.compare(">="), sample) if sample else "",
        )

    def period(self, period: Quantity | None) -> str:
        """Return `每季度`."""
        return period_words(self.words, period) if period else ""

    def sizes(self, sizes: tuple[Quantity, ...]) -> str:
        """Return `6 类 33 项`."""
        return join(*map(self.words.quantity, sizes))

    def listed(self, shown: Iterable[str]) -> str:
        """Return like things with commas between them."""
        return ", ".join(shown)

    def grade(self, grade: Grade) -> str:
        """Return `优秀 不低于 90`, or the grade of the rest."""
        if grade.least is None:
            return self.parts.name("REST", grade.name)
        return join(
            self.words.guarded(grade.name),
            self.words.compare(">="),
            self.words.quantity(grade.least),
        )

    def ranking(self, ranking: Ranking | None) -> str:
        """Return `前 3 推荐 X`, with what must be reached as well."""
        if ranking is None:
            return ""
        return join(
            self.words.key("TOP"),
            self.words.quantity(ranking.top),
            self._standard(ranking),
            self.parts.name("RECOMMEND", ranking.recommend),
        )

    def _standard(self, ranking: Ranking) -> str:
        words = self.words
        if ranking.grade is not None:
            least = words.compare(">=")
            return join(words.key("AND"), words.key("GRADES"), least, words.guarded(ranking.grade))
        if ranking.least is not None:
            return join(words.key("AND"), words.compare(">="), words.quantity(ranking.least))
        return ""

    def use(self, use: Use) -> str:
        """Return `用于 X` or `计入 X 占 30%`."""
        if use.share is None:
            return self.parts.name("USED", use.name)
        share = self.words.quantity(use.share)
        return join(self.parts.name("CREDITED", use.name), self.parts.item("SHARE", share))

    def floor(self, floor: Floor) -> str:
        """Return `X 不低于 30%`."""
        sign = self.words.compare("<=" if floor.cap else ">=")
        return join(self.words.guarded(floor.name), sign, self.words.quantity(floor.share))


# The columns of a table of indicators, with the words of their headings.
_COLUMNS = {
    "class": "CLASS",
    "name": "INDICATOR",
    "value": "",
    "weight": "WEIGHT",
    "full": "FULL",
    "raters": "BY",
    "citations": "BASIS",
}
