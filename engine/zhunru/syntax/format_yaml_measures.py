"""Print checks, scorecards, matchings and promises as YAML trees."""

from __future__ import annotations

from zhunru.syntax.format_measures import MeasurePrinter
from zhunru.syntax.format_yaml_parts import TreeParts
from zhunru.syntax.format_yaml_text import Said, Tree
from zhunru.syntax.measure_nodes import Check, Matching, Promise, Scorecard, ScoreClass
from zhunru.syntax.nodes import Citation


class MeasureTrees(TreeParts):
    """Turn what is measured into trees of texts, by the printer of its lines."""

    def __init__(self, printer: MeasurePrinter) -> None:
        super().__init__(printer.words)
        self.printer = printer

    def _sources(self, citations: tuple[Citation, ...], trace: tuple[str, ...]) -> dict[str, Tree]:
        shown = self.printer.clauses
        cited: Tree = tuple(Said(shown.citation(one), one.span.line) for one in citations)
        return {
            "basis": cited if len(citations) > 1 else "".join(map(shown.citation, citations)),
            "trace": self._texts(trace),
        }

    def _sentence(self, construct: str, said: str, one: Check | Promise) -> Tree:
        if not one.citations and not one.trace:
            return said
        return self._record(construct, said=said, **self._sources(one.citations, one.trace))

    def check(self, check: Check) -> Tree:
        """Return a check as one text; as a mapping where it says what it rests on."""
        return self._sentence("check", self.printer.demanded(check), check)

    def promise(self, promise: Promise) -> Tree:
        """Return a promise as one text; as a mapping where it says what it rests on."""
        return self._sentence("promise", self.printer.promised(promise), promise)

    def matching(self, matching: Matching) -> Tree:
        """Return a matching as a mapping."""
        printer = self.printer
        return self._record(
            "match",
            needs=printer.name(matching.needs),
            resources=printer.name(matching.resources),
            makes=printer.name(matching.makes),
            when=printer.clauses.show(matching.when) if matching.when else "",
            sorted=self._names(matching.sorted_by),
            unmatched=printer.name(matching.unmatched),
            **self._sources(matching.citations, matching.trace),
        )

    def scorecard(self, card: Scorecard) -> Tree:
        """Return a scorecard as a mapping."""
        printer = self.printer
        return self._record(
            "scorecard",
            title=self._title(card.title),
            subjects=self._names(card.subjects),
            period=printer.period(card.every),
            expect=printer.sizes(card.expected),
            source=card.source,
            raters=printer.raters(card.raters) if card.raters else "",
            indicator=self._each(self.printer.indicator, card.indicators),
            **{"class": tuple(map(self._class, card.classes))},
            grades=printer.listed(map(printer.grade, card.grades)),
            rank=printer.ranking(card.ranking),
            result=printer.listed(map(printer.use, card.uses)),
            floor=printer.listed(map(printer.floor, card.floors)),
            baseline=self.words.day(card.baseline) if card.baseline else "",
            **self._sources(card.citations, card.trace),
        )

    def _class(self, part: ScoreClass) -> Tree:
        head = self.printer.class_head(part)
        if not part.indicators:
            return Said(head, part.span.line)
        indicators = self._each(self.printer.indicator, part.indicators)
        return self._record("score_class", part.span.line, name=head, indicator=indicators)
