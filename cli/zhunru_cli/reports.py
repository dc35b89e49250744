"""Findings for machines: JSON, and SARIF 2.1.0 for code-review tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from zhunru_cli import VERSION
from zhunru_cli.findings import count

if TYPE_CHECKING:
    from zhunru import Diagnostic
    from zhunru.diagnostics import Edit, Fix, Span

Position = Callable[[str, int], tuple[int, int]]

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "hint": "note"}


def json_report(found: Sequence[Diagnostic]) -> dict[str, Any]:
    """Return the findings as JSON-ready data, texts in both languages."""
    return {
        "version": 1,
        "summary": count(found),
        "findings": [_json_finding(d) for d in found],
    }


def _json_finding(found: Diagnostic) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": str(found.severity),
        **_json_place(found.span),
        "message": {"zh": found.zh, "en": found.en},
        "help": {"zh": found.help_zh, "en": found.help_en},
        "related": [
            {**_json_place(span), "message": {"zh": zh, "en": en}} for span, zh, en in found.related
        ],
        "fix": _json_fix(found.fix) if found.fix else None,
    }


def _json_place(span: Span) -> dict[str, Any]:
    book = span.workbook
    if book is not None:
        path, sheet = book
        return {"path": path, "sheet": sheet, "cell": span.cell, **_numbers(span)}
    return {"path": span.path, **_numbers(span)}


def _numbers(span: Span) -> dict[str, int]:
    return {
        "line": span.line,
        "column": span.column,
        "start": span.start,
        "end": span.end,
    }


def _json_fix(fix: Fix) -> dict[str, Any]:
    edits = [{**_json_place(edit.span), "text": edit.text} for edit in fix.edits]
    return {"safe": fix.safe, "title": {"zh": fix.zh, "en": fix.en}, "edits": edits}


# --- SARIF -------------------------------------------------------------------------------------


def sarif_report(found: Sequence[Diagnostic], language: str, position: Position) -> dict[str, Any]:
    """Return the findings as a SARIF log.

    `position` gives line and column (from 1) of an offset in a file, for the ends of regions.
    """
    from zhunru import explain_code

    codes = sorted({d.code for d in found})
    rules = [_rule(explain_code(code), language) for code in codes]
    index = {code: number for number, code in enumerate(codes)}
    driver = {"name": "zhunru", "version": VERSION, "rules": rules}
    results = [_result(d, index[d.code], language, position) for d in found]
    # Columns are characters, as Python counts them, not units of UTF-16.
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: Any, language: str) -> dict[str, Any]:
    def text(name: str) -> dict[str, str]:
        return {"text": code.plain(name) or code.slug}

    return {
        "id": code.id,
        "name": code.slug,
        "shortDescription": text(language),
        "fullDescription": text(f"why_{language}"),
        "help": text(f"help_{language}"),
        "defaultConfiguration": {"level": LEVELS[code.severity]},
    }


def _result(found: Diagnostic, index: int, language: str, position: Position) -> dict[str, Any]:
    chinese = language == "zh"
    advice = found.help_zh if chinese else found.help_en
    message = found.zh if chinese else found.en
    result: dict[str, Any] = {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": LEVELS[found.severity],
        "message": {"text": f"{message}\n{advice}" if advice else message},
        "locations": [_location(found.span, position)] if found.span.path else [],
    }
    related = [
        {**_location(span, position), "id": number, "message": {"text": zh if chinese else en}}
        for number, (span, zh, en) in enumerate(found.related, 1)
        if span.path
    ]
    if related:
        result["relatedLocations"] = related
    if found.fix:
        result["fixes"] = [_sarif_fix(found.fix, chinese, position)]
    return result


def _location(span: Span, position: Position) -> dict[str, Any]:
    book = span.workbook
    if book is not None:
        # A worksheet has no lines: the cell is a place of its own kind.
        path, sheet = book
        cell = {"fullyQualifiedName": f"{sheet}!{span.cell}", "kind": "cell"}
        whole = {"artifactLocation": {"uri": _uri(path)}}
        return {"physicalLocation": whole, "logicalLocations": [cell]}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(span.path)}}
    if span.line:
        physical["region"] = _region(span, position)
    return {"physicalLocation": physical}


def _region(span: Span, position: Position) -> dict[str, Any]:
    end_line, end_column = position(span.path, span.end)
    if (end_line, end_column) < (span.line, span.column):  # a sheet: offsets are of the cell
        end_line, end_column = span.line, span.column + span.end - span.start
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": end_line,
        "endColumn": end_column,
    }


def _uri(path: str) -> str:
    return quote(PurePath(path).as_posix(), safe="/:")


def _sarif_fix(fix: Fix, chinese: bool, position: Position) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_file.setdefault(edit.span.path, []).append(edit)
    changes = [
        {
            "artifactLocation": {"uri": _uri(path)},
            "replacements": [
                {
                    "deletedRegion": _region(edit.span, position),
                    "insertedContent": {"text": edit.text},
                }
                for edit in edits
            ],
        }
        for path, edits in by_file.items()
    ]
    return {"description": {"text": fix.zh if chinese else fix.en}, "artifactChanges": changes}
