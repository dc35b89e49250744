"""Checks on how names are written: look-alikes, invisible characters, glued keywords."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from zhunru.checker import confusables
from zhunru.checker.symbols import KINDS
from zhunru.diagnostics import Edit, Fix, Source
from zhunru.syntax import nodes as n
from zhunru.syntax.shadow import INVISIBLE_RUN
from zhunru.syntax.sheet_rows import MANY

if TYPE_CHECKING:
    from zhunru.checker.model import Model

# Keywords that may follow the name of a declaration on its line.
_FOLLOWING: dict[str, tuple[str, ...]] = {
    "rule": ("依据", "施行", "当"),
    "group": ("依据", "施行"),
    "list": ("类型", "主体", "取自", "应有", "施行"),
    "table": ("每个", "取首行", "取各行"),
    "decide": ("对象",),
    "form": ("取自",),
    "register": ("取自",),
    "parameter": ("待定",),
    "unit": ("层级", "上级", "别名", "角色"),
    "role": ("每个",),
}


Odd = Callable[[Sequence[str]], Collection[int]]


def names(model: Model, odd: Odd) -> Iterator[tuple[str, n.Name]]:
    """Yield every declared name with its kind, those of entries too; of units see `declared`."""
    yield from declared(model, odd)
    for source in model.scope.lists():
        for entry in source.entries:
            yield "title", n.Name(entry.title.zh, entry.named_at)
            yield "code", n.Name(entry.code, entry.span)
            yield from (("alias", alias) for alias in entry.aliases)


def declared(model: Model, odd: Odd) -> Iterator[tuple[str, n.Name]]:
    """Yield the names of declarations, units, roles and fields with their kinds.

    A chart may have hundreds of thousands of units: of those that say no more than their name
    only the ones at places that `odd` picks from all their names.
    """
    scope = model.scope
    for kind in KINDS:
        for symbol in scope.own[kind].values():
            yield kind, symbol.name
    units = scope.units
    picked = sorted({*odd(units.names), *units.others}) if len(units) >= MANY else range(len(units))
    for at in picked:
        yield "unit", units[at].name
        yield from (("alias", alias) for alias in units[at].aliases)
    yield from (("role", role.name) for role in scope.roles)
    for kind in ("form", "register"):
        for node in scope.nodes(kind):
            for field in node.fields:
                yield "field", field.name
                yield from (("value", value) for value in field.values)


class Written:
    """The text of names as it stands in the files, before widths and forms were folded."""

    def __init__(self, model: Model) -> None:
        self._sources: dict[str, Source] = {}
        for file in model.scope.policy_set.files:
            if not confusables.plain(file.source.text):
                self._sources[file.source.path] = file.source

    def of(self, name: n.Name) -> str:
        """Return how a name is written, or the name itself where its file is all plain."""
        source = self._sources.get(name.span.path)
        written = source.text[name.span.start : name.span.end] if source else ""
        return written if 0 < len(written) <= len(name.text) + 8 else name.text


def check_characters(model: Model) -> None:
    """Names are written with the characters that they seem to be written with."""
    written = Written(model)
    told = {f.source.path for f in model.scope.policy_set.files if f.notation == "policy"}
    for kind, name in names(model, _unplain):
        text = written.of(name)
        if name.span.path in told:
            # Whoever reads policy text tells them (ZR109), in names and elsewhere.
            text = INVISIBLE_RUN.sub("", text)
        if kind == "code" and name.text not in text:
            text = name.text
        if not confusables.plain(text):
            _check_text(model, name, text)


def _unplain(names: Sequence[str]) -> list[int]:
    """Return the places of names that have unusual characters; one look tells that none has."""
    if confusables.plain("\n".join(names)):
        return []
    return [at for at, name in enumerate(names) if not confusables.plain(name)]


def _check_text(model: Model, name: n.Name, text: str) -> None:
    mended = confusables.mended(text)
    fix = Fix.writing(name.span, mended, safe=True)
    if confusables.invisible(text):
        model.report.add("ZR603", name.span, name=mended, fix=fix)
    foreign = confusables.foreign(text)
    if foreign:
        script_zh, script_en = confusables.SCRIPTS.get(foreign[1], ("外文字母", "foreign"))
        model.report.add("ZR601", name.span, name=text, found=foreign[0], mended=mended, fix=fix,
                         script_zh=script_zh, script_en=script_en)  # fmt: skip
    form = confusables.compatible(text)
    if form:
        model.report.add("ZR602", name.span, name=text, found=form, mended=mended, fix=fix)


def check_look_alikes(model: Model) -> None:
    """No two names of one kind look the same."""
    seen: dict[tuple[str, str], str] = {}
    for kind, name in declared(model, _alike):
        if kind in ("value", "alias"):
            continue
        other = seen.setdefault((kind, _skeleton(name.text)), name.text)
        if other != name.text:
            model.report.add("ZR605", name.span, name=name.text, other=other)


def _alike(names: Sequence[str]) -> list[int]:
    """Return the places of names that look like others."""
    # All are folded in one go: what folding does to a text it does to each line of it.
    folded = _skeleton("\n".join(names)).split("\n")
    if len(folded) != len(names):
        return list(range(len(names)))
    seen = Counter(folded)
    if len(seen) == len(names):
        return []
    return [at for at, one in enumerate(folded) if seen[one] > 1]


def _skeleton(text: str) -> str:
    folded = confusables.mended(text).casefold()
    return folded.replace("0", "o").replace("1", "l").replace("〇", "o").replace("零", "o")


def check_glued(model: Model) -> None:
    """A name that ends with what may follow it perhaps lacks a blank (L13)."""
    for kind, name in declared(model, _glued):
        for word in _FOLLOWING.get(kind, ()):
            if name.text.endswith(word) and len(name.text) > len(word) + 1:
                stem = name.text.removesuffix(word)
                fix = Fix((Edit(name.span, f"{stem} {word}"),), f"改为“{stem} {word}”",
                          f"write `{stem} {word}`", safe=False)  # fmt: skip
                model.report.add("ZR604", name.span, name=name.text, word=word, fix=fix)


def _glued(names: Sequence[str]) -> list[int]:
    words = _FOLLOWING["unit"]
    return [at for at, name in enumerate(names) if name.endswith(words)]


CHECKS = (check_characters, check_look_alikes, check_glued)
