"""评价 of a set, bound: what each indicator counts, what it weighs, what law says of its use."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from zhunru.checker import resolved_measures as m
from zhunru.checker import values as v
from zhunru.checker.measuring import MeasureResolver
from zhunru.checker.symbols import Symbol
from zhunru.checker.things import World
from zhunru.syntax import measure_nodes as source
from zhunru.syntax import nodes as n
from zhunru.syntax.expressions import Quantity
from zhunru.vocabulary import NUMERIC, Measure

if TYPE_CHECKING:
    from zhunru.checker.model import Model

_HUNDRED = Decimal(100)
_MONTHS = {Measure.MONTH: 1, Measure.YEAR: 12}

Part = source.Indicator | source.ScoreClass


def read_scorecards(model: Model, world: World) -> None:
    """Put every scorecard that holds for the set into the model, those of upper sets too."""
    for name, symbol in model.scope.visible["scorecard"].items():
        found = _Reader(model, world, symbol).read()
        if found is not None:
            model.scorecards[name] = found


class _Reader:
    def __init__(self, model: Model, world: World, symbol: Symbol) -> None:
        self.model = model
        self.world = world
        self.symbol = symbol
        self.node: source.Scorecard = symbol.node

    def read(self) -> m.ResolvedScorecard | None:
        """Return the scorecard; None where whom it scores is unknown, which is a finding."""
        node = self.node
        subjects = tuple(t for each in node.subjects if (t := self.world.named(each)))
        if len(subjects) != len(node.subjects):
            return None
        self._check()
        months = self._months()
        raters, ranking = node.raters, node.ranking
        return m.ResolvedScorecard(
            name=node.name.text,
            title=n.Title(node.title.zh, node.title.en),
            subjects=subjects,
            parts=tuple(self._parts(each, months) for each in subjects),
            months=months,
            raters=tuple(each.text for each in raters.names) if raters else (),
            anonymous=bool(raters and raters.anonymous),
            sample=int(raters.sample.value) if raters and raters.sample else 0,
            grades=tuple((g.name.text, g.least.value if g.least else None) for g in node.grades),
            top=int(ranking.top.value) if ranking else 0,
            least=self._standard(ranking) if ranking else None,
            recommend=ranking.recommend.text if ranking and ranking.recommend else "",
            uses=tuple(each.name.text for each in node.uses if each.share is None),
            credits=tuple((u.name.text, u.share.value) for u in node.uses if u.share),
            baseline=node.baseline,
            citations=tuple(self.model.bases.bind(each).resolved for each in node.citations),
            set_code=self.symbol.scope.code,
            span=node.name.span,
        )

    def _months(self) -> int:
        every = self.node.every
        if every is None or every.measure not in _MONTHS:
            return 0
        return int(every.value) * _MONTHS[every.measure]

    def _standard(self, ranking: source.Ranking) -> Decimal | None:
        """Return the points a recommendation asks, those of its grade where it names one."""
        if ranking.grade is None:
            return ranking.least.value if ranking.least else None
        lines = {each.name.text: each.least.value for each in self.node.grades if each.least}
        if ranking.grade.text not in lines:
            self.model.report.add(
                "ZR499", ranking.grade.span, name=ranking.grade.text,
                known_zh=f"：{'、'.join(lines)}" if lines else "",
                known_en=f": {', '.join(lines)}" if lines else "",
            )  # fmt: skip
        return lines.get(ranking.grade.text)

    # --- parts -----------------------------------------------------------------------------------

    def _parts(
        self, subject: m.Things, months: int
    ) -> tuple[m.ResolvedIndicator | m.ResolvedClass, ...]:
        resolver = MeasureResolver(self.model, self.world, (subject,), months=months)
        top = _top(self.node)
        weights = weights_of(top)
        return tuple(
            self._class(resolver, part, weight)
            if isinstance(part, source.ScoreClass) and part.indicators
            else self._indicator(resolver, part, weight)
            for part, weight in zip(top, weights, strict=True)
        )

    def _class(
        self, resolver: MeasureResolver, part: source.ScoreClass, weight: Decimal
    ) -> m.ResolvedClass:
        weights = weights_of(part.indicators)
        total = sum(weights, Decimal(0)) or Decimal(1)
        indicators = tuple(
            self._indicator(resolver, each, own * _HUNDRED / total)
            for each, own in zip(part.indicators, weights, strict=True)
        )
        return m.ResolvedClass(name=part.name.text, weight=weight, indicators=indicators)

    def _indicator(
        self, resolver: MeasureResolver, part: Part, weight: Decimal
    ) -> m.ResolvedIndicator:
        if isinstance(part, source.ScoreClass):  # rated as a whole
            return m.ResolvedIndicator(name=part.name.text, weight=weight)
        value = None
        if part.value is not None:
            found = resolver.bounded_value(part.value, v.NUMBER)
            if found.type and found.type.name not in NUMERIC:
                resolver.mismatch(part.value.span, v.NUMBER, found.type)
            value = found.node
        return m.ResolvedIndicator(
            name=part.name.text,
            weight=weight,
            value=value,
            full=part.full.value if part.full else _HUNDRED,
            raters=tuple(each.text for each in part.raters),
        )

    # --- what must be so -------------------------------------------------------------------------

    def _check(self) -> None:
        self._check_weights()
        self._check_raters()
        self._check_grades()
        self._check_floors()
        self._check_sizes()

    def _check_weights(self) -> None:
        node, add = self.node, self.model.report.add
        top = _top(node)
        if not top:
            add("ZR486", node.name.span, name=node.name.text)
            return
        levels: list[tuple[n.Name, tuple[Part, ...]]] = [(node.name, top)]
        levels += [(one.name, one.indicators) for one in node.classes if one.weight]
        for name, parts in levels:
            total = sum(weights_of(parts), Decimal(0))
            # Thirds of a hundred miss it by the last digit.
            if parts and abs(total - _HUNDRED) > Decimal("0.000001"):
                add("ZR480", name.span, name=name.text, total=f"{total.normalize():f}")
        seen: set[str] = set()
        for part in (*top, *(one for each in node.classes for one in each.indicators)):
            if part.name.text in seen:
                add("ZR485", part.name.span, name=part.name.text)
            seen.add(part.name.text)

    def _check_raters(self) -> None:
        if self.node.raters is not None:
            return
        for part in _leaves(self.node):
            if isinstance(part, source.Indicator) and (part.value is not None or part.raters):
                continue
            self.model.report.add("ZR483", part.name.span, name=part.name.text)

    def _check_grades(self) -> None:
        before: Decimal | None = None
        for at, grade in enumerate(self.node.grades):
            last = at == len(self.node.grades) - 1
            if grade.least is None:
                wrong = not last
            else:
                wrong = before is not None and grade.least.value >= before
                before = grade.least.value
            if wrong:
                self.model.report.add("ZR481", grade.span, name=grade.name.text)

    def _check_floors(self) -> None:
        credits = {use.name.text: use.share.value for use in self.node.uses if use.share}
        for floor in self.node.floors:
            share, name = credits.get(floor.name.text), floor.name.text
            if share is None:
                self.model.report.add("ZR487", floor.span, name=name)
            elif share > floor.share.value if floor.cap else share < floor.share.value:
                zh, en = ("不超过", "at most") if floor.cap else ("不低于", "at least")
                self.model.report.add(
                    "ZR482", floor.span, name=name, share=f"{share:f}",
                    bound=f"{floor.share.value:f}", what_zh=zh, what_en=en,
                )  # fmt: skip

    def _check_sizes(self) -> None:
        counts = {
            Measure.CLASS: len(self.node.classes),
            Measure.ITEM: sum(1 for part in _leaves(self.node) if part not in self.node.classes),
        }
        for size in self.node.expected:
            if size.measure in counts:
                self._same_number(self.node.name, int(size.value), counts[size.measure])
        for part in self.node.classes:
            if part.expected is not None:
                self._same_number(part.name, part.expected, len(part.indicators))

    def _same_number(self, name: n.Name, expected: int, found: int) -> None:
        if expected != found:
            self.model.report.add(
                "ZR484", name.span, name=name.text, expected=expected, found=found
            )


def _top(node: source.Scorecard) -> tuple[Part, ...]:
    return (*node.indicators, *node.classes)


def _leaves(node: source.Scorecard) -> tuple[Part, ...]:
    """Return what is scored by itself: indicators, and classes without any."""
    inner = (one for each in node.classes for one in (each.indicators or (each,)))
    return (*node.indicators, *inner)


def weights_of(parts: tuple[Part, ...]) -> tuple[Decimal, ...]:
    """Return what each part weighs, out of 100.

    As written; a class without a weight weighs what its indicators do. Where nothing is written,
    by the full marks, and where those are not written either, all alike.
    """
    written = [_written(part) for part in parts]
    if any(weight is not None for weight in written):
        return tuple(weight or Decimal(0) for weight in written)
    fulls = [part.full.value for part in parts if isinstance(part, source.Indicator) and part.full]
    if len(fulls) == len(parts) and any(fulls):
        return tuple(full * _HUNDRED / sum(fulls, Decimal(0)) for full in fulls)
    return tuple(_HUNDRED / len(parts) for _ in parts)


def _written(part: Part) -> Decimal | None:
    if part.weight is not None:
        return _percent(part.weight)
    if isinstance(part, source.ScoreClass) and any(one.weight for one in part.indicators):
        return sum((_percent(one.weight) for one in part.indicators if one.weight), Decimal(0))
    return None


def _percent(weight: Quantity) -> Decimal:
    """Return a weight out of 100: 40% is 40, 0.4 is 40, 40 分 is 40."""
    if weight.measure is None and weight.value <= 1:
        return weight.value * _HUNDRED
    return weight.value
