"""Running cases of an older version of a policy set: who moves to the new one, who stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zhunru.compiler import CompiledPolicy
from zhunru.errors import CaseRefused
from zhunru.runtime import advance
from zhunru.runtime.bundles import Policies
from zhunru.runtime.case import NONE, Actor
from zhunru.runtime.clockwork import Clockwork, open_cases
from zhunru.runtime.encoding import decode_case
from zhunru.runtime.ids import partition_of
from zhunru.runtime.migrating import Move, foresee, migrate
from zhunru.runtime.recurring import is_duty_id
from zhunru.runtime.replies import Asked, reply_about
from zhunru.runtime.writing import Writing
from zhunru.store.base import NO_CHANGE, CaseRow, Change, Store, View, Work
from zhunru.worktime.instants import day_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a migration does, or would do, to one case; `done`: it was carried out."""

    case_id: str
    flow: str
    state: str
    kind: Literal["moves", "stays", "person"]
    becomes: str = ""
    due: int | None = None
    expires: bool = False
    reason: str = ""
    done: bool = False


class Moving:
    """Migrations of all running cases of a set."""

    def __init__(
        self,
        store: Store,
        policies: Policies,
        clockwork: Clockwork,
        recorded: Callable[[int], int],
    ) -> None:
        self._store = store
        self._policies = policies
        self._clockwork = clockwork
        self._recorded = recorded

    def run(
        self,
        policy: CompiledPolicy,
        actor: Actor,
        key: str,
        at: int,
        states: Mapping[str, Mapping[str, str]],
        dry_run: bool,
    ) -> list[Moved]:
        """Move the running cases of a set, each by itself, or say what that would do."""
        found = []
        for row in self._older(policy):
            asked = f"{key}/{row.case_id}"
            names = states.get(row.flow, NONE)
            found.append(self._move(policy, row, actor, asked, at, names, dry_run))
        return found

    def _older(self, policy: CompiledPolicy) -> Iterator[CaseRow]:
        """Yield the open cases under another version of the set."""
        for rows in list(open_cases(self._store)):
            for row in rows:
                other = row.digest != policy.digest and not is_duty_id(row.case_id)
                if other and decode_case(row.body).set_code == policy.code:
                    yield row

    def _move(
        self,
        policy: CompiledPolicy,
        row: CaseRow,
        actor: Actor,
        key: str,
        at: int,
        states: Mapping[str, str],
        dry_run: bool,
    ) -> Moved:
        """Move a case, after what time had to do before; what that comes to is seen on the way."""
        if row.flow not in policy.core.workflows:
            reason = f"新版规则集没有流程“{row.flow}”"
            return _moved(row, Move(kind="person", reason=reason), done=False)
        case_id = row.case_id
        asked = Asked.of(key, "migrate", case_id, policy.digest, dict(states), actor)

        def run(view: View) -> tuple[Change, Move]:
            if asked.before(view) is not None:
                return NO_CHANGE, Move(kind="stays", state=row.state, reason="已经转过")
            writing = Writing(view, self._policies, self._recorded(at), key, keeps=not dry_run)
            # Only then is the old version needed: it may be lost, or not be readable any more.
            if any(timer.due < at for timer in view.timers(case_id)):
                try:
                    self._pass(writing, case_id, at)
                except CaseRefused as refused:
                    reason = refused.diagnostic.zh
                    return NO_CHANGE, Move(kind="person", state=row.state, reason=reason)
            case = writing.case(case_id)
            setting = self._policies.setting(policy.digest, case.flow, writing.rows, day_of(at))
            move = foresee(setting, case, at, states)
            if move.kind != "moves":
                return NO_CHANGE, move
            step = migrate(setting, case, at, actor=actor, states=states, listed=True)
            writing.add(step, case.version)
            reply = reply_about(writing.case(case_id), writing.due(step.case))
            return writing.change((asked.row(reply),)), move

        if dry_run:
            move = self._store.read(lambda view: run(view)[1])
        else:
            work = Work(partition_of(case_id), run, (case_id,), (key,))
            found: Any = self._store.write(work)
            move = found
        return _moved(row, move, done=move.kind == "moves" and not dry_run)

    def _pass(self, writing: Writing, case_id: str, at: int) -> None:
        """Do to a case what time had to do before it moves."""
        case = writing.case(case_id)
        step = advance.tick(writing.setting(case, at), case, at, gap=self._clockwork.gap)
        if step is not None:
            writing.add(step, case.version)


def _moved(row: CaseRow, move: Move, done: bool) -> Moved:
    return Moved(
        case_id=row.case_id,
        flow=row.flow,
        state=row.state,
        kind=move.kind,
        becomes=move.state,
        due=move.due,
        expires=move.expires,
        reason=move.reason,
        done=done,
    )


__all__: Sequence[str] = ["Moved", "Moving"]
