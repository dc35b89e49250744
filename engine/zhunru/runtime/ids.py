"""The ids of cases: their partition, what they are, when they were opened, and a part by chance."""

from __future__ import annotations

from base64 import b32hexencode
from hashlib import blake2b

from zhunru.worktime.instants import DAY, day_of

# An id begins with its partition, the code of the set, so that one chain holds a set's cases.
RECORD, CASE = "d", "c"
TENTH = 100_000  # microseconds


def new_id(code: str, key: str, at: int, kind: str = CASE) -> str:
    """Return the id of what a command opens: the same for the same command.

    Ids are in the order of opening, as near as a tenth of a second: cases opened together are
    mostly dealt with together, and then stand side by side in every index of a store, which writes
    whole pages. 20 bits of time and 40 of chance, five to a character.
    """
    chance = blake2b(f"{code}\0{key}".encode(), digest_size=5).digest()
    return first_id(code, at, kind) + b32hexencode(chance).decode().lower()


def first_id(code: str, at: int, kind: str = CASE) -> str:
    """Return what stands before the id of all that is opened from `at` on, within its tenth of a
    second, and behind that of all opened before."""
    time = at % DAY // TENTH
    text = b32hexencode((time << 4).to_bytes(3))[:4].decode().lower()
    return f"{partition_name(code)}.{kind}{day_of(at):%Y%m%d}-{text}"


def partition_name(code: str) -> str:
    """Return the partition of the cases of a set."""
    return code.replace(".", "_")


def partition_of(case_id: str) -> str:
    """Return the partition of a case."""
    return case_id.partition(".")[0]


def is_record_id(case_id: str) -> bool:
    """Tell whether an id is that of the record of a submission."""
    _, _, rest = case_id.partition(".")
    return rest.startswith(RECORD) and "." not in rest
