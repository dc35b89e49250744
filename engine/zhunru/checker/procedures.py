"""Whether the workflows, calendars and documents that clauses and decisions name are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunru.syntax import nodes as n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunru.checker.model import Model

# A name, what it may be, and how that is called.
_Named = tuple[n.Name, tuple[str, ...], tuple[str, str]]
_WORKFLOW = (("workflow",), ("流程", "workflow"))
_RUN_BY = (("workflow", "calendar"), ("流程或者日历", "workflow or calendar"))
_DOCUMENT = (("document",), ("文书", "document"))


def check_procedures(model: Model) -> None:
    """What clauses and decisions name after 流程, 文书, 按 and 可申请 is written somewhere."""
    seen = set()
    for name, kinds, (zh, en) in _named(model):
        # Rules of a group share the lines of the group: one line is one finding.
        if name.span not in seen and model.scope.find(name.text, *kinds) is None:
            seen.add(name.span)
            known = model.scope.names(*kinds)
            model.report.unknown("ZR225", name.span, name.text, known, kind_zh=zh, kind_en=en)


def _named(model: Model) -> Iterator[_Named]:
    for decide in model.scope.nodes("decide"):
        if decide.default_apply is not None:
            yield (decide.default_apply, *_WORKFLOW)
    for rule in model.scope.rules():
        yield from _of_clauses(rule.clauses)
    for source in model.scope.lists():
        yield from _of_clauses(source.clauses)
        for entry in source.entries:
            yield from _of_clauses(entry.clauses)


def _of_clauses(clauses: n.Clauses) -> Iterator[_Named]:
    if clauses.workflow is not None:
        yield (clauses.workflow, *_WORKFLOW)
    yield from ((name, *_DOCUMENT) for name in clauses.documents)
    yield from ((duty.per, *_RUN_BY) for duty in clauses.duties if duty.per is not None)


CHECKS = (check_procedures,)
