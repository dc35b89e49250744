"""4xx: lists, rules, tables and decisions."""

from __future__ import annotations

from zhunru.codes.entry import Code

CODES: tuple[Code, ...] = ()
