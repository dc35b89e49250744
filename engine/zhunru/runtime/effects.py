"""What a line does besides moving the case, with everything in it worked out."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from zhunru.checker.resolved import NOTHING
from zhunru.checker.resolved_flows import Effect
from zhunru.compiler.values import UNKNOWN
from zhunru.runtime.case import Done
from zhunru.runtime.scene import Scene
from zhunru.runtime.secrecy import withheld
from zhunru.vocabulary import CLOCK, Measure
from zhunru.worktime import Limit, Unit, due
from zhunru.worktime.instants import DAY, instant, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTAGE = "停机"


@dataclass(slots=True)
class Outcome:
    """What effects come to: what the store is told, and what they change of the case."""

    done: list[Done] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    supervised: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    kept_back: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)

    def changes(self) -> dict[str, Any]:
        """Return what an event's data says of them."""
        found: dict[str, Any] = {}
        if self.marks:
            found["marks"] = tuple(self.marks)
        if self.supervised:
            found["supervised"] = tuple(dict.fromkeys(self.supervised))
        if self.children:
            found["children"] = tuple(self.children)
        if self.kept_back:
            found["withheld"] = tuple(sorted(self.kept_back))
        return found


class Effecting:
    """Works out the effects of one event."""

    def __init__(
        self, scene: Scene, case_id: str, children: int, owners: tuple[str, ...], outage: bool
    ) -> None:
        self.scene = scene
        self.case_id = case_id
        self.children = children
        self.owners = owners
        self.outage = outage
        self.outcome = Outcome()

    def run(self, effects: Iterable[Effect]) -> None:
        """Work out these effects, in written order."""
        for effect in effects:
            getattr(self, f"_{effect.kind}", self._tell)(effect)

    # --- by kind -------------------------------------------------------------------------------

    def _tell(self, effect: Effect) -> None:
        self._add(Done(kind=effect.kind, to=self._to(effect)))

    def _record(self, effect: Effect) -> None:
        """A mark; what was due while nobody could act counts against nobody (W17)."""
        mark = OUTAGE if self.outage else effect.object
        self.outcome.marks.append(mark)
        fields = {"原记": effect.object} if self.outage else {}
        self._add(Done(kind="record", object=mark, to=self.owners, fields=fields))

    def _supervise(self, effect: Effect) -> None:
        to = self._to(effect)
        self.outcome.supervised.extend(to)
        self._add(Done(kind="supervise", to=to))

    def _enter(self, effect: Effect) -> None:
        since = self.scene.at // DAY
        fields = self.scene.setting.row(effect.object, self.scene.fields)
        self._add(
            Done(kind="enter", object=effect.object, row_kind=effect.row_kind, since=since,
                 until=self._until(effect), fields=fields)
        )  # fmt: skip

    def _cancel(self, effect: Effect) -> None:
        fields = self.scene.setting.row(effect.object, self.scene.fields)
        self._add(Done(kind="cancel", object=effect.object, row_kind=effect.row_kind,
                       since=self.scene.at // DAY, fields=fields))  # fmt: skip

    def _issue(self, effect: Effect) -> None:
        to = self._to(effect)
        slots = self.scene.setting.slots(effect.object)
        fields = {name: self.scene.fields[name] for name in slots if name in self.scene.fields}
        self._add(Done(kind="issue", object=effect.object, to=to, fields=self._shown(fields, to)))

    def _open(self, effect: Effect) -> None:
        self.children += 1
        child = f"{self.case_id}-{self.children}"
        self.outcome.children.append(child)
        facts = self.scene.setting.handed_on(effect.object, self.scene.fields)
        self._add(Done(kind="open", object=effect.object, child=child, fields=facts))

    # --- parts ---------------------------------------------------------------------------------

    def _add(self, done: Done) -> None:
        self.outcome.done.append(done)

    def _to(self, effect: Effect) -> tuple[str, ...]:
        found = self.scene.bearers(effect.to)
        return found.units

    def _shown(self, fields: dict[str, Any], to: tuple[str, ...]) -> dict[str, Any]:
        """Return what may be shown to these bodies; what is kept back is noted."""
        hidden = withheld(self.scene, to) & fields.keys()
        if not hidden:
            return fields
        self.outcome.kept_back |= hidden
        return {name: value for name, value in fields.items() if name not in hidden}

    def _until(self, effect: Effect) -> int | None:
        """Return the last day on which a row holds: reckoned as a limit that begins now."""
        if effect.valid is None or effect.valid_measure is None:
            return None
        value = self.scene.value(effect.valid)
        if value is UNKNOWN:
            self.outcome.missing.extend(self.scene.missing)
            return None
        if value is NOTHING:
            return None
        return self._last_day(Decimal(value), effect.valid_measure)

    def _last_day(self, amount: Decimal, measure: Measure) -> int:
        if measure is Measure.WEEK:
            amount, measure = amount * 7, Measure.DAY
        if measure not in CLOCK:
            amount = amount.to_integral_value(ROUND_CEILING)
        calendar = self.scene.setting.calendar(self.scene.setting.flow.calendar)
        found = due(instant(self.scene.at), Limit(amount, Unit(measure.value)), calendar)
        return stamp(found.instant) // DAY
