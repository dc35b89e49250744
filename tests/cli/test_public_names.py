"""The names that users may rely on, and the command line that relies on nothing else."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

import zhunru
from zhunru_cli import VERSION

CLI = Path(__file__).resolve().parents[2] / "cli" / "zhunru_cli"

NAMES = {
    "CaseService",
    "Decision",
    "Diagnostic",
    "Outcome",
    "PolicyRejected",
    "Request",
    "ZhunruError",
    "apply_fixes",
    "check_policies",
    "decide",
    "draw_workflow",
    "explain_code",
    "format_policy",
    "open_cases",
    "open_policy",
    "policy_schema",
    "read_requests",
    "read_source",
    "run_tests",
    "simulate",
}

# What `import zhunru_cli.main` may load beside click and the standard library.
LIGHT = {
    "zhunru_cli",
    "zhunru_cli.case_messages",
    "zhunru_cli.commands",
    "zhunru_cli.coverage_messages",
    "zhunru_cli.diff_messages",
    "zhunru_cli.failures",
    "zhunru_cli.impact_messages",
    "zhunru_cli.main",
    "zhunru_cli.messages",
    "zhunru_cli.review_messages",
    "zhunru_cli.service_messages",
    "zhunru_cli.sheet_messages",
    "zhunru_cli.streams",
    "zhunru_cli.surface",
}


def test_the_public_names_are_these_and_no_others():
    assert set(zhunru.__all__) == NAMES
    assert len(NAMES) <= 20
    for name in NAMES:
        assert getattr(zhunru, name).__doc__, f"{name} says what it is for"


def _imports(tree: ast.Module) -> list[str]:
    """Return the modules imported at run time (those only for types are left out)."""
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return found


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.stem)
def test_the_command_line_imports_only_the_top_level_of_the_library(path):
    modules = _imports(ast.parse(path.read_text(encoding="utf-8")))
    # Questions about all requests and about many, where sets are, the reference of a mistake, and
    # how files are put in place for good.
    allowed = {
        "zhunru.analysis",
        "zhunru.batch",
        "zhunru.errors",
        "zhunru.measures",
        "zhunru.opening",
        "zhunru.reports",
        "zhunru.sheets",
        "zhunru.system",
        "zhunru.web",
    }
    assert [name for name in modules if name.startswith("zhunru.") and name not in allowed] == []


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.stem)
def test_the_command_line_uses_only_public_names(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "zhunru"
        for alias in node.names
    }
    assert used <= NAMES


def test_every_question_can_be_asked_by_its_name():
    from zhunru import analysis, batch, measures, reports, sheets, web

    for package in (analysis, batch, measures, reports, sheets, web):
        for name in package.__all__:
            assert getattr(package, name).__doc__, f"{name} says what it is for"


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys, click; before = set(sys.modules); {statement}; "
    code += "print('loaded', *(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.splitlines()[-1].split()[1:])


def test_importing_the_command_line_loads_nothing_heavy():
    loaded = _loaded_by("import zhunru_cli.main")
    ours = {name for name in loaded if name.split(".")[0] in {"zhunru", "zhunru_cli"}}
    assert ours <= LIGHT
    others = {name.split(".")[0] for name in loaded} - {"zhunru_cli"}
    assert others - set(sys.stdlib_module_names) == set()


def test_the_version_is_told_without_loading_the_library():
    loaded = _loaded_by("import zhunru_cli.main as m; assert m.main(['--version']) == 0")
    assert not {"zhunru", "lark", "networkx", "pydantic", "rich", "yaml"} & loaded


def test_the_version_told_is_that_of_the_package():
    assert metadata.version("zhunru") == VERSION


def test_the_library_starts_without_its_heavy_parts():
    loaded = _loaded_by("import zhunru")
    assert not {"lark", "networkx", "pydantic", "rich"} & loaded
