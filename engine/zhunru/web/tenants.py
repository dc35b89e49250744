"""Whose sets, cases and logs: what one tenant has, and no other tenant sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from zhunru.casework.office import Office
from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy
from zhunru.compiler.plan import Plan
from zhunru.compiler.request import Request
from zhunru.decision import Decision, decide
from zhunru.diagnostics import NOWHERE
from zhunru.errors import RequestRejected
from zhunru.opening import locate, open_policy
from zhunru.request_facts import Names, RequestFacts
from zhunru.runtime.hall import Hall
from zhunru.runtime.service import CaseService
from zhunru.store.opening import open_store
from zhunru.web.apart import Apart
from zhunru.web.authzen_mapping import Mapped
from zhunru.web.bundles import Bundles
from zhunru.web.decision_log import DecisionLog, Turn
from zhunru.web.drafts import Drafts
from zhunru.web.journal import Figures
from zhunru.web.problems import reject
from zhunru.web.reading import not_there
from zhunru.web.replay import as_known
from zhunru.web.settings import Settings
from zhunru.web.signing import Signer
from zhunru.web.tokens import unusable
from zhunru.web.tracing import ACTIVE, span
from zhunru.web.written import Told, Written

NAMELESS = "default"  # what files of the tenant without a prefix are called
_MOST_CALLERS = 1_000  # and days, for whom it is kept what their requests have in common


class Current:
    """A set as decisions are asked of it, with what is looked up once; it never changes."""

    def __init__(self, policy: CompiledPolicy, place: str, mapping: Path | None = None) -> None:
        self.policy = policy
        self.place = place
        self._mapping = mapping
        self._asked: dict[str, Asked] = {}

    def asked(self, decision: str = "") -> Asked:
        """Return what one decision of the set is asked through."""
        found = self._asked.get(decision)
        if found is None:
            found = self._asked[decision] = Asked(self.policy, self._plan(decision))
        return found

    def _plan(self, decision: str) -> Plan:
        if decision and decision not in self.policy.plans:
            not_there("判定", "decision", decision, tuple(self.policy.decisions))
        return self.policy.plan(decision)

    def with_policy(self, policy: CompiledPolicy) -> Current:
        """Return the same set in another version."""
        return Current(policy, self.place, self._mapping)

    def misfit(self) -> RequestRejected | None:
        """Return why its mapping cannot be used; None: it can."""
        try:
            _ = self._mapping and self.mapped
        except RequestRejected as refused:
            return refused
        return None

    @cached_property
    def mapped(self) -> Mapped:
        """Return how subjects, actions and resources of AuthZEN are facts of this set."""
        return Mapped.of(self.policy, self._mapping)


class Asked:
    """One decision of a set: its names, and the fields that are nobody's business."""

    def __init__(self, policy: CompiledPolicy, plan: Plan) -> None:
        self.plan = plan
        self.name = plan.head.name
        self.fields = plan.fields.keys()
        self.names = Names.of(policy, self.name)
        self.secret = tuple(f.name for f in plan.head.fields if f.secret)
        self.written = Written(policy.digest, self.name)
        self._facts: dict[tuple[date, str | None], RequestFacts] = {}
        # What is known of answers to batches, by day and caller; None: each is decided by itself.
        self.together: dict[Any, Any] | None = {}

    def usual(self, given: dict[str, Any], facts: RequestFacts) -> Request | None:
        """Return the request that plain facts are, as `sort_facts` does; None where one of them
        has to be looked at."""
        if not given.keys() <= self.fields:
            return None
        for value in given.values():
            if type(value) is str:
                if not value or value.isspace():
                    return None
            elif type(value) is not bool and type(value) is not int:
                return None
        return Request(facts=given, received=facts.received, asserted_by=facts.asserted_by)

    def facts(self, received: date, asserted_by: str | None) -> RequestFacts:
        """Return what the requests have in common that a caller sends for a day."""
        found = self._facts.get((received, asserted_by))
        if found is None:
            if len(self._facts) >= _MOST_CALLERS:
                self._facts.clear()
            found = RequestFacts(self.names, received, asserted_by)
            self._facts[received, asserted_by] = found
        return found


