"""Examples of a property in proportion to the profile that is loaded (tests/conftest.py)."""

from __future__ import annotations

from hypothesis import settings

_USUAL = 50


def examples(number: int) -> settings:
    """Return settings for `number` examples in the normal run, many more in the nightly one."""
    return settings(max_examples=max(1, number * settings().max_examples // _USUAL))
