"""The audit chain: each event's digest is over the digest before it and the event's own text.

The text of an event is the JSON list of its eight values without spaces, so that any program can
write it again. The digest before the first event of a partition is that of the partition's name:
a chain cannot be passed off as that of another partition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

import orjson

from zhunru.store.base import ChainLink, EventRow
from zhunru.store.failures import failure
from zhunru.store.records import quick

ALGORITHMS = ("sha256", "sm3")


@dataclass(frozen=True, slots=True)
class Chain:
    """The way in which one store makes digests."""

    algorithm: str = "sha256"

    def __post_init__(self) -> None:
        if self.algorithm not in ALGORITHMS or self.algorithm not in hashlib.algorithms_available:
            raise failure("ZR864", algorithm=self.algorithm)

    def start(self, partition: str) -> str:
        """Return the digest that stands before the first event of a partition."""
        try:
            name = partition.encode()
        except UnicodeEncodeError as error:  # a lone surrogate
            raise failure("ZR862", reason=str(error)) from None
        return hashlib.new(self.algorithm, name).hexdigest()

    def digest(self, previous: str, event: EventRow) -> str:
        """Return the digest of an event that follows the digest `previous`."""
        text = previous.encode() + event_text(event)
        # Finding an algorithm by its name takes as long as the digest itself.
        if self.algorithm == "sha256":
            return hashlib.sha256(text).hexdigest()
        return hashlib.new(self.algorithm, text).hexdigest()


def event_text(event: EventRow) -> bytes:
    """Return the text of an event that its digest is made of."""
    # Written out, not `astuple`: this runs for every event, and the order is part of the format.
    return orjson.dumps(
        (
            event.case_id,
            event.number,
            event.at,
            event.recorded,
            event.kind,
            event.actor,
            event.command,
            event.body,
        )
    )


def link_line(link: ChainLink) -> bytes:
    """Return a link as a line of an export, for the stand-alone verifier."""
    return orjson.dumps(
        {
            "partition": link.partition,
            "position": link.position,
            "event": astuple(link.event),
            "previous": link.previous,
            "digest": link.digest,
        },
        option=orjson.OPT_APPEND_NEWLINE,
    )


@quick
@dataclass(frozen=True, slots=True)
class Head:
    """Where a partition's chain stands: noted elsewhere, it shows later that nothing was cut."""

    partition: str
    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What going through a chain found; `broken` is the first position that does not fit."""

    head: Head
    broken: int | None = None


def verify_chain(
    chain: Chain, partition: str, links: Iterable[ChainLink], noted: Sequence[Head] = ()
) -> Verdict:
    """Go through the links of a partition; `noted` are heads that must still be in the chain."""
    # The digest is made anew from the start; what the links say of themselves is only compared.
    position, digest = 0, chain.start(partition)
    for link in links:
        try:
            expected = chain.digest(digest, link.event)
        except TypeError:  # bytes, where only texts and numbers were ever written
            expected = ""
        fits = (link.position, link.previous, link.digest) == (position + 1, digest, expected)
        kept = all(each.position != link.position or each.digest == expected for each in noted)
        if not (fits and kept):
            return Verdict(Head(partition, position, digest), position + 1)
        position, digest = link.position, link.digest
    head = Head(partition, position, digest)
    # All links fit, but there were more of them once: the end has been cut off.
    if any(each.position > position for each in noted):
        return Verdict(head, position + 1)
    return Verdict(head)
