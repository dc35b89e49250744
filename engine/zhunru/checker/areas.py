"""Every area of checks. Each module has a CHECKS tuple of functions of the model."""

from __future__ import annotations

from zhunru.checker import (
    across,
    citations,
    declared,
    entries,
    examples,
    expectations,
    lives,
    lower,
    parameters,
    rules,
    steps,
    style,
    tables,
    units,
)

AREAS = (
    declared, units, parameters, citations, lives, tables, entries, across, rules, steps, lower,
    expectations, examples, style,
)  # fmt: skip
