"""Citations bound to the versions of the instruments that they cite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunru.checker import resolved as r
from zhunru.checker.symbols import Scope
from zhunru.syntax import nodes as n
from zhunru.syntax.citations import read_pinpoint

if TYPE_CHECKING:
    from zhunru.checker.report import Report

_BRACKETS = str.maketrans("[]()【】", "〔〕〔〕〔〕")


@dataclass(frozen=True, slots=True)
class Bound:
    """A citation with its instrument, and the version it names if it names one."""

    citation: n.Citation
    basis: n.Basis | None
    version: n.BasisVersion | None
    resolved: r.BoundCitation


def versions(basis: n.Basis) -> tuple[n.BasisVersion, ...]:
    """Return the versions of an instrument; one written without versions has one."""
    if basis.versions:
        return basis.versions
    return (n.BasisVersion(label="", issued=basis.issued, period=basis.period, span=basis.span),)


class Bases:
    """Finds the instrument that a citation names by short name, title or document number."""

    def __init__(self, scope: Scope, report: Report) -> None:
        self._report = report
        self._index: dict[str, n.Basis] = {}
        self._bound: dict[int, tuple[n.Citation, Bound]] = {}
        self._periods: dict[tuple[str, str], tuple[n.Period, ...]] = {}
        self._scope = scope
        for symbol in scope.visible["basis"].values():
            self._enter(symbol.node)

    def _enter(self, basis: n.Basis) -> None:
        for text in (basis.name.text, basis.title.zh, basis.title.en, basis.reference):
            if text:
                self._index.setdefault(_key(text), basis)
        for version in basis.versions:
            if version.reference:
                self._index.setdefault(_key(version.reference), basis)

    def find(self, name: str) -> n.Basis | None:
        """Return the instrument of this name, title or number."""
        return self._index.get(_key(name))

    def bind(self, citation: n.Citation) -> Bound:
        """Return a citation with its instrument; unknown ones are findings, once each."""
        known = self._bound.get(id(citation))
        if known:
            return known[1]
        bound = self._bind(citation)
        self._bound[id(citation)] = (citation, bound)
        return bound

    def _bind(self, citation: n.Citation) -> Bound:
        basis = self.find(citation.basis)
        version = None
        if basis is None:
            names = self._scope.names("basis")
            meant = self._apart(citation)
            label = f"({citation.version})" if citation.version else ""
            unsure = " 待核实" if citation.unverified else ""
            parts = f"{label} {citation.pinpoint}{citation.rest}".rstrip()
            name = citation.basis or citation.rest
            self._report.unknown(
                "ZR206",
                citation.span,
                name,
                names,
                meant=meant,
                behind="" if meant or name != citation.basis else f"{parts}{unsure}",
            )
        elif citation.version:
            version = self._version(citation, basis)
        return Bound(citation, basis, version, self._resolved(citation, basis, version))

    def _apart(self, citation: n.Citation) -> str:
        """Return a citation whose name and article run together, with a blank between them."""
        whole = f"{citation.basis}{citation.rest}"
        at = whole.find("第")
        basis = self.find(whole[:at]) if at > 0 else None
        article = read_pinpoint(whole[at:])
        if basis is None or not article:
            return ""
        # What could not be read as a name is written otherwise: 《某法〉.
        return f"{whole[:at] if citation.basis else basis.name.text} {article}"

    def _resolved(
        self, citation: n.Citation, basis: n.Basis | None, version: n.BasisVersion | None
    ) -> r.BoundCitation:
        label = f"({citation.version})" if citation.version else ""
        return r.BoundCitation(
            text=f"{citation.basis}{label}{citation.pinpoint}{citation.rest}",
            basis=basis.name.text if basis else citation.basis,
            periods=self._in_force(basis, version) if basis else (),
            known=basis is not None,
            unverified=citation.unverified or bool(basis and basis.unverified),
            span=citation.span,
        )

    def _in_force(self, basis: n.Basis, version: n.BasisVersion | None) -> tuple[n.Period, ...]:
        key = (basis.name.text, version.label if version else "")
        if key not in self._periods:
            chosen = (version,) if version else versions(basis)
            self._periods[key] = tuple(
                n.Period(each.period.start, each.period.end) for each in chosen
            )
        return self._periods[key]

    def _version(self, citation: n.Citation, basis: n.Basis) -> n.BasisVersion | None:
        labels = {each.label: each for each in basis.versions}
        if citation.version not in labels:
            self._report.unknown(
                "ZR320", citation.span, citation.version, labels, basis=basis.name.text
            )
        return labels.get(citation.version)


def _key(text: str) -> str:
    return r.normal_title(text.translate(_BRACKETS)).translate(_BRACKETS)
