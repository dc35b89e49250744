"""Many decisions: one line each as they are made, and a summary. Memory does not grow with rows."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from zhunru_cli.failures import internal_finding
from zhunru_cli.page import COLOURS, cited, outcome_shown, wrap
from zhunru_cli.streams import json_text
from zhunru_cli.surface import Surface, cells, filled, harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from zhunru import Decision, Diagnostic
    from zhunru.request_files import RequestRow, RequestRows

PROGRESS_EVERY = 200
_MOST_DIGITS = 12
MOST_REASONS = 20  # lines of the summary; a set may have thousands of reason codes


@dataclass
class Tally:
    """Counts over a run."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    decided: int = 0
    errors: int = 0
    internal: int = 0


class Writer(Protocol):
    """What writes the results of a run."""

    def decided(self, row: RequestRow, answer: Decision) -> None:
        """Write one decision."""

    def failed(self, row: RequestRow, findings: Sequence[Diagnostic]) -> None:
        """Write that a row could not be read, which is no refusal."""


def run(
    rows: RequestRows,
    decide: Callable[[Any], Decision],
    writer: Writer,
    progress: Callable[[int], None],
) -> Tally:
    """Decide every row, write every result, and return the counts."""
    from zhunru import ZhunruError

    tally = Tally()
    for number, row in enumerate(rows, 1):
        findings = row.findings
        try:
            if row.request is not None:
                answer = decide(row.request)
                writer.decided(row, answer)
                _count(tally, answer)
        except ZhunruError as rejected:
            findings = getattr(rejected, "diagnostics", ())
        except OSError:  # nobody reads the output, or it cannot be written
            raise
        except Exception as error:  # a mistake of ours must not cost the rows behind it
            findings = (internal_finding(error, row.span),)
            tally.internal += 1
        if findings:
            tally.errors += 1
            writer.failed(row, findings)
        progress(number)
    return tally


def _count(tally: Tally, answer: Decision) -> None:
    tally.decided += 1
    tally.outcomes[(answer.outcome, answer.wording)] += 1
    if answer.code:
        tally.reasons[(answer.wording, answer.code)] += 1


# --- columns -----------------------------------------------------------------------------------


def columns_of(answer: Decision, surface: Surface) -> dict[str, str]:
    """Return the columns of one result, by message key."""
    route = answer.route
    return {
        "batch.outcome": outcome_shown(answer, surface),
        "batch.code": answer.code,
        "batch.reason": reason_text(answer, surface),
        "batch.basis": surface.join([cited(c, surface) for c in answer.citations]),
        "batch.to": surface.join(list(route.to)) if route else "",
        "batch.missing": surface.join([fact.name for fact in answer.missing]),
        "batch.valid": str(answer.valid_until or ""),
    }


def reason_text(answer: Decision, surface: Surface) -> str:
    """Return why, on one line; for an incomplete request, what it needs."""
    if answer.missing:
        needed = surface.join([fact.name for fact in answer.missing])
        return surface.say("page.missing") + surface.say("colon") + needed
    chinese = surface.language == "zh"
    texts = [reason.zh if chinese else reason.en for reason in answer.reasons if not reason.also]
    return surface.say("list.semicolon").join(dict.fromkeys(texts))


def finding_text(findings: Sequence[Diagnostic], surface: Surface) -> str:
    """Return why a row could not be read, on one line."""
    texts = [f"{found.code} {found.message(surface.language)}" for found in findings]
    return surface.say("list.semicolon").join(texts)


def mended_text(findings: Sequence[Diagnostic], surface: Surface) -> str:
    """Return why a row could not be read and what to write instead, on one line."""
    helps = dict.fromkeys(found.help(surface.language) for found in findings)
    parts = (finding_text(findings, surface), *(text for text in helps if text))
    return surface.say("list.semicolon").join(parts)


