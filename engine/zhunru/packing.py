"""A policy set as one text: what people wrote, with the sets above it and their tables.

What is kept is the text, not what was compiled of it: it can still be read when the library has
moved on, and by anybody. A pack says which checker read it, so that a later one that understands
the same text in other terms is told from a text that was changed.
"""

from __future__ import annotations

import logging
import tempfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any, NoReturn

import orjson

from zhunru.codes import diagnose
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.compiler.cache import bundle, find_named, keep_named
from zhunru.diagnostics import NOWHERE, Diagnostic, Severity, has_errors
from zhunru.errors import CaseRefused, PolicyRejected
from zhunru.syntax.columns_file import SUFFIXES
from zhunru.syntax.folders import is_file, read_sheet, unreadable
from zhunru.syntax.nodes import PolicySet
from zhunru.syntax.tables_from_files import tables_of

_log = logging.getLogger("zhunru.packing")
# What the digest of a set hangs on: whoever changes one of these may change digests.
_READERS = ("checker", "syntax", "grammar", "worktime", "vocabulary.py")
_MOST_PACKED = 16
_MOST_TOLD = 5
_PACKED: dict[str, bytes] = {}
# Twice the largest sheet that is read (128 MiB), with room for policy text.
_MIB = 320
MOST_UNFOLDED = _MIB << 20
_BOOK = ".xlsx"
_BYTES = "base64"
Content = str | dict[str, str]


@dataclass(frozen=True, slots=True)
class _Pack:
    """What a pack holds; `reader` is empty in those that were made before it was written down."""

    sets: Sequence[Mapping[str, Content]]
    reader: str


@cache
def reader() -> str:
    """Return what names the part of the library that reads and checks sets: by its content."""
    root = Path(__file__).parent
    sha = sha256()
    for place in (root / name for name in _READERS):
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in (".py", ".lark"):
                sha.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()


# --- writing -----------------------------------------------------------------------------------


def pack(policy: CompiledPolicy) -> bytes:
    """Return the text of a set and of those above it, with the tables they take rows from."""
    # One set is registered in many stores by tests and simulations; it is read once.
    found = policy.packed or _PACKED.get(policy.digest)
    if found is None:
        if len(_PACKED) >= _MOST_PACKED:
            _PACKED.clear()
        found = _PACKED[policy.digest] = _pack(policy)
    return found


def _pack(policy: CompiledPolicy) -> bytes:
    sets = [_texts(each) for each in bundle(source_of(policy))]
    seal = sha256(orjson.dumps(sets)).hexdigest()
    body = orjson.dumps({"reader": reader(), "sha256": seal, "sets": sets})
    # What could not be unfolded again must not be kept: cases would stand under a lost version.
    if len(body) > MOST_UNFOLDED:
        zh, en = f"合计超过 {_MIB} MiB", f"more than {_MIB} MiB in all"
        raise PolicyRejected([diagnose("ZR806", NOWHERE, what_zh=zh, what_en=en)])
    return zlib.compress(body, 9)


def source_of(policy: CompiledPolicy) -> PolicySet:
    """Return what a set was read from; one that was kept compiled left it behind: read again."""
    source = policy.checked.source
    if source.files:
        return source
    from zhunru.syntax.loader import load  # here: the grammar is heavy to load

    if policy.packed is not None:
        with _unfolded(_opened(policy.packed, policy.digest), policy.digest) as folder:
            return load(folder)[0] or source
    if policy.origin is None:
        return source
    place, search = policy.origin
    return load(place, search=search)[0] or source


def _texts(each: PolicySet) -> dict[str, Content]:
    texts: dict[str, Content] = {}
    root = Path(each.path)
    for file in each.files:
        texts[_name(root, Path(file.source.path))] = file.source.text
        for table in tables_of(file):
            # Files of columns need not be there; a table that is gone must be told at once.
            if is_file(table) or not table.name.endswith(SUFFIXES):
                texts[_name(root, table)] = _content_of(table)
    return texts


def _name(root: Path, path: Path) -> str:
    """Return where a file stands in its set; a text without a file is one named by its set."""
    if path == root:
        return path.name if path.suffix else "政策.policy"
    return path.relative_to(root).as_posix()


def _content_of(path: Path) -> Content:
    """Return the text of a table, in UTF-8 from then on; a workbook has none: its bytes."""
    if path.suffix.lower() == _BOOK:
        try:
            return {_BYTES: b64encode(path.read_bytes()).decode("ascii")}
        except OSError as error:
            raise PolicyRejected([unreadable(path, error)]) from None
    source, found = read_sheet(path)
    if source is None:
        raise PolicyRejected(found)
    return source.text


# --- reading -----------------------------------------------------------------------------------


