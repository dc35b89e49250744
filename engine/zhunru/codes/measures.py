"""4xx: checks, scorecards, matchings and promises that do not say what they should."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

_E, _W, _H = Severity.ERROR, Severity.WARNING, Severity.HINT

CODES: tuple[Code, ...] = (
    Code(
        "ZR470", "promised-incomplete", _E,
        "“{name}”不能保证补正", "`{name}` cannot promise an incomplete answer",
        "保证准入、拒绝或者暂缓", "promise admit, refuse or defer",
        "补正由缺的材料决定：材料齐了，就不再补正。",
        "Whether facts are missing is up to the request; with all of them nothing is incomplete.",
    ),
)  # fmt: skip
