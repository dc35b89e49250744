"""Mends of `zhunru check`: those that are safe, and those that a person says yes to."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

import click

from zhunru_cli.findings import render
from zhunru_cli.surface import Surface
from zhunru_cli.texts import Texts

if TYPE_CHECKING:
    from zhunru import Diagnostic

MAX_ROUNDS = 5  # a fix may uncover another finding that can be fixed
MAX_QUESTIONS = 1_000

Check = Callable[[], "list[Diagnostic]"]


def codes_of(words: Iterable[str], surface: Surface) -> frozenset[str]:
    """Return the codes that are named; raise UsageError for one that is none."""
    from zhunru import explain_code

    found = set()
    for word in words:
        code = explain_code(word)
        if code is None:
            raise click.UsageError(surface.say("check.no_code", code=word))
        found.add(code.id)
    return frozenset(found)


def mend(check: Check, surface: Surface, accepted: Collection[str] = ()) -> None:
    """Apply the safe fixes, and those of the accepted codes, until there are none."""
    for _ in range(MAX_ROUNDS):
        fixable = [d for d in check() if d.fix and (d.fix.safe or d.code in accepted)]
        if not _apply(fixable, surface):
            return


def can_ask(surface: Surface) -> bool:
    """Tell whether somebody is there who can be asked; if not, say what to do in a script."""
    if sys.stdin.isatty():
        return True
    surface.print(surface.say("check.no_terminal"), error=True)
    return False


def mend_each(check: Check, surface: Surface) -> None:
    """Ask about each fix that is not safe."""
    declined: Counter[tuple[object, ...]] = Counter()
    for _ in range(MAX_QUESTIONS):
        # Checked anew after each yes: what stands below has moved, and may be right by now.
        finding = _next(check(), declined)
        if finding is None:
            break
        answer = _ask(finding, surface)
        if answer == "q":
            break
        if answer == "n" or not _apply([finding], surface):
            declined[_of(finding)] += 1


def _next(found: Iterable[Diagnostic], declined: Counter[tuple[object, ...]]) -> Diagnostic | None:
    """Return the first finding to ask about: those declined are past."""
    left = declined.copy()
    for finding in found:
        if finding.fix and not finding.fix.safe:
            if not left[_of(finding)]:
                return finding
            left[_of(finding)] -= 1
    return None


def _of(finding: Diagnostic) -> tuple[object, ...]:
    """Return what makes a finding the same after lines above it have changed."""
    fix = finding.fix.zh if finding.fix else ""
    edits = [edit.text for edit in finding.fix.edits] if finding.fix else []
    return finding.code, finding.span.path, finding.span.column, finding.zh, fix, *edits


def _ask(finding: Diagnostic, surface: Surface) -> str:
    surface.print(render(finding, surface, Texts().line))
    answer = click.prompt(
        surface.say("check.ask"), type=click.Choice(["y", "n", "q"]), default="n", err=True
    )
    return str(answer)


def _apply(found: list[Diagnostic], surface: Surface) -> bool:
    """Write the mended files; tells whether any changed."""
    from zhunru import apply_fixes

    rewrites = [rewrite for rewrite in apply_fixes(found, unsafe=True) if rewrite.changed]
    for rewrite in rewrites:
        rewrite.write()
        n, path = len(rewrite.applied), rewrite.source.path
        surface.print(surface.say("check.fixed", path=path, n=n), error=True)
    return bool(rewrites)
