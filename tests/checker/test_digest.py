"""The digest: of what a set means, not of what its files look like."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.checker.sets import BASE, checked, decide, load

from zhunru.checker.check import check
from zhunru.diagnostics import Source
from zhunru.syntax.loader import load as load_folder
from zhunru.syntax.nodes import PolicySet

TEXT = BASE + decide("协助事项")
POLICIES = Path(__file__).parents[2] / "policies"


def test_places_comments_and_file_names_do_not_count() -> None:
    moved = TEXT.replace("表单 来件", "# 来件\n\n表单 来件").replace("  | XZ-01 |", "  |  XZ-01  |")
    assert checked(moved).digest == checked(TEXT).digest
    policy_set = load(TEXT)
    files = tuple(replace(f, source=Source("other", f.source.text)) for f in policy_set.files)
    renamed, _ = check(PolicySet("elsewhere", files))
    assert renamed is not None
    assert renamed.digest == checked(TEXT).digest


def test_one_number_changes_it() -> None:
    assert checked(TEXT.replace("不超过 4 次", "不超过 5 次")).digest != checked(TEXT).digest
    assert (
        checked(TEXT.replace("2024-06-01 起 12", "2024-06-02 起 12")).digest != checked(TEXT).digest
    )


def test_a_change_of_the_upper_set_changes_it() -> None:
    lower = '政策 下级 "下级办法"\n'
    stricter = load(TEXT.replace("不超过 4 次", "不超过 3 次"))
    assert checked(lower, load(TEXT)).digest != checked(lower, stricter).digest


def test_the_order_of_loading_does_not_count() -> None:
    one, two = load('政策 甲 "甲"\n参数 甲数 3 次\n'), load('政策 乙 "乙"\n参数 乙数 4 次\n')
    shared = load('政策 丙 "丙"\n', two)
    lower = '政策 下级 "下级办法"\n'
    assert checked(lower, shared).digest != checked(lower, one, shared).digest
    again = load('政策 丙 "丙"\n', load('政策 乙 "乙"\n参数 乙数 4 次\n'))
    assert checked(lower, shared).digest == checked(lower, again).digest


def test_it_is_the_same_in_another_process() -> None:
    policy_set, _ = load_folder(POLICIES / "jiangyuan")
    assert policy_set is not None
    result, _ = check(policy_set)
    assert result is not None
    program = (
        "from pathlib import Path; from zhunru.checker.check import check; "
        "from zhunru.syntax.loader import load; "
        f"print(check(load(Path({str(POLICIES / 'jiangyuan')!r}))[0])[0].digest)"
    )
    other = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
    )  # fmt: skip
    assert other.stdout.strip() == result.digest
