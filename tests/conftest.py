"""How hard the tests try: `ci` in the normal run, `nightly` with `-m slow` or ZHUNRU_TESTS=nightly.

Also lets every test import the strategies, however pytest is started.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "ci", max_examples=40, deadline=None, derandomize=True, suppress_health_check=_SLOW
)
settings.register_profile("nightly", max_examples=1_000, deadline=None, suppress_health_check=_SLOW)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the profile before any test is imported; helpers of a parallel run inherit it."""
    if config.getoption("markexpr") == "slow":
        os.environ.setdefault("ZHUNRU_TESTS", "nightly")
    settings.load_profile(os.environ.get("ZHUNRU_TESTS", "ci"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep neighbouring tests in one process, so that what they share is made once.

    Who is done first takes over from the end of another's part; `--dist` on the line wins.
    """
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log)


@pytest.fixture(autouse=True, scope="module")
def _garbage_goes() -> Iterator[None]:
    """Show the collector what services of a module have frozen: they are thousands in one process.

    It comes to it in its own time; told to collect at once it takes a third of the whole run.
    """
    yield
    gc.unfreeze()
