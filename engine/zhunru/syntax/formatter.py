"""The formatter: prints a file from its model, in either language, as policy text or as YAML.

What it prints reads back to the same declarations, and formatting it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Literal

from zhunru.diagnostics import Language, Source
from zhunru.syntax.format_comments import with_comments
from zhunru.syntax.format_declarations import DeclarationPrinter
from zhunru.syntax.format_lines import Line
from zhunru.syntax.format_lists import ListPrinter
from zhunru.syntax.format_measures import MeasurePrinter
from zhunru.syntax.format_words import Words
from zhunru.syntax.format_workflows import WorkflowPrinter
from zhunru.syntax.format_yaml import YamlPrinter
from zhunru.syntax.format_yaml_text import Block
from zhunru.syntax.measure_nodes import Check, Matching, Promise, Scorecard
from zhunru.syntax.nodes import (
    Basis,
    Decide,
    Declaration,
    File,
    Form,
    Formula,
    ListDecl,
    Parameter,
    Policy,
    Register,
    Role,
    Rule,
    RuleGroup,
    Table,
    Test,
    UnitBlock,
)
from zhunru.syntax.workflow_nodes import CalendarDecl, Document, Recurring, Workflow

_MANY = 4  # so many simple bases in a row make a table


def format_file(
    file: File,
    *,
    language: Language | None = None,
    notation: Literal["policy", "yaml"] | None = None,
) -> str:
    """Return the text of a file, by default in its own language and notation.

    Names and texts stay as they are; keywords and the words of the vocabulary change with the
    language. Comments are kept. A YAML file puts declarations of one kind together.
    """
    words = Words(language or file.language, file.language)
    printer = _Printer(words, file.source)
    if (notation or file.notation) == "yaml":
        lines = printer.yaml(file.declarations, [one.line for one in file.comments])
    else:
        lines = printer.policy(file.declarations)
    return "\n".join([*with_comments(lines, file), ""])


class _Printer:
    """Print the declarations of one file."""

    def __init__(self, words: Words, source: Source) -> None:
        self._declarations = DeclarationPrinter(words, source)
        self._lists = ListPrinter(words, source)
        self._flows = WorkflowPrinter(words, source)
        self._measures = measures = MeasurePrinter(words)
        one, many, flows = self._declarations, self._lists, self._flows
        self._templates: dict[type, Callable[[Any], list[Line]]] = {
            Policy: one.policy,
            Basis: one.basis,
            UnitBlock: many.units,
            Role: one.role,
            Form: one.form,
            Register: one.register,
            Parameter: one.parameter,
            ListDecl: many.catalogue,
            Rule: many.rule,
            RuleGroup: many.group,
            Table: many.table,
            Formula: one.formula,
            Decide: one.decide,
            Test: one.test,
            Workflow: flows.workflow,
            CalendarDecl: flows.calendar,
            Document: flows.document,
            Recurring: flows.recurring,
            Check: measures.check,
            Scorecard: measures.scorecard,
            Matching: measures.matching,
            Promise: measures.promise,
        }

    def yaml(self, declarations: Sequence[Declaration], comments: Sequence[int]) -> list[Line]:
        """Return the lines of a YAML file: a blank line between the kinds of declarations.

        `comments` are the lines of the source that hold comments.
        """
        printer = YamlPrinter(self._declarations, self._lists, self._flows, self._measures)
        tree = printer.file(declarations)
        lines: list[Line] = []
        for line in Block(comments).lines(tree):
            lines += [Line(""), line] if lines and line.indent == 0 else [line]
        return lines

    def policy(self, declarations: Sequence[Declaration]) -> list[Line]:
        """Return the lines of a policy file: a blank line before all but runs of one-liners."""
        lines: list[Line] = []
        previous: type | None = None
        for kind, shown in self._blocks(declarations):
            alone = len(shown) == 1
            if lines and not (alone and kind is previous):
                lines.append(Line(""))
            lines += shown
            previous = kind if alone else None
        return lines

    def _blocks(self, declarations: Sequence[Declaration]) -> list[tuple[type, list[Line]]]:
        """Return each declaration with its lines; simple bases in a row make one table."""
        blocks: list[tuple[type, list[Line]]] = []
        for tabular, run in groupby(declarations, self._is_row):
            group = list(run)
            if tabular and len(group) >= _MANY:
                bases = [basis for basis in group if isinstance(basis, Basis)]
                blocks.append((Basis, self._lists.bases(bases)))
            else:
                blocks += [(type(one), self._templates[type(one)](one)) for one in group]
        return blocks

    def _is_row(self, declaration: Declaration) -> bool:
        return isinstance(declaration, Basis) and self._lists.is_basis_row(declaration)
