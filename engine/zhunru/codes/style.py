"""6xx: what can be read but should be written better."""

from __future__ import annotations

from zhunru.codes.entry import Code

CODES: tuple[Code, ...] = ()