class Tenant:
    """What one tenant has. `sets` is replaced as a whole: a request sees one state of it."""

    def __init__(self, name: str, settings: Settings, figures: Figures) -> None:
        self.name = name
        self.settings = settings
        self.figures = figures
        # As it stands in addresses: also in a header, which holds no Chinese.
        self.prefix = f"/t/{quote(name)}" if name else ""
        self.sets: Mapping[str, Current] = {}
        self.shadows: Mapping[str, Shadow] = {}
        # A little before who waits for it is told that it takes too long.
        self.apart = Apart(0.9 * settings.limits.patience if settings.apart else 0.0)
        self.numbers: Mapping[str, int] = {}  # of the published versions that are current here
        self._open_sets()
        log = settings.log
        self.log = DecisionLog(log and log / f"decisions-{name or NAMELESS}.jsonl")

    def _open_sets(self) -> None:
        found: dict[str, Current] = {}
        for place in self.settings.sets[self.name]:
            policy = open_policy(place)
            if policy.code in found:
                other = found[policy.code].place
                unusable(
                    place,
                    f"编号“{policy.code}”和“{other}”相同，一个租户里只能有一个",
                    f"its code `{policy.code}` is that of `{other}`: a tenant has one of each",
                )
            mapping = self.settings.mapping or beside(place)
            found[policy.code] = Current(policy, str(place), mapping)
        self.sets = found

    # --- sets ----------------------------------------------------------------------------------

    def current(self, code: str = "") -> Current:
        """Return the set of a code; without one, the first."""
        sets = self.sets
        if not code and sets:
            return next(iter(sets.values()))
        if code not in sets:
            reject(404, "ZR758", policy=code or "?", names=tuple(sets) or "-")
        return sets[code]

    def replace(self, policy: CompiledPolicy, at: datetime, number: int) -> None:
        """Make a published version of a set the current one: between two requests, for all of them.

        A request that is under way goes on with what it began with.
        """
        before = self.sets.get(policy.code)
        current = before.with_policy(policy) if before is not None else Current(policy, policy.code)
        # A service that begins opens its store with what was published in the place of what it was
        # given: others who look into the store meanwhile never see it go back.
        if "office" in self.__dict__ and self.office is not None:
            self.office.service.register(policy, at, number)
        self.sets = {**self.sets, policy.code: current}
        self.shadows = {code: s for code, s in self.shadows.items() if code != policy.code}
        self.numbers = {**self.numbers, policy.code: number}

    @cached_property
    def drafts(self) -> Drafts | None:
        """Return the drafts of the tenant, or None where the service keeps none."""
        folder = self.settings.drafts
        if folder is None:
            return None
        places = [locate(each.place) for each in self.sets.values()]
        search = [place.parent for place in places]
        return Drafts(folder / (self.name or NAMELESS), search, self.apart)

    def bundles(self, signer: Signer) -> Bundles | None:
        """Return the published versions; None where the service has no key to sign them by."""
        folder = self.settings.drafts
        if folder is None or self.settings.key is None:
            return None
        return Bundles(folder / (self.name or NAMELESS) / "published", signer)

    def restore(self, signer: Signer) -> list[str]:
        """Let the published versions be current: again after a restart, and those that another
        service has published into the same folder. Return the codes of sets that changed."""
        kept, changed = self.bundles(signer), []
        for code, number in (kept.active() if kept is not None else {}).items():
            if number != self.numbers.get(code):
                assert kept is not None
                policy, _ = kept.open(code, number)
                self.replace(policy, self.settings.clock(), number)
                changed.append(code)
        return changed

    def catch_up(self, signer: Signer) -> list[str]:
        """Do as `restore` while nobody publishes, if anything is new; that is seldom so."""
        kept = self.bundles(signer)
        if kept is None or kept.active() == self.numbers:
            return []
        assert self.drafts is not None
        with self.drafts.lock:
            return self.restore(signer)

    def settle(self, signer: Signer) -> None:
        """Bring to an end what somebody began to publish and was killed: what is current by then is
        published, and what never became current is no version. The drafts are locked.

        Only the newest version of a set can be such a one: this comes before the next is made.
        """
        kept = self.bundles(signer)
        if kept is None or self.drafts is None:
            return
        active = kept.active()
        for manifest in kept.newest():
            code, number, draft = manifest["code"], manifest["number"], str(manifest.get("draft"))
            state = self.drafts.state(draft) if self.drafts.has(draft) else None
            if state is None or state["status"] == "published":
                continue
            if active.get(code) == number:
                self.drafts.put({**state, "status": "published"})
            else:
                kept.drop(code, number)

    def tidy(self, signer: Signer) -> None:
        """Settle what was broken off, and take away what it left. Raises OSError."""
        if self.drafts is not None:
            with self.drafts.lock:
                self.settle(signer)
            self.drafts.clear()

    # --- decisions -----------------------------------------------------------------------------

    def decide(
        self,
        current: Current,
        request: Request,
        asked: Asked,
        caller: str,
        at: datetime,
        later: list[Turn] | None = None,
    ) -> Decision:
        """Decide a request and put the decision on record, at once or `later`: before any answer
        is given, who asked sees that the turns added to it are over."""
        found = ask(current.policy, request, asked.name)
        self.record(current, request, found, asked, caller, at, later)
        return found

    def record(
        self,
        current: Current,
        request: Request,
        found: Decision,
        asked: Asked,
        caller: str,
        at: datetime,
        later: list[Turn] | None = None,
    ) -> tuple[Told, bytes]:
        """Put a decision on record, count it, and let a draft decide beside it; return what is
        written for it."""
        told = asked.written.told_of(found)
        if self.log.kept:
            more = request.quotas or request.registers or request.assertions or request.made_at
            if more or asked.secret:
                self.log.add(at, caller, asked.name, ((found, request, asked.secret),))
            else:
                entry = asked.written.entry(at, caller, request, *told)
                if later is None:
                    self.log.add_entry(entry)
                else:
                    later.append(self.log.add_later(entry))
        self.figures.decided(current.policy.code, found.outcome._value_)
        if self.shadows:
            self.shadow(current, request, found, asked.name)
        return told

    def shadow(self, current: Current, request: Request, found: Decision, decision: str) -> None:
        """Let a draft decide beside the current set; it never changes an answer."""
        shadow = self.shadows.get(current.policy.code)
        if shadow is not None and shadow.try_out(request, found, decision):
            self.figures.flips.labels(current.policy.code).inc()

    # --- cases ---------------------------------------------------------------------------------

    @cached_property
    def office(self) -> Office | None:
        """Return the cases of the tenant, or None where the service keeps none."""
        if not self.settings.store:
            return None
        address = self.settings.store.replace("{tenant}", self.name or NAMELESS)
        office = Office(open_store(address), address)
        for code, current in self.sets.items():
            number = self.numbers.get(code, 0)
            office.service.register(current.policy, self.settings.clock(), number)
        return office

    @property
    def desk(self) -> Office:
        """Return the cases; a Problem where there are none."""
        if self.office is None:
            reject(501, "ZR794", what_zh="办件库（--store）", what_en="a store of cases (--store)")
        return self.office

    @property
    def service(self) -> CaseService:
        """Return the service of the cases."""
        return self.desk.service

    @cached_property
    def hall(self) -> Hall:
        """Return the way in for commands on cases; a Problem where there are none."""
        return Hall(self.service)

    def close(self) -> None:
        """Finish what is being written, and let go of everything."""
        try:
            self.log.close()
        finally:
            # Whatever became of the log: who waits in the hall has to be answered.
            if self.office is not None:
                self.hall.close()
                self.office.close()


