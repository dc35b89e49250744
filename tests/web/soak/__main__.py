"""`python -m tests.web.soak`: run for some minutes, print the report, exit 1 if anything is wrong."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.web.soak.ground import be_nice
from tests.web.soak.run import Plan, Run


def main() -> int:
    """Read the words, run, report."""
    words = argparse.ArgumentParser(prog="python -m tests.web.soak", description=__doc__)
    words.add_argument("--minutes", type=float, default=30)
    words.add_argument("--store", default="", help="an address; without one a file of its own")
    words.add_argument("--folder", type=Path, help="kept afterwards; without one a passing one")
    words.add_argument("--publishing", type=float, help="seconds between versions")
    words.add_argument("--disturbed", type=float, help="seconds between signals")
    words.add_argument("--pause", type=float, default=0.05, help="seconds between calls")
    words.add_argument("--nice", type=int, default=15, help="0: as any other program")
    given = words.parse_args()
    be_nice(given.nice)
    with TemporaryDirectory() as passing:
        folder = (given.folder or Path(passing)).resolve()
        # A short run has to see two signals and two versions as well, or it would go on for them.
        seconds = given.minutes * 60
        plan = Plan(
            seconds=seconds,
            store=given.store or str(folder / "cases.db"),
            publishing=given.publishing or min(20.0, seconds / 6),
            disturbed=given.disturbed or min(75.0, seconds / 4),
            pause=given.pause,
        )
        run = Run(plan, folder)
        run.go()
        report = run.report()
    print(report.text())
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
