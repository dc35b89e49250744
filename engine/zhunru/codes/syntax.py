"""1xx: what stands in a file and cannot be read."""

from __future__ import annotations

from zhunru.codes.entry import Code

CODES: tuple[Code, ...] = ()
