"""Change policy files: mechanical fixes and the canonical form, in each file's own encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zhunru.diagnostics import Diagnostic, Edit, Language, Source, has_errors
from zhunru.errors import PolicyRejected
from zhunru.opening import read_source
from zhunru.syntax.decode import unmarked_utf16
from zhunru.system import replace

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Rewrite:
    """A new text for a file; `applied` are the findings that it mends. Nothing is written yet."""

    source: Source
    text: str
    applied: tuple[Diagnostic, ...] = ()

    @property
    def changed(self) -> bool:
        """Tell whether the new text differs from that of the file."""
        return self.text != self.source.text

    def write(self, path: str | Path | None = None) -> None:
        """Write the text, whole or not at all: to its own file, or as UTF-8 to a new `path`.

        The file keeps its encoding, byte-order mark, line ends and permissions.
        """
        target = Path(path or self.source.path)
        data = self.text.encode() if path else _as_before(self.text, target.read_bytes())
        # A link stays a link: the file that it names is replaced.
        replace(target.resolve(), data)


def format_policy(
    path: str | Path,
    *,
    language: Language | None = None,
    notation: Literal["policy", "yaml"] | None = None,
) -> Rewrite:
    """Return the canonical form of a policy file, on request in the other language or notation.

    Raises PolicyRejected if the file cannot be read without errors, or holds something that
    cannot be written so: what was not understood must not be printed back, nor anything dropped.
    """
    from zhunru.syntax import parser, yaml_reader
    from zhunru.syntax.faithful import losses
    from zhunru.syntax.formatter import format_file

    source = read_source(path)
    is_yaml = Path(path).suffix in {".yaml", ".yml"}
    file, found = yaml_reader.read(source) if is_yaml else parser.parse(source)
    if has_errors(found):
        raise PolicyRejected(found)
    text = format_file(file, language=language, notation=notation)
    lost = losses(file, text, language or file.language, notation or file.notation)
    if lost:
        raise PolicyRejected(lost)
    return Rewrite(source, text)


def apply_fixes(found: Iterable[Diagnostic], *, unsafe: bool = False) -> list[Rewrite]:
    """Return the texts of the files with the fixes of the findings applied, one for each file.

    Only safe fixes, unless `unsafe`. Of two fixes that touch the same place the first is applied;
    check again and apply again for the other.
    """
    by_file: dict[str, list[Diagnostic]] = {}
    for diagnostic in found:
        fix = diagnostic.fix
        if (
            fix
            and fix.edits
            and (fix.safe or unsafe)
            and len({e.span.path for e in fix.edits}) == 1
        ):
            by_file.setdefault(fix.edits[0].span.path, []).append(diagnostic)
    rewrites = [_mend(path, fixable) for path, fixable in by_file.items()]
    return [rewrite for rewrite in rewrites if rewrite.applied]


def _mend(path: str, fixable: list[Diagnostic]) -> Rewrite:
    source = read_source(path)
    taken: list[Edit] = []
    applied: list[Diagnostic] = []
    for diagnostic in fixable:
        edits = diagnostic.fix.edits if diagnostic.fix else ()
        new = [edit for edit in edits if edit not in taken]
        if all(_is_in(edit, source) and not _overlaps(edit, taken) for edit in new):
            taken.extend(new)
            applied.append(diagnostic)
    text = source.text
    for edit in sorted(taken, key=lambda e: (e.span.start, e.span.end), reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return Rewrite(source, text, tuple(applied))


def _is_in(edit: Edit, source: Source) -> bool:
    # Places in a sheet count from the cell; they are not offsets into the file.
    start, end = edit.span.start, edit.span.end
    return 0 <= start <= end <= len(source.text) and source.span(start, end) == edit.span


def _overlaps(edit: Edit, taken: list[Edit]) -> bool:
    start, end = edit.span.start, edit.span.end
    return any(
        (start < other.span.end and other.span.start < end) or start == other.span.start
        for other in taken
    )


def _as_before(text: str, old: bytes) -> bytes:
    mark, encoding = _encoding(old)
    before = old.decode(encoding, "replace")
    if before.count("\r\n") * 2 > before.count("\n"):
        text = text.replace("\n", "\r\n")
    return mark + text.encode(encoding)


def _encoding(data: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return mark, encoding
    unmarked = unmarked_utf16(data)
    if unmarked:
        return b"", unmarked
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"", "gb18030"
    return b"", "utf-8"
