"""3xx: values, units, types and dates."""

from __future__ import annotations

from zhunru.codes.entry import Code

CODES: tuple[Code, ...] = ()