def unpack(body: bytes, digest: str) -> CompiledPolicy:
    """Return the set that `pack` kept under a digest; CaseRefused if it is not that version.

    A pack of an earlier checker is read by this one, and goes by the digest that it was given
    then: what cases and records name has to stay what they name. See docs/decisions/0011.
    """
    # Reading a set takes more than a second of work, and a service that starts again needs dozens.
    found = find_named(_kept_name(body, digest))
    if found is None:
        found = _read(body, digest)
        keep_named(_kept_name(body, digest), *found)
    remark, policy = found
    if remark:
        _log.warning("%s", remark)
    policy.packed = body
    return policy


def keep_ready(policy: CompiledPolicy) -> None:
    """Keep a set beside its pack as it was compiled, so that `unpack` need not read it first."""
    keep_named(_kept_name(pack(policy), policy.digest), "", policy)


def _kept_name(body: bytes, digest: str) -> str:
    return blake2b(body + digest.encode(), digest_size=16).hexdigest()


def _read(body: bytes, digest: str) -> tuple[str, CompiledPolicy]:
    """Return what is to be remarked of a pack, and the set."""
    from zhunru.checker.check import check_kept
    from zhunru.syntax.loader import load

    packed = _opened(body, digest)
    with _unfolded(packed, digest) as folder:
        loaded, slips = load(folder)
    if loaded is None:
        _refuse(packed, digest, slips)
    reading = check_kept(loaded)
    found = [*slips, *reading.findings]
    errors = [each for each in found if each.severity is Severity.ERROR]
    checked = reading.checked
    if checked is None:
        _refuse(packed, digest, errors)
    if checked.digest != digest:
        # Another model of the same text. That is for another checker to find, and for one that
        # could read every line: what it had to leave out would be missing from decisions.
        if packed.reader == reader() or not reading.whole or has_errors(slips):
            _refuse(packed, digest, errors)
        return _remark(digest, errors), compile_policies(replace(checked, digest=digest))
    # The very same model: what is an error today was none then, and changes no decision.
    return _remark(digest, errors) if errors else "", compile_policies(checked)


def _remark(digest: str, errors: Sequence[Diagnostic]) -> str:
    """Return what the log is told of a version that an earlier checker read."""
    found = "；".join(f"{each.code} {each.zh}" for each in errors[:_MOST_TOLD]) or "无"
    told = "; ".join(f"{each.code} {each.en}" for each in errors[:_MOST_TOLD]) or "nothing"
    remark = diagnose("ZR764", NOWHERE, digest=digest, found_zh=found, found_en=told)
    return f"{remark.code} {remark.zh} / {remark.en}"


def _refuse(packed: _Pack, digest: str, errors: Sequence[Diagnostic]) -> NoReturn:
    """Refuse a pack: as damaged, or as one that this checker cannot read any more."""
    if packed.reader == reader() or not errors:
        raise CaseRefused(diagnose("ZR762", NOWHERE, digest=digest))
    first = errors[0]
    zh, en = f"{first.code} {first.zh}", f"{first.code} {first.en}"
    raise CaseRefused(diagnose("ZR763", NOWHERE, digest=digest, found_zh=zh, found_en=en))


def _opened(body: bytes, digest: str) -> _Pack:
    """Return what a pack holds, if it is whole."""
    try:
        found = orjson.loads(_inflated(body))
        if isinstance(found, list) and found:
            return _Pack(found, "")
        if found and sha256(orjson.dumps(found["sets"])).hexdigest() == found["sha256"]:
            return _Pack(found["sets"], found["reader"])
    except (zlib.error, ValueError, KeyError, TypeError):
        pass
    raise CaseRefused(diagnose("ZR762", NOWHERE, digest=digest))


def _inflated(body: bytes) -> bytes:
    """Return what was compressed. A store may be a stranger's: a few bytes can stand for many."""
    inflating = zlib.decompressobj()
    found = inflating.decompress(body, MOST_UNFOLDED)
    if not inflating.eof:
        raise ValueError("it breaks off, or is over the bound")
    return found


@contextmanager
def _unfolded(packed: _Pack, digest: str) -> Iterator[Path]:
    """Write the files of a pack out, and yield where the set itself is."""
    with tempfile.TemporaryDirectory(prefix="zhunru") as folder:
        try:
            for at, texts in enumerate(packed.sets):
                _write(Path(folder) / str(at), texts)
        except (ValueError, OSError, AttributeError, TypeError, KeyError):
            raise CaseRefused(diagnose("ZR762", NOWHERE, digest=digest)) from None
        yield Path(folder) / "0"


def _write(folder: Path, texts: Mapping[str, Any]) -> None:
    for name, text in texts.items():
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise ValueError(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, dict):
            place.write_bytes(b64decode(text[_BYTES], validate=True))
        else:
            place.write_bytes(text.encode())
