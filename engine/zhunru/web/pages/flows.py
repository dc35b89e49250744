"""流程: the workflows of a set, drawn, with what is open in each state and the longest way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from zhunru.checker.flow_words import limit_text
from zhunru.checker.resolved_flows import ResolvedWorkflow, State
from zhunru.compiler import CompiledPolicy
from zhunru.runtime.ids import partition_name
from zhunru.runtime.service import micros
from zhunru.web.pages.caselist import BETWEEN
from zhunru.web.pages.visit import Visit
from zhunru.web.problems import reject

# How the ends of time are called where other lines have names of their own.
_ENDS_OF_TIME = {"overdue": "lapse", "expiry": "expiry"}


def show(visit: Visit) -> Response:
    """Show the workflows of a set."""
    policy = visit.tenant.current(visit.query.get("set", "")).policy
    counts, late = _counts(visit, policy), _late(visit, policy)
    rows = [
        (
            name,
            flow,
            _sum(counts, name, "open"),
            sum(number for (of, _), number in late.items() if of == name),
            _sum(counts, name, "closed"),
        )
        for name, flow in policy.core.workflows.items()
    ]
    return visit.page("flows.html", here="flows", policy=policy, rows=rows)


def one(visit: Visit) -> Response:
    """Show a workflow: drawn, and what the checker has reckoned about its times."""
    policy, name = _asked(visit)
    from zhunru.analysis.picture import owner_text

    flow = policy.core.workflows[name]
    counts = _counts(visit, policy).get(name, {}).get("open", {})
    late = _late(visit, policy)
    states = [
        (
            state.name,
            owner_text(state.owner, visit.language),
            limit_text(state.limit, visit.language),
            counts.get(state.name, 0),
            late.get((name, state.name), 0),
        )
        for state in flow.states
    ]
    longest = _longest(policy, name, visit)

    def cases_of(state: str, tab: str = "open") -> str:
        """Return the address of the list of what was counted: of this set, whoever's turn it is."""
        asked = {"tab": tab, "set": policy.code, "in": f"{name}{BETWEEN}{state}", "who": ""}
        return f"{visit.url('/cases')}?{urlencode(asked)}"

    return visit.page(
        "flow.html",
        here="flows",
        policy=policy,
        name=name,
        flow=flow,
        states=states,
        longest=longest,
        cases_of=cases_of,
        endless=_endless(flow, longest, visit) if longest and longest.endless else [],
        shortest=_shortest(policy, name, visit),
    )


def picture(visit: Visit) -> Response:
    """Return the drawing of a workflow with live counts, the longest way lit."""
    policy, name = _asked(visit)
    from zhunru.analysis.picture import marked, picture_of
    from zhunru.analysis.svg import to_svg
    from zhunru.compiler.graph import build_graph

    drawn = picture_of(build_graph(policy.core.workflows[name]), visit.language)
    counts = _counts(visit, policy).get(name, {}).get("open", {})
    word = visit.say("open_cases")
    notes = {state: f"{word} {count}" for state, count in counts.items() if count}
    word = visit.say("overdue")
    found = _late(visit, policy).items()
    late = {state: f"{word} {n}" for (flow, state), n in found if flow == name}
    way = _longest(policy, name, visit)
    # Of a number that is a safe bound only, no way is known that takes so long.
    lit = frozenset(way.steps) if way is not None and way.exact else frozenset()
    svg = to_svg(marked(drawn, notes, lit, late))
    # A picture has its own style inside; it is shown as an image, which runs nothing.
    safe = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(svg, media_type="image/svg+xml", headers={**safe, "cache-control": "no-store"})


def _asked(visit: Visit) -> tuple[CompiledPolicy, str]:
    policy = visit.tenant.current(visit.params["code"]).policy
    name = visit.params["flow"]
    if name not in policy.core.workflows:
        names = tuple(policy.core.workflows) or "-"
        reject(404, "ZR770", policy=policy.code, name=name, names=names)
    return policy, name


def _longest(policy: CompiledPolicy, name: str, visit: Visit) -> Any:
    """Return the longest way to an end, from the first state whose time is limited on."""
    from zhunru.analysis.timing import longest

    flow = policy.core.workflows[name]
    first = next((state.name for state in flow.states if _is_limited(state)), flow.states[0].name)
    return longest(policy, name, first, flow.ends, language=visit.language)


def _endless(flow: ResolvedWorkflow, way: Any, visit: Visit) -> list[str]:
    """Return what on the longest way has no bound: states without a limit, ways taken freely."""
    passed = {name for step in way.steps for name in step} or {state.name for state in flow.states}
    found = []
    for state in flow.states:
        if state.name not in passed:
            continue
        if not _is_limited(state):
            limit = limit_text(state.limit, visit.language)
            found.append(state.name + visit.say("aside").format(limit))
        again = [line.name for line in state.lines if line.bound and line.bound.times is None]
        words = [
            visit.say(_ENDS_OF_TIME[name]) if name in _ENDS_OF_TIME else name for name in again
        ]
        found += [visit.say("freely").format(state.name, word) for word in words]
    return found


def _is_limited(state: State) -> bool:
    return state.limit is not None and not state.limit.untimed


def _shortest(policy: CompiledPolicy, name: str, visit: Visit) -> Any:
    from zhunru.analysis.timing import shortest

    flow = policy.core.workflows[name]
    return shortest(policy, name, flow.states[0].name, flow.ends, language=visit.language)


def _counts(visit: Visit, policy: CompiledPolicy) -> Mapping[str, Mapping[str, Mapping[str, int]]]:
    """Return how many cases of a set are in each state, by workflow; none without a store."""
    found: dict[str, dict[str, dict[str, int]]] = {}
    if visit.tenant.office is None:
        return found
    counts = visit.tenant.office.store.count_cases(partition_name(policy.code))
    for (flow, state, closed), number in counts.items():
        kinds = found.setdefault(flow, {"open": {}, "closed": {}})
        kinds["closed" if closed else "open"][state] = number
    return found


def _late(visit: Visit, policy: CompiledPolicy) -> Mapping[tuple[str, str], int]:
    """Return how many cases of a set are late, by workflow and state; none without a store."""
    if visit.tenant.office is None:
        return {}
    own = partition_name(policy.code)
    return visit.tenant.office.store.count_late(micros(visit.at), own)


def _sum(counts: Mapping[str, Mapping[str, Mapping[str, int]]], name: str, kind: str) -> int:
    return sum(counts.get(name, {}).get(kind, {}).values())
