"""Every area of checks. Each module has a CHECKS tuple of functions of the model."""

from __future__ import annotations

from zhunru.checker import (
    across,
    citations,
    declared,
    entries,
    examples,
    expectations,
    flow_joins,
    flow_proofs,
    flow_rows,
    flow_shape,
    lives,
    lower,
    near_misses,
    parameters,
    procedures,
    rules,
    steps,
    style,
    table_regions,
    tables,
    units,
)

AREAS = (
    declared, units, near_misses, parameters, citations, lives, tables, table_regions, entries,
    across, rules, procedures, steps, lower, flow_shape, flow_rows, flow_joins, flow_proofs,
    expectations, examples, style,
)  # fmt: skip
