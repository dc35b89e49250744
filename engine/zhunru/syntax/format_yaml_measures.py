"""Print checks, scorecards, matchings and promises as YAML trees."""

from __future__ import annotations

from zhunru.syntax.format_measures import MeasurePrinter
from zhunru.syntax.format_yaml_parts import TreeParts
from zhunru.syntax.format_yaml_text import Said, Tree
from zhunru.syntax.measure_nodes import Check, Matching, Promise, Scorecard, ScoreClass


class MeasureTrees(TreeParts):
    """Turn what is measured into trees of texts, by the printer of its lines."""

    def __init__(self, printer: MeasurePrinter) -> None:
        super().__init__(printer.clauses)
        self.printer = printer
        self.shown |= {"indicator": printer.indicator, "ranking": printer.ranking}

    def _sentence(self, construct: str, said: str, one: Check | Promise) -> Tree:
        if not one.citations and not one.trace:
            return said
        return self._node(construct, one, said=said)

    def check(self, check: Check) -> Tree:
        """Return a check as one text; as a mapping where it says what it rests on."""
        return self._sentence("check", self.printer.demanded(check), check)

    def promise(self, promise: Promise) -> Tree:
        """Return a promise as one text; as a mapping where it says what it rests on."""
        return self._sentence("promise", self.printer.promised(promise), promise)

    def matching(self, matching: Matching) -> Tree:
        """Return a matching as a mapping."""
        return self._node("match", matching)

    def scorecard(self, card: Scorecard) -> Tree:
        """Return a scorecard as a mapping."""
        printer = self.printer
        return self._node(
            "scorecard",
            card,
            every=printer.period(card.every),
            expected=printer.sizes(card.expected),
            raters=printer.raters(card.raters) if card.raters else "",
            classes=tuple(map(self._class, card.classes)),
            grades=printer.listed(map(printer.grade, card.grades)),
            uses=printer.listed(map(printer.use, card.uses)),
            floors=printer.listed(map(printer.floor, card.floors)),
        )

    def _class(self, part: ScoreClass) -> Tree:
        head = self.printer.class_head(part)
        if not part.indicators:
            return Said(head, part.span.line)
        return self._node("score_class", part, part.span.line, name=head)
