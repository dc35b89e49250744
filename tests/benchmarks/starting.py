"""How long a whole process takes: the command line against a bare program with one option."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.benchmarks.timing import Measured, interleaved

BARE = "import click\n@click.command()\n@click.version_option('1')\ndef main(): ...\nmain()"
ZHUNRU = "from zhunru_cli.main import main; main()"


def measure(rounds: int) -> dict[str, Measured]:
    """Start both again and again, in turn."""
    programs = {"裸 python + click --version": BARE, "zhunru --version": ZHUNRU}
    return interleaved(
        {name: lambda _, code=code: started(code) for name, code in programs.items()},  # type: ignore[misc]
        [None] * 5,
        rounds,
        children,
    )


def children() -> float:
    """Return the processor time of all processes that were started and have ended."""
    found = os.times()
    return found.children_user + found.children_system


def started(code: str) -> None:
    subprocess.run([sys.executable, "-c", code, "--version"], check=True, stdout=subprocess.DEVNULL)