class TextWriter:
    """One line a request; where a terminal has no room for the reason, it goes on below."""

    def __init__(self, out: IO[str], surface: Surface, *, several: bool = False) -> None:
        self.out = out
        self.surface = surface
        self.several = several
        self.whole = not out.isatty()  # a file or a pipe has no margin
        width = min(shutil.get_terminal_size((110, 24)).columns, 160)
        # In English the word of the set stands behind the plain one.
        outcome = 12 if surface.language == "zh" else 22
        self.widths = (7, outcome, 22, max(width - 35 - outcome, 20))
        keys = ("batch.row", "batch.outcome", "batch.code", "batch.reason")
        self._line([surface.say(key) for key in keys])
        self.out.write("─" * (sum(self.widths) + 6) + "\n")

    def decided(self, row: RequestRow, answer: Decision) -> None:
        """Write one decision."""
        columns = columns_of(answer, self.surface)
        keys = ("batch.outcome", "batch.code", "batch.reason")
        parts = [_place(row, self.several), *(columns[key] for key in keys)]
        self._line(parts, COLOURS[answer.outcome])

    def failed(self, row: RequestRow, findings: Sequence[Diagnostic]) -> None:
        """Write that a row could not be read."""
        code = findings[0].code if findings else ""
        text = mended_text(findings, self.surface).removeprefix(f"{code} ")
        place = _place(row, self.several)
        self._line([place, self.surface.say("batch.error"), code, text], "magenta")

    def _line(self, parts: list[str], colour: str = "") -> None:
        *first, text = [harmless(part) for part in parts]
        *widths, room = self.widths
        head = [filled(each, width) for each, width in zip(first, widths, strict=True)]
        lines = [text] if self.whole else [*wrap(text, room)]
        if not self.whole and sum(map(cells, head)) > sum(widths):
            lines.insert(0, "")  # something long stands in its place
        if colour:
            head[1] = self.surface.style(head[1], fg=colour)
        margin = " " * (sum(widths) + 2 * len(widths))
        lines = ["  ".join([*head, *lines[:1]]), *(margin + each for each in lines[1:])]
        self.out.writelines(each.rstrip() + "\n" for each in lines)


def _number(row: RequestRow) -> int:
    return row.span.line or row.span.column


def _place(row: RequestRow, several: bool) -> str:
    """Return where a row stands: of several worksheets its number alone names none."""
    sheet = row.span.workbook if several else None
    return f"{sheet[1]}!{_number(row)}" if sheet else str(_number(row))


def _named(row: RequestRow) -> dict[str, Any]:
    sheet = row.span.workbook
    return {"row": _number(row), **({"sheet": sheet[1]} if sheet else {})}


