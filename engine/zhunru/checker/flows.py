"""流程, 日历 and 文书 of a set, resolved: every name bound, every guard typed."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker import resolved_flows as f
from zhunru.checker import values as v
from zhunru.checker.flow_bodies import Bodies
from zhunru.checker.flow_fields import actions_of, case_fields
from zhunru.checker.flow_limits import Limits
from zhunru.checker.resolve import Resolver
from zhunru.syntax import nodes as n
from zhunru.syntax import workflow_nodes as w
from zhunru.vocabulary import (
    BUILT_IN,
    NOT_PASSED,
    OFFICE_HOURS,
    PASSED,
    TODAY,
    TOO_FEW,
    TypeName,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from zhunru.checker.model import Model

_OBJECTS = {
    "enter": ("register", "台账", "register"),
    "cancel": ("register", "台账", "register"),
    "issue": ("document", "文书", "document"),
    "open": ("workflow", "流程", "workflow"),
}
RESULTS = frozenset((*PASSED, *NOT_PASSED, *TOO_FEW))
_SLOT = re.compile(r"【([^【】]+)】")


def read_flows(model: Model) -> None:
    """Put the set's own workflows, calendars and documents into the model."""
    for node in model.scope.nodes("calendar"):
        model.calendars[node.name.text] = _calendar(node)
    for node in model.scope.nodes("document"):
        model.documents[node.name.text] = _document(node)
    for node in model.scope.nodes("workflow"):
        model.workflows[node.name.text] = FlowReader(model, node).read()


def _calendar(source: w.CalendarDecl) -> f.ResolvedCalendar:
    return f.ResolvedCalendar(
        name=source.name.text,
        hours=tuple(
            f.ResolvedHours(days=h.days, spells=h.spells, season=h.season, standby=h.standby)
            for h in source.hours
        ),
        settings=tuple((key.text, value.text) for key, value in source.settings),
        span=source.name.span,
    )


def _document(source: w.Document) -> f.ResolvedDocument:
    slots = (*_SLOT.findall(source.body), *_SLOT.findall(source.title.zh))
    return f.ResolvedDocument(
        name=source.name.text,
        title=source.title,
        body=source.body,
        slots=tuple(dict.fromkeys(slots)),
        signed=source.signed.text if source.signed else "",
        sealed=source.sealed,
        number=source.number,
        span=source.name.span,
    )


def _kind(owner: w.Owner | None, action: w.Action) -> f.LineKind:
    """An outcome of 会办 or 会议 is a result; all else is somebody's action."""
    if isinstance(owner, w.Meeting) and action.name.text in RESULTS:
        return "result"
    return "result" if isinstance(owner, w.Joint) and action.join else "action"


