"""The audit chain of a store gone through link by link, and written out for others to check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from zhunru.codes import diagnose
from zhunru.diagnostics import NOWHERE, Diagnostic
from zhunru.errors import RequestRejected
from zhunru.store.base import Store
from zhunru.store.chain import Chain, Head, Verdict, link_line, verify_chain

MOST_CASES = 100


class _Chained(Protocol):
    chain_rule: Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What going through one partition found; `finding` None: the chain holds."""

    partition: str
    links: int
    head: str
    finding: Diagnostic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The chains of all partitions, with the algorithm of their digests; `cases` tells of cases
    that are not as their events say."""

    algorithm: str
    chains: tuple[Checked, ...]
    cases: tuple[Diagnostic, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether there is nothing to find fault with."""
        return not self.findings

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """What is wrong with chains, and then with cases."""
        return (*(each.finding for each in self.chains if each.finding), *self.cases)

    def to_dict(self) -> dict[str, Any]:
        """Return the heads as JSON-ready data, to be noted elsewhere."""
        return {
            "version": 1,
            "algorithm": self.algorithm,
            "holds": self.holds,
            "heads": [
                {"partition": each.partition, "position": each.links, "digest": each.head}
                for each in self.chains
            ],
            "findings": [
                {"code": f.code, "message": {"zh": f.zh, "en": f.en}} for f in self.findings
            ],
        }


def chain_of(store: Store) -> Chain:
    """Return the rule by which a store makes its digests."""
    chained: _Chained = store  # type: ignore[assignment]  # every store has it, no view needs it
    return chained.chain_rule


def verify(store: Store, noted: Path | None = None) -> Audit:
    """Go through every chain up to the head in the store; `noted` holds heads of an earlier time,
    which must still be there."""
    rule = chain_of(store)
    # Read before the links: what is written meanwhile only comes behind.
    heads = [store.partitions(), {} if noted is None else read_heads(noted)]
    # A partition that was noted and is gone altogether has been cut off too.
    names = dict.fromkeys([*heads[0], *heads[1]])
    chains = (
        _checked(
            name,
            verify_chain(
                rule, name, store.chain(name), [each[name] for each in heads if name in each]
            ),
        )
        for name in names
    )
    return Audit(algorithm=rule.algorithm, chains=(*chains, *_lost(store.unchained())))


def not_as_told(cases: Iterable[str]) -> tuple[Diagnostic, ...]:
    """Return the findings about cases that are not as their events say, the first 100 of them."""
    return tuple(diagnose("ZR916", NOWHERE, case=each) for each in islice(cases, MOST_CASES))


def _checked(partition: str, verdict: Verdict) -> Checked:
    finding = None
    if verdict.broken is not None:
        finding = diagnose(
            "ZR882",
            NOWHERE,
            partition=partition,
            position=verdict.broken,
            what_zh="与前一条对不上，或者内容被改过，或者被截去",
            what_en="it does not follow the one before, was changed, or was cut off",
        )
    return Checked(
        partition=partition,
        links=verdict.head.position,
        head=verdict.head.digest,
        finding=finding,
    )


def _lost(number: int) -> list[Checked]:
    """Return what stands for events whose partition is not known any more."""
    what_zh = f"有 {number} 条事件不在任何分区里，它们的分区被删去了"
    what_en = f"{number} event(s) are in no partition: theirs was removed"
    found = diagnose("ZR882", NOWHERE, partition="?", position=1, what_zh=what_zh, what_en=what_en)
    return [Checked(partition="?", links=0, head="", finding=found)] if number else []


def read_heads(path: Path) -> Mapping[str, Head]:
    """Return the heads that `Audit.to_dict` wrote down; raises RequestRejected for another file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        heads = [Head(str(h["partition"]), int(h["position"]), str(h["digest"]))
                 for h in data["heads"]]  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        raise RequestRejected([diagnose("ZR883", NOWHERE, path=str(path))]) from None
    return {head.partition: head for head in heads}


def export(store: Store) -> Iterator[str]:
    """Yield every link as a line of JSON, partition after partition."""
    for partition in store.partitions():
        for link in store.chain(partition):
            yield link_line(link).decode()