class LinesWriter:
    """JSON lines: one decision an object."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out

    def decided(self, row: RequestRow, answer: Decision) -> None:
        """Write one decision."""
        self._line({**_named(row), **answer.to_dict()})

    def failed(self, row: RequestRow, findings: Sequence[Diagnostic]) -> None:
        """Write that a row could not be read."""
        errors = [
            {
                "code": f.code,
                "message": {"zh": f.zh, "en": f.en},
                "help": {"zh": f.help("zh"), "en": f.help("en")},
            }
            for f in findings
        ]
        self._line({**_named(row), "errors": errors})

    def _line(self, data: Mapping[str, Any]) -> None:
        self.out.write(json_text(data, out=self.out, indent=None) + "\n")


class ArrayWriter(LinesWriter):
    """The same objects as one JSON array."""

    def __init__(self, out: IO[str]) -> None:
        super().__init__(out)
        self.separator = "[\n"

    def _line(self, data: Mapping[str, Any]) -> None:
        self.out.write(self.separator + json_text(data, out=self.out, indent=None))
        self.separator = ",\n"

    def close(self) -> None:
        """End the array."""
        self.out.write("[]\n" if self.separator == "[\n" else "\n]\n")


class SheetWriter:
    """CSV: the columns of the request sheet, then those of the result."""

    def __init__(
        self, out: IO[str], columns: Sequence[str], surface: Surface, *, several: bool = False
    ) -> None:
        self.surface = surface
        self.several = several
        self.columns = [name for name in columns if name]
        self.writer = csv.writer(out)
        keys = [surface.say(key) for key in RESULT_COLUMNS]
        self.writer.writerow([surface.say("batch.row"), *self.columns, *keys])

    def decided(self, row: RequestRow, answer: Decision) -> None:
        """Write one decision."""
        columns = columns_of(answer, self.surface)
        self._row(row, [columns[key] for key in RESULT_COLUMNS])

    def failed(self, row: RequestRow, findings: Sequence[Diagnostic]) -> None:
        """Write that a row could not be read."""
        code = findings[0].code if findings else ""
        text = mended_text(findings, self.surface)
        self._row(row, [self.surface.say("batch.error"), code, text, "", "", "", ""])

    def _row(self, row: RequestRow, result: list[str]) -> None:
        given = [as_cell(row.given.get(name, "")) for name in self.columns]
        self.writer.writerow([as_cell(_place(row, self.several)), *given, *map(as_cell, result)])


RESULT_COLUMNS = (
    "batch.outcome",
    "batch.code",
    "batch.reason",
    "batch.basis",
    "batch.to",
    "batch.missing",
    "batch.valid",
)


def as_cell(value: Any) -> str:
    """Return a value as a cell that no spreadsheet runs as a formula."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    # A spreadsheet would run such a text as a formula; it came from outside.
    risky = text[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{text}" if risky and not _is_number(text) else text


def _is_number(text: str) -> bool:
    # -5 is a figure, which a spreadsheet may well reckon with.
    return text[1:].replace(".", "", 1).isdecimal() and text[0] in "+-"


@contextmanager
def writer_for(
    form: str, out: IO[str], columns: Sequence[str], surface: Surface, *, several: bool = False
) -> Iterator[Writer]:
    """Give the writer of a format; `several`: rows are named by their worksheets too."""
    match form:
        case "csv":
            yield SheetWriter(out, columns, surface, several=several)
        case "jsonl":
            yield LinesWriter(out)
        case "json":
            array = ArrayWriter(out)
            yield array
            array.close()
        case _:
            yield TextWriter(out, surface, several=several)


# --- where it goes -----------------------------------------------------------------------------


@contextmanager
def opened(path: Path | None, form: str) -> Iterator[IO[str]]:
    """Open the output file, whole or not at all; the screen if there is none.

    CSV files begin with a byte-order mark, so that spreadsheets read them as UTF-8.
    """
    if path is None:
        yield sys.stdout
        return
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("w", encoding=encoding, newline="") as out:
            yield out
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def progress_shown(surface: Surface, *, to_file: bool) -> Iterator[Callable[[int], None]]:
    """Give a function that shows how many rows are done, where the results do not show it."""
    if not sys.stderr.isatty() or (sys.stdout.isatty() and not to_file):
        yield lambda number: None
        return
    label = surface.say("batch.progress")

    def show(number: int) -> None:
        if number % PROGRESS_EVERY == 0:
            sys.stderr.write(f"\r{label} {number}")
            sys.stderr.flush()

    yield show
    # Wipe the line, or the prompt would stand behind it; not every console knows a sign for that.
    sys.stderr.write(f"\r{' ' * (cells(label) + _MOST_DIGITS)}\r")


def print_summary(tally: Tally, surface: Surface, *, error: bool) -> None:
    """Print how many requests came to what, and why."""
    total = tally.decided + tally.errors
    surface.print("\n" + surface.say("batch.total", n=total), error=error)
    for (_, wording), n in tally.outcomes.most_common():
        surface.print(f"  {filled(wording, 16)}{n:>8}", error=error)
        reasons = [(c, m) for (w, c), m in tally.reasons.most_common() if w == wording]
        for code, many in reasons[:MOST_REASONS]:
            surface.print(f"    {filled(code, 30)}{many:>8}", error=error)
        if len(reasons) > MOST_REASONS:
            rest = sum(many for _, many in reasons[MOST_REASONS:])
            surface.print(f"    {filled('…', 30)}{rest:>8}", error=error)
    if tally.errors:
        surface.print(surface.say("batch.errors", n=tally.errors), error=error)
