"""How a run ends: exit codes, wrong usage, interruptions, our own mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

import zhunru as library
from zhunru.diagnostics import NOWHERE, Diagnostic, Severity
from zhunru_cli.clock import CHINA
from zhunru_cli.main import cli, main

GOOD = '政策 T-1 "甲"\n\n清单 甲 "甲" 类型 目录\n  | 编号 | 事项 |\n  | 1    | 乙   |\n'


def test_no_command_shows_the_help_and_is_a_usage_error(zhunru):
    code, out, _ = zhunru()
    assert code == 2
    assert out.startswith("用法：zhunru [选项] 命令")
    for name in cli.commands:
        assert f"  {name} " in out


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help_in_both_languages(zhunru, name):
    for language, usage, options in (("zh", "用法：", "选项："), ("en", "Usage: ", "Options:")):
        code, out, _ = zhunru("--lang", language, name, "--help")
        assert code == 0
        assert out.startswith(f"{usage}zhunru {name}")
        assert options in out
    assert out.isascii()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek", "x"], "没有命令“chek”。是不是 check"),
        (["check", "--form"], "没有选项“--form”。是不是 --format？"),
        (["check"], "缺少文件或者规则集（用法里的 PATH...）。"),
        (["decide"], "缺少规则集（用法里的 SET）。"),
        (["inbox"], "缺少角色或者单位（用法里的 ROLE|UNIT）。"),
        (["check", "x", "--format", "xml"], "--format 不能是“xml”，可写：text、json、sarif。"),
        (["decide", "x", "a=1", "--on", "昨天"], "“昨天”不是日期"),
        (["explain", "ZR109", "x"], "多写了"),
        (["new", "list", "a b"], "不能作清单名称"),
        (["--nope"], "没有选项“--nope”"),
        (["serve", "x", "--port", "99999"], "--port 要写整数，1 至 65535。"),
        (["simulate", "x", "--cases", "多"], "--cases 要写整数。"),
        (["serve", "x", "--rate", "-1"], "--rate 要写数，不小于 0。"),
        (["impact", "a", "--against", "b", "--history", "/无"], "没有“/无”这个文件。"),
        (["decide", "x", "--file", "/"], "“/”不是能读写的文件。"),
    ],
)
def test_wrong_usage_is_said_in_chinese_and_exits_2(zhunru, words, said):
    code, out, err = zhunru(*words)
    assert code == 2
    assert said in err
    assert "--help 看说明" in err
    assert out == ""


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["check", ""], "PATH..."),
        (["fmt", "--check", "x", ""], "PATH..."),
        (["decide", "", "类别=系统应用"], "SET"),
        (["decide", "weihai", "--file", ""], "--file"),
        (["new", "set", ""], "DIR"),
    ],
)
def test_an_empty_word_is_never_the_current_folder(zhunru, monkeypatch, tmp_path, words, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "甲.policy").write_text(GOOD, encoding="utf-8")
    code, out, err = zhunru(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"{name} 是空的，要写上内容。\n")
    assert zhunru("--lang", "en", *words)[2].startswith(f"{name} is empty\n")


def test_an_option_of_words_may_be_empty(zhunru):
    told = zhunru("decide", "weihai", "类别=系统应用")
    assert zhunru("decide", "weihai", "类别=系统应用", "--as", "") == told
    assert told[0] == 0


@pytest.mark.parametrize(("role", "near"), [("街到", "街道"), ("民政部们", "民政部门")])
def test_a_role_that_is_nobody_vouches_for_nothing(zhunru, role, near):
    code, _, err = zhunru("decide", "weihai", "类别=系统应用", "--as", role)
    assert (code, "ZR776" in err, f"是不是“{near}”？" in err) == (1, True, True), err
    for known in (near, "区民政局", "来文单位", "系统外:热线平台"):
        assert zhunru("decide", "weihai", "类别=系统应用", "--as", known)[0] == 0


def test_an_option_without_its_value_is_said(zhunru):
    code, _, err = zhunru("decide", "x", "--file")
    assert (code, err) == (2, "--file 后面要写上内容。\n")


def test_wrong_usage_in_english(zhunru):
    code, _, err = zhunru("--lang", "en", "check", "--form")
    assert code == 2
    assert err.startswith("there is no option `--form`. did you mean --format?")


def test_what_is_missing_is_said_in_english(zhunru):
    _, _, err = zhunru("--lang", "en", "check")
    assert err.startswith("missing a file or set (PATH...)")


def test_a_set_that_is_not_there_is_told_with_the_one_of_a_near_name(zhunru, tmp_path, monkeypatch):
    (tmp_path / "网格事项").mkdir()
    (tmp_path / "网格事项" / "甲.policy").write_text("")
    monkeypatch.chdir(tmp_path)
    for written, meant in (
        ("weihia", "weihai"),
        ("网格事向", "网格事项"),
        ("网格事向/甲.policy", "网格事项/甲.policy"),
        (str(tmp_path / "网格事项" / "甲.polcy"), str(tmp_path / "网格事项" / "甲.policy")),
    ):
        assert f"没有这个文件或者规则集，是不是“{meant}”？" in zhunru("check", written)[1]
        assert f"did you mean `{meant}`?" in zhunru("--lang", "en", "check", written)[1]
        assert f"是不是“{meant}”？" in zhunru("decide", written, "a=1")[2]
    assert "是不是" not in zhunru("check", "完全两样的名字")[1]


def test_an_unknown_code_is_a_usage_error_with_a_guess(zhunru):
    code, _, err = zhunru("explain", "ZR8O1")
    assert code == 2
    assert "ZR801" in err


def test_a_code_is_explained_in_both_languages_by_any_spelling(zhunru):
    for spelling in ("ZR801", "zr801", "801"):
        code, out, _ = zhunru("explain", spelling)
        assert code == 0
        assert out.startswith("ZR801 file-unreadable (错误)")
        assert "为什么要紧" in out and "怎么改" in out
    _, out, _ = zhunru("explain", "801", "--lang", "en")
    assert "Why it matters" in out
    assert "{" not in out


def test_our_own_mistake_is_one_line_with_a_stable_reference(zhunru, monkeypatch):
    def fail(*_, **__):
        raise KeyError("secret detail")

    monkeypatch.setattr(library, "check_policies", fail)
    first = zhunru("check", "x")
    assert first == zhunru("check", "x")
    code, out, err = first
    assert code == 70
    assert out == ""
    assert err.startswith("错误 ZR901 程序内部出错（参考号 ")
    assert err.count("\n") == 1
    assert "secret" not in err
    assert "secret detail" in zhunru("--debug", "check", "x")[2]


def test_an_interruption_is_quiet(zhunru, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(library, "check_policies", stop)
    assert zhunru("check", "x") == (130, "", "")


def test_findings_exit_1_and_a_clean_set_0(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text(GOOD, encoding="utf-8")
    assert zhunru("check", path)[0] == 0
    path.write_text(GOOD + "规责 丙\n", encoding="utf-8")
    code, out, _ = zhunru("check", path)
    assert code == 1
    assert f"{path}:6:1: 错误 ZR" in out


def test_warnings_fail_only_where_asked(zhunru, monkeypatch):
    found = Diagnostic("ZR601", Severity.WARNING, NOWHERE, "可以写得更清楚", "could be clearer")
    monkeypatch.setattr(library, "check_policies", lambda path: (None, [found]))
    assert zhunru("check", "x")[0] == 0
    assert zhunru("check", "x", "--strict")[0] == 1


BAD = """\
政策 T-1 ”示例“
依据 甲法 "甲法"
  文号 吉发[2017]36号
