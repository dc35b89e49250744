"""7xx: requests that cannot be read against their form."""

from __future__ import annotations

from zhunru.codes.entry import Code

CODES: tuple[Code, ...] = ()