class FlowReader:
    """Reads one workflow of the source into a resolved one."""

    def __init__(self, model: Model, source: w.Workflow) -> None:
        self.model = model
        self.source = source
        self.resolver = Resolver(model, case_fields(model, source), counting=True)
        self.bodies = Bodies(self.resolver)
        self.limits = Limits(self.resolver, OFFICE_HOURS[0])
        # First: every limit below is read on it.
        self.limits.calendar = self.limits.named_calendar(source.calendar) or OFFICE_HOURS[0]
        self.ends = tuple(end.text for end in source.ends)
        self.names = (*(state.name.text for state in source.states), *self.ends)
        self._ids: Counter[str] = Counter()

    def read(self) -> f.ResolvedWorkflow:
        """Return the workflow; what cannot be bound is a finding and left out."""
        source = self.source
        states = tuple(self._state(state) for state in source.states)
        anywhere = tuple(self._anywhere(each) for each in source.anywhere)
        return f.ResolvedWorkflow(
            name=source.name.text,
            title=source.title,
            set_code=self.model.scope.code,
            initial=states[0].name if states else "",
            ends=self.ends,
            states=states,
            calendar=self.limits.calendar,
            anywhere=anywhere,
            arrivals=tuple(self._arrivals()),
            constraints=tuple(self._constraints()),
            priorities=tuple(self.resolver.condition(each) for each in source.priorities),
            fields=self._fields(),
            citations=tuple(self.model.bases.bind(each).resolved for each in source.citations),
            period=n.Period(source.period.start, source.period.end),
            span=source.name.span,
        )

    # --- states ----------------------------------------------------------------------------

    def _state(self, source: w.State) -> f.State:
        name, owner = source.name.text, source.owner
        actions = tuple(self._action(name, each, _kind(owner, each)) for each in source.actions)
        endings = tuple(self._ending(name, each) for each in source.endings)
        return f.State(
            name=name,
            owner=self.bodies.owner(source.owner),
            limit=self.limits.limit(source),
            lines=actions + endings,
            cumulative=source.cumulative,
            reminders=tuple(map(self._reminder, source.reminders)),
            extension=self._extension(source.extension),
            suspensions=tuple(s for s in map(self._suspension, source.suspensions) if s),
            forbidden=self._forbidden(source.forbidden),
            span=source.name.span,
        )

    def _reminder(self, source: w.Reminder) -> f.Reminder:
        ahead = self.limits.length(source.ahead) if source.ahead else None
        return f.Reminder(when=source.when, ahead=ahead, to=self.bodies.several(source.to))

    def _extension(self, source: w.Extension | None) -> f.Extension | None:
        length = self.limits.length(source.length) if source else None
        if source is None or length is None:
            return None
        via = self.bodies.body(source.via) if source.via else None
        return f.Extension(times=source.times, length=length, via=via)

    def _suspension(self, source: w.Suspension) -> f.Suspension | None:
        length = self.limits.length(source.length)
        reasons = tuple(reason.text for reason in source.reasons)
        return f.Suspension(reasons=reasons, length=length) if length else None

    def _forbidden(self, names: Iterable[n.Name]) -> tuple[str, ...]:
        known = {word: key for key, words in BUILT_IN.items() for word in words}
        for name in names:
            if name.text not in known:
                self.model.report.unknown(
                    "ZR204",
                    name.span,
                    name.text,
                    known,
                    kind_zh="通用动作",
                    kind_en="built-in action",
                )
        return tuple(known[name.text] for name in names if name.text in known)

    # --- lines -----------------------------------------------------------------------------

    def _action(self, state: str, source: w.Action, kind: f.LineKind) -> f.Line:
        return f.Line(
            id=self._id(state, source.name.text),
            kind=kind,
            name=source.name.text,
            label=source.label.text if source.label else "",
            join=source.join,
            target=self._target(source.target),
            inputs=tuple(name.text for name in source.inputs),
            guard=self.resolver.condition(source.guard) if source.guard else f.ALWAYS,
            bound=self._bound(source.bound),
            effects=self._effects(source.effects),
            span=source.name.span,
        )

    def _ending(self, state: str, source: w.Ending) -> f.Line:
        return f.Line(
            id=self._id(state, source.kind),
            kind=source.kind,
            name=source.kind,
            target=self._target(source.target),
            silence=source.silence.text if source.silence else "",
            guard=self.resolver.condition(source.guard) if source.guard else f.ALWAYS,
            bound=self._bound(source.bound),
            effects=self._effects(source.effects),
            span=source.span,
        )

    def _anywhere(self, source: w.Anywhere) -> f.Anywhere:
        line = self._action("", source.action, "action")
        excluding = tuple(self._target(name) for name in source.excluding)
        return f.Anywhere(line=line, excluding=excluding)

    def _id(self, state: str, name: str) -> str:
        # Cases keep these ids for years: they hang on words, not on places, so that a line of
        # another name put in before changes none of them.
        plain = f"{state}.{name}"
        self._ids[plain] += 1
        number = self._ids[plain]
        return plain if number == 1 else f"{plain}.{number}"

    def _bound(self, source: w.Bound | None) -> f.Bound | None:
        if source is None:
            return None
        then = self._target(source.then) if source.then else ""
        return f.Bound(times=source.times, then=then, effects=self._effects(source.effects))

    def _target(self, name: n.Name) -> str:
        if name.text not in self.names:
            self.model.report.unknown(
                "ZR501", name.span, name.text, self.names, flow=self.source.name.text
            )
        return name.text

    # --- effects ---------------------------------------------------------------------------

    def _effects(self, sources: Iterable[w.Effect]) -> tuple[f.Effect, ...]:
        return tuple(self._effect(each) for each in sources)

    def _effect(self, source: w.Effect) -> f.Effect:
        wanted = _OBJECTS.get(source.kind)
        name = source.object
        if wanted and name and not self.model.scope.find(name.text, wanted[0]):
            known = self.model.scope.names(wanted[0])
            self.model.report.unknown(
                "ZR204", name.span, name.text, known, kind_zh=wanted[1], kind_en=wanted[2]
            )
        valid = self.limits.valid(source.valid) if source.valid else None
        return f.Effect(
            kind=source.kind,
            object=name.text if name else "",
            to=self.bodies.several(source.to),
            row_kind=source.row_kind.text if source.row_kind else "",
            valid=valid[0] if valid else None,
            valid_measure=valid[1] if valid else None,
            span=source.span,
        )

    def _arrivals(self) -> Iterator[tuple[str, tuple[f.Effect, ...]]]:
        for each in self.source.arrivals:
            yield self._target(each.state), self._effects(each.effects)

    # --- constraints -----------------------------------------------------------------------

    def _constraints(self) -> Iterator[f.Constraint]:
        for each in self.source.constraints:
            found = self._constraint(each)
            if found:
                yield found

    def _constraint(self, each: w.Constraint) -> f.Constraint | None:
        if isinstance(each, w.Without):
            if not self._known(*each.steps, each.target):
                return None
            steps = tuple(step.text for step in each.steps)
            return f.Without(
                steps=steps, any_of=each.any_of, target=each.target.text, span=each.span
            )
        if isinstance(each, w.Longest):
            return self._longest(each)
        if isinstance(each, w.Apart):
            left, right = (tuple(x.text for x in side) for side in (each.left, each.right))
            known = self._known(*each.left, *each.right)
            return f.Apart(left=left, right=right, by=each.by, span=each.span) if known else None
        if isinstance(each, w.Entails):
            known = self._known(each.start, each.target)
            start, target = each.start.text, each.target.text
            return f.Entails(start=start, target=target, span=each.span) if known else None
        if isinstance(each, w.Withheld):
            return self._withheld(each)
        return self._exactly(each)

    def _longest(self, each: w.Longest) -> f.Longest | None:
        length = self.limits.length(each.length)
        if not self._known(each.start, *each.ends) or length is None:
            return None
        ends = tuple(end.text for end in each.ends)
        return f.Longest(start=each.start.text, ends=ends, length=length, span=each.span)

    def _withheld(self, each: w.Withheld) -> f.Withheld | None:
        body = self.bodies.named(each.from_)
        known = self._is_field(each.secret)
        if not known or body is None:
            return None
        return f.Withheld(secret=each.secret.text, from_=body, span=each.span)

    def _exactly(self, each: w.Exactly) -> f.Exactly | None:
        name = each.role.text
        if not self._is_field(each.role):
            return None
        if each.number != 1:
            # One unit is never two, nor is the one that a role or level of the chart comes to:
            # nothing that is filled in would do.
            filled_in = name in self.resolver.fields
            type_ = self.resolver.fields.settle(name, v.UNITS) if filled_in else v.UNIT
            if type_.name not in (TypeName.UNITS, TypeName.CHOICES):
                zh, en = v.named(type_, 0), v.named(type_, 1)
                self.resolver.add("ZR306", each.role.span, type_zh=zh, type_en=en)
                return None
        return f.Exactly(number=each.number, role=each.role.text, span=each.span)

    def _is_field(self, name: n.Name) -> bool:
        """Tell whether a name is a field of the case, or a body of the chart."""
        if name.text in self.resolver.fields or self.model.chart.target(name.text):
            return True
        known = (*self.resolver.fields, *self.model.chart.names())
        self.model.report.unknown("ZR201", name.span, name.text, known)
        return False

    def _known(self, *names: n.Name) -> bool:
        """Tell whether each is a state, an end, an action or its label."""
        actions = [a for each in actions_of(self.source) for a in (each.name, each.label) if a]
        known = (*self.names, *(action.text for action in actions))
        unknown = [name for name in names if name.text not in known]
        for name in unknown:
            self.model.report.unknown(
                "ZR501", name.span, name.text, known, flow=self.source.name.text
            )
        return not unknown

    # --- fields ----------------------------------------------------------------------------

    def _fields(self) -> tuple[r.ResolvedField, ...]:
        """Return what a case carries; an input that nothing gave a type is a text."""
        declared = {
            field.name.text: field
            for symbol in self.model.scope.visible["form"].values()
            for field in symbol.node.fields
        }
        found = []
        for name in self.resolver.fields:
            if name in TODAY:
                continue
            source = declared.get(name)
            found.append(
                r.ResolvedField(
                    name=name,
                    type=self.resolver.fields.settle(name, v.TEXT),
                    required=bool(source and source.required),
                    secret=bool(source and source.secret),
                    asserted_by=source.asserted_by.text if source and source.asserted_by else "",
                    withheld_from=tuple(x.text for x in source.withheld_from) if source else (),
                    span=source.name.span if source else self.source.name.span,
                )
            )
        return tuple(found)
