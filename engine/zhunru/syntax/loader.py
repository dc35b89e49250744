"""From a folder or a file to a policy set: its files, the tables they name, the sets above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zhunru.codes import diagnose
from zhunru.diagnostics import Diagnostic, Source, Span
from zhunru.syntax import parser, yaml_reader
from zhunru.syntax.catalog import Catalog
from zhunru.syntax.decode import ended
from zhunru.syntax.folders import (
    Stamp,
    is_folder,
    list_files,
    read_source,
    real,
    shown,
    stamp,
)
from zhunru.syntax.misspelling import did_you_mean, nearest
from zhunru.syntax.nodes import File, Name, Policy, PolicySet
from zhunru.syntax.tables_from_files import TableFiles, tables_of
from zhunru.syntax.uncollected import uncollected

MAX_CHAIN = 32


def load(path: Path, *, search: Sequence[Path] = ()) -> tuple[PolicySet | None, list[Diagnostic]]:
    """Read a policy set, a folder or one file, with the sets that it stands under (上位).

    Upper sets are looked for beside the set, then in `search`, then among the shipped ones. The
    set is None if nothing could be read; with findings that are errors it is incomplete.
    """
    loading = _Loading(Catalog(tuple(search)))
    with uncollected():
        loaded = loading.load(path, ())
    return loaded and replace(loaded, stamps=loading.stamps), loading.found


def load_text(
    text: str,
    name: str = "<text>",
    *,
    folder: Path | None = None,
    search: Sequence[Path] = (),
) -> tuple[PolicySet | None, list[Diagnostic]]:
    """Read a policy set of one file from memory; a name in .yaml or .yml says YAML.

    Files that it takes tables from are looked for in `folder`, upper sets as by `load`.
    """
    loading = _Loading(Catalog(tuple(search)))
    source = Source(name, ended(text, policy=not _is_yaml(name)))
    beside = folder / name if folder is not None else None
    files = [loading.read(source)]
    return loading.assemble(name, files, TableFiles(folder, {}), beside, ()), loading.found


def _is_yaml(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))


@dataclass
class _Loading:
    """One load: every set that was read, by its resolved path, and those being read now."""

    catalog: Catalog
    found: list[Diagnostic] = field(default_factory=list)
    loaded: dict[Path, PolicySet | None] = field(default_factory=dict)
    loading: list[Path] = field(default_factory=list)
    stamps: dict[Path, Stamp | None] = field(default_factory=dict)

    def load(self, path: Path, chain: tuple[str, ...]) -> PolicySet | None:
        """Read a set once; `chain` are the codes of the sets that lead to it."""
        # By where it leads: a set under two names is read once.
        key = real(path)
        if key not in self.loaded:
            self.loading.append(key)
            self.loaded[key] = self._load(path, chain)
            self.loading.remove(key)
        return self.loaded[key]

    def _load(self, path: Path, chain: tuple[str, ...]) -> PolicySet | None:
        paths, found = list_files(path)
        self.found += found
        folder = path if is_folder(path) else path.parent
        # Before they are read: who keeps what was made of them must know that it is still so.
        self.stamps.update((one, stamp(one)) for one in paths)
        read = [(one, self._read_file(one)) for one in paths]
        files = {one: file for one, file in read if file is not None}
        if not files:
            return None
        tables = TableFiles(folder, {file.source.path: one.parent for one, file in files.items()})
        return self.assemble(shown(path), list(files.values()), tables, path, chain)

    def _read_file(self, path: Path) -> File | None:
        source, found = read_source(path)
        self.found += found
        return self.read(source) if source is not None else None

    def read(self, source: Source) -> File:
        """Read the text of one file in its notation."""
        read = yaml_reader.read if _is_yaml(source.path) else parser.parse
        file, found = read(source)
        self.found += found
        return file

    def assemble(
        self,
        path: str,
        files: list[File],
        tables: TableFiles,
        beside: Path | None,
        chain: tuple[str, ...],
    ) -> PolicySet:
        """Fill in the tables from files and the upper sets."""
        self.stamps.update((one, stamp(one)) for file in files for one in tables_of(file))
        filled = tables.fill(files)
        self.found = [d for d in self.found if d.span.path not in tables.dropped] + tables.found
        self._check_headers(filled)
        policy_set = PolicySet(path, tuple(filled))
        return replace(policy_set, uppers=self._uppers(policy_set.header, beside, chain))

    def _check_headers(self, files: list[File]) -> None:
        headers = [d for file in files for d in file.declarations if isinstance(d, Policy)]
        for header in headers[1:]:
            first = headers[0]
            related = ((first.span, "第一个在这里", "the first one is here"),)
            self.found.append(
                diagnose("ZR808", header.span, related=related, name=header.code, first=first.code)
            )

    def _uppers(
        self, header: Policy | None, beside: Path | None, chain: tuple[str, ...]
    ) -> tuple[PolicySet, ...]:
        if header is None:
            return ()
        chain = (*chain, header.code)
        uppers: dict[Path, PolicySet] = {}
        for name in header.upper:
            path = self._upper_path(name, beside, chain)
            # A folder is found by the code of its first header; what it is read as may differ.
            if path is not None and real(path) in self.loading:
                self.found.append(
                    diagnose("ZR810", name.span, chain=" → ".join((*chain, name.text)))
                )
                continue
            upper = self.load(path, chain) if path is not None else None
            if path is not None and upper is not None:
                uppers.setdefault(real(path), upper)
        return tuple(uppers.values())

    def _upper_path(self, name: Name, beside: Path | None, chain: tuple[str, ...]) -> Path | None:
        """Return where an upper set lies, or None with a finding."""
        if name.text in chain:
            circle = (*chain[chain.index(name.text) :], name.text)
            self.found.append(diagnose("ZR810", name.span, chain=" → ".join(circle)))
            return None
        if len(chain) > MAX_CHAIN:
            zh, en = f"上位超过 {MAX_CHAIN} 层", f"more than {MAX_CHAIN} levels of upper sets"
            self.found.append(diagnose("ZR806", name.span, what_zh=zh, what_en=en))
            return None
        listed = self.catalog.find(name.text, beside)
        if len(listed) > 1:
            first, second = (shown(one.path) for one in listed[:2])
            self.found.append(
                diagnose("ZR811", name.span, name=name.text, first=first, second=second)
            )
        if not listed:
            self.found.append(self._missing(name.text, name.span, beside, chain))
        return listed[0].path if len(listed) == 1 else None

    def _missing(
        self, code: str, span: Span, beside: Path | None, chain: tuple[str, ...]
    ) -> Diagnostic:
        # The set that asks lies among the others, and is never above itself.
        codes = [each for each in self.catalog.codes(beside) if each not in chain]
        return diagnose(
            "ZR809",
            span,
            name=code,
            **did_you_mean(nearest(code, codes)),
        )
