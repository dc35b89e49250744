"""Everything that is measured of cases, in one run: `python -m tests.benchmarks.casework`.

With `--write docs/benchmarks.md` both sections of the page are written anew. About 25 minutes on
2 cores; `--quick` takes a few, with 50,000 parked cases, to see whether it would run through.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import durable, parked


def main(arguments: list[str] | None = None) -> int:
    """Measure the writing first: what parks a million cases leaves the disk busy."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args(arguments)
    page = ["--write", chosen.write] if chosen.write else []
    short = ["--rounds", "2", "--seconds", "0.5"] if chosen.quick else []
    small = ["--cases", "50000", "--storm", "10000"] if chosen.quick else []
    return durable.main([*short, *page]) or parked.main([*small, *page])


if __name__ == "__main__":
    sys.exit(main())