表单 来件
\t事项 事项 必填
判定 准入 对象 来件
  默认 拒绝 "未列入"
"""


def test_fixing_mends_the_file_in_its_encoding_and_checks_again(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_bytes(BAD.replace("\n", "\r\n").encode("gb18030"))
    assert "3 处可用 --fix 自动改" in zhunru("check", path)[1]
    code, out, err = zhunru("check", path, "--fix")
    assert (code, out) == (0, "没有发现问题（1 个规则集）。\n")
    assert err == f"已改 {path}：3 处\n"
    mended = BAD.replace("”示例“", "“示例”").replace("[2017]", "〔2017〕").replace("\t", "  ")
    assert path.read_bytes() == mended.replace("\n", "\r\n").encode("gb18030")


def test_formatting_twice_changes_nothing_and_check_only_looks(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text('政策   T-1   "甲"\n', encoding="utf-8")
    assert zhunru("fmt", "--check", path) == (1, f"需要排版 {path}\n", "")
    assert path.read_text(encoding="utf-8") == '政策   T-1   "甲"\n'
    assert zhunru("fmt", path) == (0, f"已排版 {path}\n", "")
    assert zhunru("fmt", path) == (0, "1 个文件已是统一格式。\n", "")
    assert path.read_text(encoding="utf-8") == '政策 T-1 "甲"\n'


def test_translating_keywords_leaves_names_alone(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text(GOOD, encoding="utf-8")
    code, out, _ = zhunru("fmt", "--lang", "en", "--stdout", path)
    assert code == 0
    assert out.startswith('policy T-1 "甲"\n')
    assert "list 甲" in out
    assert path.read_text(encoding="utf-8") == GOOD


def test_another_notation_goes_to_a_new_file_and_overwrites_nothing(zhunru, tmp_path):
    path, other = tmp_path / "甲.policy", tmp_path / "甲.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert zhunru("fmt", "--to", "yaml", path)[0] == 0
    assert other.read_text(encoding="utf-8").startswith("政策:")
    code, _, err = zhunru("fmt", "--to", "yaml", path)
    assert code == 2
    assert "没有覆盖" in err
    back = zhunru("fmt", "--to", "policy", "--stdout", other)[1]
    assert back.startswith('政策 T-1 "甲"\n\n清单 甲 "甲" 类型 目录\n')
    assert "乙" in back


def test_a_file_with_errors_is_not_formatted(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text(GOOD + "规责 丙\n", encoding="utf-8")
    code, out, err = zhunru("fmt", path)
    assert (code, out) == (1, "")
    assert "ZR" in err
    assert path.read_text(encoding="utf-8") == GOOD + "规责 丙\n"


def test_a_set_with_errors_decides_nothing_and_shows_them(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text(GOOD + "规责 丙\n", encoding="utf-8")
    code, out, err = zhunru("decide", path, "类别=系统应用")
    assert (code, out) == (1, "")
    assert f"{path}:6:1: 错误 ZR" in err


def test_results_never_overwrite_the_requests(zhunru, tmp_path):
    path = tmp_path / "来件.csv"
    path.write_text("类别\n系统应用\n", encoding="utf-8")
    assert zhunru("decide", "weihai", "--file", path, "--output", path)[0] == 2
    assert path.read_text(encoding="utf-8") == "类别\n系统应用\n"


def test_results_in_a_file_open_in_a_spreadsheet(zhunru, tmp_path):
    path, target = tmp_path / "来件.csv", tmp_path / "结果.csv"
    path.write_bytes("类别,备注\r\n系统应用,急\r\n".encode("gb18030"))
    code, out, err = zhunru("decide", "weihai", "--file", path, "--output", target)
    assert (code, out) == (0, "")
    assert "共 1 件" in err
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert "系统应用,急,不予准入," in data.decode()


def _spawn(*words: str, **settings):
    command = [sys.executable, "-m", "zhunru_cli", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)


def test_a_reader_that_goes_away_is_no_error():
    process = _spawn("explain", "ZR801")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 141


def test_a_console_without_chinese_still_gets_its_answer():
    settings = {**os.environ, "PYTHONIOENCODING": "ascii", "ZHUNRU_LANG": "zh"}
    process = _spawn("explain", "ZR801", env=settings)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert b"ZR801 file-unreadable" in out


def test_plain_output_has_no_colours(zhunru, tmp_path):
    path = tmp_path / "甲.policy"
    path.write_text("规责 丙\n", encoding="utf-8")
    assert "\x1b" not in zhunru("check", path)[1]


def test_main_takes_the_words_of_the_process_by_default(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["zhunru", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("zhunru ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["graph", "national", "--flow", "证明开具", "-o"], "图.docx"),
        (["export", "list", "national", "法定协助", "--xlsx"], "公布.xls"),
    ],
)
def test_a_file_is_not_written_under_a_name_that_others_cannot_open(
    zhunru, tmp_path, words: list[str], said: str
) -> None:
    code, _, err = zhunru(*words, str(tmp_path / said))
    assert code == 2 and "结尾" in err
    assert not (tmp_path / said).exists()
    code, _, err = zhunru(
        *words, str(tmp_path / said.replace("docx", "svg").replace("xls", "xlsx"))
    )
    assert code == 0, err


def test_a_workbook_for_a_set_is_told_how_to_be_imported(zhunru, tmp_path) -> None:
    (tmp_path / "清单.xlsx").write_bytes(b"PK\x03\x04" + bytes(200))
    code, out, err = zhunru("check", str(tmp_path / "清单.xlsx"))
    assert code == 1 and "ZR803" in out + err and "zhunru import" in out + err


def _run(words: list[str], **settings: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "zhunru_cli.main", *words],
        stderr=subprocess.PIPE,
        env={**os.environ, "ZHUNRU_LANG": "zh", "PYTHONUTF8": "1"},
        timeout=120,
        **settings,
    )
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_a_result_that_finds_no_room_is_not_called_done():
    with Path("/dev/full").open("wb") as full:
        code, told = _run(["explain", "ZR801"], stdout=full)
    assert code == 2
    assert "没有写完" in told
    assert "Exception" not in told


@pytest.mark.skipif(os.name == "nt", reason="closing a stream for a child needs a POSIX system")
def test_a_closed_output_stops_nothing(tmp_path):
    place = tmp_path / "空"
    place.mkdir()
    code, told = _run(["check", str(place)], preexec_fn=lambda: os.close(1))
    assert (code, told) == (1, "")


@pytest.mark.skipif(os.name == "nt", reason="a folder in use cannot be removed there")
def test_a_folder_that_is_gone_is_said(tmp_path):
    gone = tmp_path / "去"
    gone.mkdir()
    code, told = _run(["check", "."], cwd=gone, preexec_fn=gone.rmdir, stdout=subprocess.DEVNULL)
    assert code == 2
    assert "已经不在" in told


def test_formatting_a_folder_without_policies_says_so(zhunru, tmp_path):
    code, _, told = zhunru("fmt", "--check", tmp_path)
    assert code == 1
    assert "ZR805" in told


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_said_to_be_one_and_not_waited_for(zhunru, tmp_path):
    for name in ("甲.policy", "来文.csv", "来文.json"):
        os.mkfifo(tmp_path / name)
        words = ("check",) if name.endswith(".policy") else ("decide", "weihai", "--file")
        code, out, told = zhunru(*words, tmp_path / name)
        assert code == 1
        assert "管道" in out + told


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system's zone cannot be set there")
@pytest.mark.parametrize("zone", ["Etc/GMT-14", "Etc/GMT+11"])
def test_today_is_the_day_in_china_wherever_the_machine_thinks_it_is(
    zhunru, monkeypatch, tmp_path, zone
):
    """At every moment one of the two zones has another day than China has."""
    place = tmp_path / "集.policy"
    place.write_text(GOOD, encoding="utf-8")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        before, done, after = (
            datetime.now(CHINA).date(),
            zhunru("review", place, "--format", "json"),
            datetime.now(CHINA).date(),
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert json.loads(done[1])["day"] in (str(before), str(after))