def ask(policy: CompiledPolicy, request: Request, decision: str) -> Decision:
    """Decide a request; told as a part of it where there is a collector."""
    if ACTIVE.get() is None:
        return decide(policy, request, decision)
    with span("decide") as note:
        found = decide(policy, request, decision)
        note(set=policy.code, digest=found.digest, outcome=found.outcome.value)
    return found


class Shadow:
    """A draft that decides beside the current set, and what it would have decided otherwise."""

    MOST = 200

    def __init__(self, draft: str, policy: CompiledPolicy) -> None:
        self.draft = draft
        self.policy = policy
        self.tried = 0
        self.failed = 0
        self.flips: list[dict[str, Any]] = []
        self.flipped = 0

    def try_out(self, request: Request, found: Decision, decision: str) -> bool:
        """Decide by the draft; tell whether it comes to another outcome or code."""
        self.tried += 1
        try:
            other = decide(self.policy, as_known(self.policy, request, decision), decision)
            same = (other.outcome, other.code) == (found.outcome, found.code)
        except (RequestRejected, KeyError):
            self.failed += 1
            return False
        if same:
            return False
        self.flipped += 1
        if len(self.flips) < self.MOST:
            before, after = [{"outcome": d.outcome.value, "code": d.code} for d in (found, other)]
            self.flips.append({"as_of": str(found.as_of), "before": before, "after": after})
        return True


def beside(place: str) -> Path | None:
    """Return the AuthZEN mapping that lies in the folder of a set, if there is one."""
    found = locate(place)
    file = (found if found.is_dir() else found.parent) / "authzen.json"
    return file if file.is_file() else None


def open_tenants(settings: Settings, figures: Figures) -> dict[str, Tenant]:
    """Return all tenants of a service; each needs a store of its own."""
    names = list(settings.sets)
    if len(names) > 1 and settings.store and "{tenant}" not in settings.store:
        finding = diagnose(
            "ZR875",
            NOWHERE,
            path=settings.store,
            problem_zh="有几个租户，地址中应有 {tenant}",
            problem_en="there are several tenants, so it has to contain {tenant}",
        )
        raise RequestRejected([finding])
    _check_apart(names)
    return {name: Tenant(name, settings, figures) for name in names}


def _check_apart(names: Sequence[str]) -> None:
    """Refuse tenants whose store, log and drafts would lie in the same places."""
    seen: dict[str, str] = {}
    for name in names:
        # Some file systems take letters of both sizes, and both forms of an accent, for the same.
        before = seen.setdefault(normalize("NFC", name or NAMELESS).casefold(), name)
        if before != name:
            one, other = (each or NAMELESS for each in (before, name))
            unusable(
                f"{other}=",
                f"它的文件和另一个租户的放在一处：“{one}”（没有写名称的叫 {NAMELESS}）",
                f"its files would lie with those of `{one}` (without a name: `{NAMELESS}`)",
            )
