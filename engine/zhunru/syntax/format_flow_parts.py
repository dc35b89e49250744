"""Print the parts of workflows: owners, limits, transitions, effects; shared by lines and cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhunru.syntax import canonical, keywords
from zhunru.syntax.expressions import Expr, Quantity
from zhunru.syntax.format_expressions import Expressions
from zhunru.syntax.format_words import Words, join
from zhunru.syntax.nodes import Name
from zhunru.syntax.workflow_nodes import (
    Action,
    Anywhere,
    Apart,
    Arrival,
    Bound,
    Constraint,
    Effect,
    Ending,
    Entails,
    Exactly,
    Extension,
    Joint,
    Longest,
    Meeting,
    Owner,
    Quorum,
    Reminder,
    State,
    Suspension,
    Withheld,
    Without,
)
from zhunru.vocabulary import MEASURES, QUORUMS, UNANIMOUS, Measure


def _spellings(*terminals: str) -> frozenset[str]:
    tables = (keywords.ZH, keywords.EN)
    return frozenset(word for table in tables for name in terminals for word in table[name])


# Words that the grammar takes where the name of an action, of a party's result, … may begin.
_ACTIONS = _spellings(
    *("ALL", "ANY", "MAJORITY", "OVERDUE", "EXPIRY", "HALFWAY", "AHEAD", "EXTENDABLE"),
    *("SUSPENDABLE", "NEVER", "BY", "WITHIN", "EXCLUDING"),
)
_PARTIES = _spellings(
    *("ENTER", "CANCEL", "ISSUE", "NOTIFY", "COPY", "INFORM", "RECORD", "OPEN", "SUPERVISE"),
    *("URGE", "REMIND", "JOINT", "MEETING", "TO", "UNTIMED"),
)
_CONSTRAINTS = _spellings("WITHOUT", "FROM", "WHERE", "CASE")
_AFTER_NUMBER = frozenset(
    [
        *("以上", "以下", "以内"),
        *(word for pair in MEASURES.values() for words in pair for word in words),
    ]
)


@dataclass(frozen=True)
class _Guarded(Words):
    """Words at places that take keywords as well: names that read as one stand in brackets."""

    def operand(self, text: str) -> str:
        """Return a name that stands in an expression."""
        return f"[{text}]" if text in _PARTIES else super().operand(text)


class FlowParts:
    """Print parts of workflows in the language of `words`."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.key, self.item = words.key, words.item
        self.name, self.names = words.named, words.naming
        self.show = Expressions(words).show
        self.party = Expressions(_Guarded(words.language, words.source_language)).operand

    def parties(self, exprs: Iterable[Expr]) -> str:
        """Return who acts or is told."""
        return self.words.comma.join(map(self.party, exprs))

    def expr(self, terminal: str, expr: Expr | None) -> str:
        """Return a keyword with who it is about."""
        return self.item(terminal, self.party(expr)) if expr else ""

    def meant(self, name: Name) -> Name:
        """Return a name that may be a word of the vocabulary, as the language has it."""
        return name if self.words.zh else canonical.english_flow_word(name)

    def calendar(self, terminal: str, name: Name | None) -> str:
        """Return a keyword with the calendar that time counts on."""
        return self.name(terminal, self.meant(name)) if name else ""

    def after_number(self, name: Name) -> str:
        """Return a name behind a number, which could read as its measure, or as `由 …`."""
        odd = name.text in _AFTER_NUMBER or name.text.startswith(keywords.ZH["BY"])
        return f"[{name.text}]" if odd else self.words.guarded(name)

    def _unlike(self, name: Name, words: frozenset[str]) -> str:
        return f"[{name.text}]" if name.text in words else self.words.name(name)

    def times(self, number: int) -> str:
        """Return so many times."""
        return self.words.quantity(Quantity(Decimal(number), Measure.TIME))

    def at_most(self, text: str) -> str:
        """Return `不超过 …`."""
        return join(self.words.compare("<="), text)

    # --- who works on a state ------------------------------------------------------------------

    def owner(self, owner: Owner | None) -> str:
        """Return who works on a state."""
        if owner is None:
            return ""
        if isinstance(owner, Joint):
            parties = self.item("JOINT", self.parties(owner.parties))
            return join(parties, self.name("LEAD", owner.lead))
        if isinstance(owner, Meeting):
            return self._meeting(owner)
        return join(
            self.parties(owner.owners),
            self.names("JOINTLY", owner.jointly),
            self.expr("SUBSTITUTE", owner.substitute),
        )

    def _meeting(self, meeting: Meeting) -> str:
        return join(
            self.expr("MEETING", meeting.body),
            self.expr("RECUSED", meeting.recused),
            self.item("PRESENT", self._quorum(meeting.present, QUORUMS["everyone"])),
            self.item("FAVOUR", self._quorum(meeting.favour, UNANIMOUS)),
        )

    def _quorum(self, quorum: Quorum | None, everyone: tuple[str, str]) -> str:
        """Return `三分之二以上`, `到会过半数`."""
        if quorum is None:
            return ""
        present = self.key("PRESENT") if quorum.over == "present" else ""
        if quorum.percent is not None:
            return join(present, self.words.quantity(quorum.percent))
        pair = everyone if quorum.share == "everyone" else QUORUMS[quorum.share]
        word = self.words.pick(pair)
        return f"{present}{word}" if self.words.zh else join(present, word)

    def term(self, state: State) -> str:
        """Return how long a state may take."""
        limit = state.limit
        length = self.name("TO", state.until)
        if limit is not None and not length:
            length = self.party(limit.length) if limit.length else self.key("UNTIMED")
        return join(
            length,
            self.key("STOPPED") if limit and limit.stopped else "",
            self.key("CUMULATIVE") if state.cumulative else "",
            self.calendar("PER", limit.calendar) if limit else "",
        )

    # --- transitions -----------------------------------------------------------------------------

    def action(self, action: Action) -> str:
        """Return `label: 全部 name(inputs) 当 guard → target …`."""
        inputs = ", ".join(map(self.words.name, action.inputs))
        label = f"{self._unlike(action.label, _ACTIONS)}:" if action.label else ""
        name = self._unlike(action.name, _ACTIONS) + (f"({inputs})" if inputs else "")
        joined = self.key(action.join.upper()) if action.join else ""
        return join(label, joined, self._go(action, name))

    def ending(self, ending: Ending) -> str:
        """Return `逾期 → target …`."""
        return self._go(ending, self.key(ending.kind.upper()))

    def _go(self, move: Action | Ending, name: str) -> str:
        """Return a transition; what is also done stands before a bound with a way out."""
        arrow = "→" if self.words.zh else "->"
        effects = self.item("ALSO", self.effects(move.effects))
        bound = self._bound(move.bound, arrow)
        out = move.bound is not None and move.bound.then is not None
        return join(
            name,
            self.name("SILENCE", move.silence) if isinstance(move, Ending) else "",
            self.item("WHEN", self.show(move.guard)) if move.guard else "",
            arrow,
            self.words.name(move.target),
            *((effects, bound) if out else (bound, effects)),
        )

    def _bound(self, bound: Bound | None, arrow: str) -> str:
        if bound is None:
            return ""
        if bound.times is None:
            return self.key("UNBOUNDED")
        text = self.at_most(self.times(bound.times))
        if bound.then is None:
            return text
        out = join(self.key("THEREAFTER"), arrow, self.words.name(bound.then))
        return join(f"{text},", out, self.item("ALSO", self.effects(bound.effects)))

    def effects(self, effects: Iterable[Effect]) -> str:
        """Return effects side by side."""
        return self.words.comma.join(map(self._effect, effects))

    def _effect(self, effect: Effect) -> str:
        parties = self.parties(effect.to)
        return join(
            self.key(effect.kind.upper()),
            self.words.name(effect.object) if effect.object else "",
            self.words.guarded(effect.row_kind) if effect.row_kind else "",
            self.expr("VALID", effect.valid),
            self.item("ADDRESSED", parties) if effect.object else parties,
        )

    # --- time on a state -------------------------------------------------------------------------

    def reminder(self, reminder: Reminder) -> str:
        """Return `过半时 提醒 A`."""
        ahead = self.words.quantity(reminder.ahead) if reminder.ahead else ""
        return join(
            self.key(reminder.when.upper()), ahead, self.item("REMIND", self.parties(reminder.to))
        )

    def extension(self, extension: Extension) -> str:
        """Return `1 次 5 个工作日 经 街道`, without its keyword."""
        length = self.words.quantity(extension.length)
        return join(self.times(extension.times), length, self.expr("VIA", extension.via))

    def suspension(self, suspension: Suspension) -> str:
        """Return `补正、等待居民 不超过 10 个工作日`, without its keyword."""
        reasons = self.words.comma.join(
            self._unlike(name, _SUSPENDABLE) for name in suspension.reasons
        )
        return join(reasons, self.at_most(self.words.quantity(suspension.length)))

    # --- workflows -------------------------------------------------------------------------------

    def anywhere(self, anywhere: Anywhere) -> str:
        """Return `除 A、B action → X`, without its keyword."""
        return join(self.names("EXCLUDING", anywhere.excluding), self.action(anywhere.action))

    def arrival(self, arrival: Arrival) -> str:
        """Return `X 时 effects`, without its keyword."""
        end = self.key("UPON_END") if self.words.zh else ""
        return join(self.words.name(arrival.state), end, self.effects(arrival.effects))

    def constraint(self, constraint: Constraint) -> str:
        """Return a constraint, without its keyword."""
        name, key = self.words.name, self.key
        match constraint:
            case Without(steps=steps, any_of=any_of, target=target):
                one_of = f" {key('OR')} ".join(map(name, steps))
                before = one_of if any_of else self.words.names(steps)
                return join(key("WITHOUT"), before, self.name("NEVER", target))
            case Longest(start=start, ends=ends, length=length):
                last = f" {key('OR')} ".join(map(name, ends))
                longest = self.at_most(self.words.quantity(length))
                return join(self.name("FROM", start), self.item("TO", last), longest)
            case Entails(start=start, target=target):
                return join(self.name("WHERE", start), self.name("ENTAILS", target))
            case Exactly(number=number, role=role):
                count = self.words.quantity(Quantity(Decimal(number), Measure.UNIT))
                return join(key("CASE"), key("EXACTLY"), count, self.after_number(role))
            case Apart() | Withheld():
                return self._between(constraint)

    def _between(self, constraint: Apart | Withheld) -> str:
        if isinstance(constraint, Withheld):
            secret = self._unlike(constraint.secret, _CONSTRAINTS)
            return join(secret, self.name("WITHHELD", constraint.from_))
        left = self.words.comma.join(self._unlike(name, _CONSTRAINTS) for name in constraint.left)
        closing = self.key("DISTINCT" if constraint.by == "person" else "UNAFFILIATED")
        return join(left, self.names("WITH", constraint.right), closing)


_SUSPENDABLE = _spellings("SUSPENDABLE")
