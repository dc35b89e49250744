"""Every area of checks. Each module has a CHECKS tuple of functions of the model."""

from __future__ import annotations

from zhunru.checker import parameters

AREAS = (parameters,)
