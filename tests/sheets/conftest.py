"""A way to run the command line."""

from __future__ import annotations

from typing import Any

import pytest

from zhunru_cli.main import main


@pytest.fixture
def zhunru(capsys: Any, monkeypatch: Any) -> Any:
    """Run the command line; return exit code, output and errors."""
    monkeypatch.delenv("ZHUNRU_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return code, out, err

    return run
