"""The skeletons are good policy: they check, their tests pass, and they overwrite nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from zhunru_cli.new import SHAPES

ROOT = Path(__file__).resolve().parents[2]


def test_the_templates_ship_with_the_package():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["zhunru_cli"]
    cli = ROOT / "cli" / "zhunru_cli"
    shipped = {path for pattern in patterns for path in cli.glob(pattern)}
    assert set((cli / "templates").iterdir()) <= shipped


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_set_checks_without_a_finding_passes_and_is_formatted(zhunru, here):
    code, out, _ = zhunru("new", "set", "我的规则集")
    assert code == 0
    assert "zhunru check 我的规则集" in out
    assert zhunru("check", "我的规则集") == (0, "没有发现问题（1 个规则集）。\n", "")
    code, out, _ = zhunru("test", "我的规则集")
    assert (code, out) == (0, "我的规则集：8 项测试全部通过\n")
    assert zhunru("fmt", "--check", "我的规则集")[0] == 0


def test_the_commands_of_its_readme_work(zhunru, here):
    zhunru("new", "set", "规则集")
    readme = (here / "规则集" / "说明.md").read_text(encoding="utf-8")
    commands = re.findall(r"^zhunru (.*)$", readme, re.M)
    assert len(commands) == 5
    for command in commands:
        if "来件.csv" not in command:
            assert zhunru(*command.split())[0] == 0, command


@pytest.mark.parametrize("name", ["jiangyuan", "区 准入", '甲"乙', "@code@"])
def test_any_folder_name_gives_a_set_that_checks(zhunru, here, name):
    zhunru("new", "set", name)
    assert zhunru("check", name)[0] == 0


def test_a_folder_with_something_in_it_is_left_alone(zhunru, here):
    (here / "旧").mkdir()
    (here / "旧" / "账.txt").write_text("账", encoding="utf-8")
    code, out, err = zhunru("new", "set", "旧")
    assert (code, out) == (2, "")
    assert "没有覆盖" in err
    assert [path.name for path in (here / "旧").iterdir()] == ["账.txt"]


@pytest.mark.parametrize("kind", SHAPES)
def test_a_new_list_of_any_kind_is_read_without_a_syntax_error(zhunru, here, kind):
    code, out, _ = zhunru("new", "list", "新清单", "--kind", kind)
    assert code == 0
    (here / "甲.policy").write_text(out, encoding="utf-8")
    assert zhunru("fmt", "--stdout", "甲.policy")[:2] == (0, out)


def test_a_list_is_appended_in_the_encoding_of_the_file(zhunru, here):
    path = here / "甲.policy"
    path.write_bytes('政策 T-1 "甲"'.encode("gb18030"))
    assert zhunru("new", "list", "新清单", "--kind", "目录", "--append", path)[0] == 0
    text = path.read_bytes().decode("gb18030")
    assert text.startswith('政策 T-1 "甲"\n\n清单 新清单 "新清单" 类型 目录\n')


def test_a_list_is_not_appended_to_a_file_with_errors(zhunru, here):
    path = here / "甲.policy"
    path.write_text("规责 甲\n", encoding="utf-8")
    code, _, err = zhunru("new", "list", "新清单", "--append", path)
    assert code == 1
    assert "ZR" in err
    assert path.read_text(encoding="utf-8") == "规责 甲\n"


def test_a_new_check_takes_a_free_code_and_writes_both_fixtures(zhunru, here):
    code, out, _ = zhunru("new", "check", "entry-without-owner", "--area", "lists")
    assert code == 0
    (number,) = set(re.findall(r"ZR4\d\d", out))
    folder = here / "tests" / "fixtures" / "check" / number
    assert f"# error: {number}" in (folder / "bad.policy").read_text(encoding="utf-8")
    assert "# error" not in (folder / "good.policy").read_text(encoding="utf-8")
    assert f'id="{number}"' in out
    assert 'slug="entry-without-owner"' in out
    again = zhunru("new", "check", "another", "--area", "lists")[1]
    assert number not in again


def test_the_slug_of_a_check_is_lower_case_english(zhunru, here):
    assert zhunru("new", "check", "缺依据")[0] == 2
