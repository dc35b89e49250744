"""From a path to a policy that may decide: find the set, read, check and compile it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from zhunru.diagnostics import Diagnostic, Severity, Source, Span, has_errors, sort_diagnostics
from zhunru.errors import PolicyRejected

if TYPE_CHECKING:
    from zhunru.checker.resolved import CheckedPolicySet
    from zhunru.compiler import CompiledPolicy
    from zhunru.syntax.nodes import Declaration

# Heavy parts (grammar, checker, compiler) are imported where they are used, so that a program
# which only names these functions starts at once.


def open_policy(path: str | Path, *, search: Sequence[Path] = ()) -> CompiledPolicy:
    """Return the policy set at `path`, ready to decide.

    `path` is a file, a folder, or the name of a set that ships with the library (`weihai`).
    `search` are folders in which its upper sets (上位) are looked for. Raises PolicyRejected,
    with every finding, if the set has errors.
    """
    from zhunru.compiler import cache

    place = locate(path)
    kept = cache.find(place, search)
    if kept is not None:
        kept.origin = place, tuple(search)
        return kept
    from zhunru.compiler import compile_policies
    from zhunru.syntax.uncollected import uncollected

    with uncollected():
        checked, found = check_policies(path, search=search)
        if checked is None:
            raise PolicyRejected(found)
        policy = compile_policies(checked)
        cache.keep(place, search, checked.source, policy)
    policy.origin = place, tuple(search)
    return policy


def check_policies(
    path: str | Path, *, search: Sequence[Path] = ()
) -> tuple[CheckedPolicySet | None, list[Diagnostic]]:
    """Return the checked set at `path` (None if it has errors) and every finding, by place."""
    from zhunru.checker.check import check
    from zhunru.codes import (
        ABSENCES,
        NO_LIMIT,
        NO_ROW,
        NO_UPPER,
        OF_DAYS,
        OF_LIMITS,
        OF_ROWS,
        OF_UPPER,
        WHOLES,
    )
    from zhunru.syntax.loader import load

    loaded, found = load(locate(path), search=search)
    if loaded is None:
        return None, sort_diagnostics(found)
    checked, more = check(loaded)
    if any(finding.code in NO_UPPER for finding in found):
        more = [finding for finding in more if finding.code not in OF_UPPER]
    if any(finding.code == "ZR111" for finding in found):
        more = [finding for finding in more if finding.code not in OF_DAYS]
    # A second header is a second set, perhaps the same in another notation: that each of its
    # names is there twice says the same once more.
    seconds = {finding.span.path for finding in found if finding.code == "ZR808"}
    more = [each for each in more if each.code != "ZR210" or each.span.path not in seconds]
    if has_errors(found):
        more = [finding for finding in more if finding.code not in ABSENCES]
        more = _about_whole_lines(more, found)
        more = _about_others(more, found, WHOLES, loaded.declarations)
    for about, causes in ((OF_LIMITS, NO_LIMIT), (OF_ROWS, NO_ROW)):
        wrong = [finding for finding in more if finding.code in causes]
        more = _about_others(more, wrong, about, loaded.declarations)
    every = sort_diagnostics([*found, *more])
    return (None if has_errors(every) else checked), _names_once(every, OF_UPPER)


def _names_once(found: list[Diagnostic], codes: frozenset[str]) -> list[Diagnostic]:
    """Tell of a name that means nothing once, with the number of places where it stands."""
    alike: dict[tuple[str, str], list[Diagnostic]] = {}
    for each in found:
        if each.code in codes:
            alike.setdefault((each.code, each.zh), []).append(each)
    told: dict[Diagnostic, Diagnostic | None] = {}
    for first, *others in alike.values():
        told[first] = _with_places(first, others) if others else first
        told |= dict.fromkeys(others)
    every = (told.get(each, each) for each in found)
    return [each for each in every if each is not None]


def _with_places(first: Diagnostic, others: list[Diagnostic]) -> Diagnostic:
    number = len(others) + 1
    fix = first.fix
    if fix is not None:
        here = (each.fix for each in others if each.span.path == first.span.path)  # one file
        edits = (*fix.edits, *(edit for each in here if each is not None for edit in each.edits))
        zh, en = f"{len(edits)} 处{fix.zh}", f"{fix.en} in {len(edits)} places"
        fix = replace(fix, edits=edits, zh=zh, en=en)
    shown = tuple((other.span, "还有这里", "here, too") for other in others[:_MOST_PLACES])
    return replace(
        first,
        zh=f"{first.zh}（共 {number} 处）",
        en=f"{first.en} ({number} places)",
        fix=fix,
        related=(*first.related, *shown),
    )


_MOST_PLACES = 3


def _about_whole_lines(found: list[Diagnostic], slips: list[Diagnostic]) -> list[Diagnostic]:
    """Leave out what is found about a line that was read in part: it may mean something else."""
    broken = {(slip.span.path, slip.span.line) for slip in slips if slip.severity is Severity.ERROR}

    def is_whole(finding: Diagnostic) -> bool:
        places = (finding.span, *(place for place, _, _ in finding.related))
        return not any((place.path, place.line) in broken for place in places)

    return [finding for finding in found if is_whole(finding)]


def _about_others(
    found: list[Diagnostic],
    slips: list[Diagnostic],
    codes: frozenset[str],
    declarations: Sequence[Declaration],
) -> list[Diagnostic]:
    """Leave out findings of some codes about declarations in which there is another mistake."""
    begins: dict[str, list[int]] = {}
    for each in declarations:
        begins.setdefault(each.span.path, []).append(each.span.line)

    def place(span: Span) -> tuple[str, int]:
        before = [line for line in begins.get(span.path, ()) if line <= span.line]
        return span.path, max(before, default=0)

    broken = {place(slip.span) for slip in slips if slip.severity is Severity.ERROR}
    return [each for each in found if each.code not in codes or place(each.span) not in broken]


def locate(path: str | Path) -> Path:
    """Return where a set is: the path itself, or the folder of the shipped set of that name."""
    given = Path(path)
    from zhunru.syntax.folders import is_file, is_folder

    if is_file(given) or is_folder(given) or given.name != str(path):
        return given
    from importlib.resources import files

    shipped = Path(str(files("zhunru.policies"))) / given.name
    return shipped if is_folder(shipped) else given


def policy_files(path: str | Path) -> tuple[list[Path], list[Diagnostic]]:
    """Return the policy files that `path` means, in order, and what keeps files from being among
    them: a file means itself, a folder all below it.
    """
    from zhunru.syntax.folders import list_files

    return list_files(Path(path))


def policy_sets(path: str | Path) -> list[Path]:
    """Return the sets that `path` means: itself, or the sets in a folder that holds only folders.

    A folder is a set if a policy file stands right in it.
    """
    from zhunru.syntax.folders import is_policy_file, names_in

    inside = names_in(Path(path))
    if any(is_policy_file(each.name) and each.is_file() for each in inside):
        return [Path(path)]
    # An empty folder is given on all the same, so that it is said to hold no set.
    return [each for each in inside if each.is_dir() and policy_files(each)[0]] or [Path(path)]


def read_source(path: str | Path) -> Source:
    """Return the text of a policy or request file, whatever its encoding.

    Raises PolicyRejected if it cannot be read.
    """
    from zhunru.syntax import folders

    source, found = folders.read_source(Path(path))
    if source is None:
        raise PolicyRejected(found)
    return source
