"""Policies kept between starts: the same decisions, and never a stale or damaged one."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from random import Random

import pytest
from tests.engine.conftest import ASSIST, FULL, HEAD, compiled, steps
from tests.strategies.resolved import a_request, a_set

from zhunru import open_policy
from zhunru.checker.resolved import CheckedPolicySet
from zhunru.compiler import CompiledPolicy, cache, compile_policies
from zhunru.decision import QuotaUse, Request, decide

BODY = ASSIST + steps("协助事项")


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = cache.cache_folder()
    assert folder is not None
    return folder


def request(**change: object) -> Request:
    uses = {"协助事项/XZ-01.每年": QuotaUse(used=0)}
    return Request(facts={**FULL, **change}, received=date(2026, 1, 1), quotas=uses)


def written(tmp_path: Path, text: str = HEAD + BODY) -> Path:
    path = tmp_path / "set" / "a.policy"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(25))
def test_a_policy_read_back_is_the_same_and_decides_the_same(seed: int) -> None:
    rng = Random(seed)
    checked = a_set(rng)
    policy = compile_policies(checked)
    again = cache.load(cache.dump(policy))
    assert again.checked == checked
    for _ in range(5):
        asked = a_request(rng, checked, 0.1)
        assert decide(again, asked).to_dict() == decide(policy, asked).to_dict()


def test_places_survive(kept: Path) -> None:
    policy = compiled(BODY)
    again = cache.load(cache.dump(policy))
    one, other = decide(policy, request()), decide(again, request())
    assert one.reasons[0].span == other.reasons[0].span
    assert one.reasons[0].span.line > 1


def test_the_second_opening_reads_what_the_first_kept(kept: Path, tmp_path: Path) -> None:
    path = written(tmp_path)
    first = open_policy(path)
    assert cache.find(path) is not None
    second = open_policy(path)
    assert decide(second, request()).to_dict() == decide(first, request()).to_dict()
    assert second.checked == first.checked


def test_a_changed_file_is_read_anew(kept: Path, tmp_path: Path) -> None:
    path = written(tmp_path)
    open_policy(path)
    path.write_text((HEAD + BODY).replace("不超过 4 次", "不超过 0 次"), encoding="utf-8")
    assert cache.find(path) is None
    assert decide(open_policy(path), request()).code == "超频"


def test_what_is_saved_while_a_set_is_compiled_is_not_taken_for_what_was_read(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path)
    saved = (HEAD + BODY).replace("不超过 4 次", "不超过 0 次")

    def meanwhile(checked: CheckedPolicySet) -> CompiledPolicy:
        path.write_text(saved, encoding="utf-8")
        return compile_policies(checked)

    with monkeypatch.context() as patched:
        patched.setattr("zhunru.compiler.compile_policies", meanwhile)
        assert decide(open_policy(path), request()).code != "超频"
    assert cache.find(path) is None
    assert decide(open_policy(path), request()).code == "超频"
    assert cache.find(path) is not None


def test_a_table_or_a_file_that_comes_while_a_set_is_compiled_is_seen(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(
        tmp_path, HEAD + '清单 表 类型 准入 取自 "t.csv"\n  依据 条例 第四条\n' + steps("表")
    )
    rows = "编号,事项\n1,慰问\n"
    for name, text in (("t.csv", rows + "2,走访\n"), ("b.policy", '规则 甲\n  拒绝 "甲"\n')):
        (path.parent / "t.csv").write_text(rows, encoding="utf-8")

        def meanwhile(
            checked: CheckedPolicySet, name: str = name, text: str = text
        ) -> CompiledPolicy:
            (path.parent / name).write_text(text, encoding="utf-8")
            return compile_policies(checked)

        with monkeypatch.context() as patched:
            patched.setattr("zhunru.compiler.compile_policies", meanwhile)
            open_policy(path.parent)
        assert cache.find(path.parent) is None


def test_a_new_file_in_the_folder_is_noticed(kept: Path, tmp_path: Path) -> None:
    folder = written(tmp_path).parent
    open_policy(folder)
    assert cache.find(folder) is not None
    (folder / "b.policy").write_text('规则 甲\n  拒绝 "甲"\n', encoding="utf-8")
    assert cache.find(folder) is None


def test_a_second_upper_set_of_the_same_name_is_noticed(kept: Path, tmp_path: Path) -> None:
    written(tmp_path / "上位")
    head = '政策 QU-1 "本级办法"\n  印发 区民政局\n  施行 2021-01-01\n  上位 SHI-1\n'
    path = written(tmp_path / "本级", head)
    search = [tmp_path / "上位"]
    open_policy(path, search=search)
    assert cache.find(path, search) is not None
    other = tmp_path / "上位" / "set-2"
    other.mkdir()
    (other / "a.policy").write_text(HEAD + BODY, encoding="utf-8")
    assert cache.find(path, search) is None


def test_a_changed_table_file_is_noticed(kept: Path, tmp_path: Path) -> None:
    path = written(
        tmp_path, HEAD + '清单 表 类型 准入 取自 "t.csv"\n  依据 条例 第四条\n' + steps("表")
    )
    table = path.parent / "t.csv"
    table.write_text("编号,事项\nA-1,甲事\n", encoding="utf-8")
    asked = Request(facts={**FULL, "事项": "甲事"}, received=date(2026, 1, 1))
    assert decide(open_policy(path), asked).clause == "表/A-1"
    table.write_text("编号,事项\nA-1,乙事\n", encoding="utf-8")
    assert cache.find(path) is None
    assert decide(open_policy(path), asked).clause == ""


def test_a_changed_sheet_of_a_scorecard_is_noticed(kept: Path, tmp_path: Path) -> None:
    card = '评价 考核 对象 社区 每年 取自 "指标.csv"\n  评分人 民政部门\n'
    path = written(tmp_path, HEAD + BODY + card)
    sheet = path.with_name("指标.csv")
    sheet.write_text("指标,满分\n走访,40\n", encoding="utf-8")
    before = open_policy(path).digest
    assert cache.find(path) is not None
    sheet.write_text("指标,满分\n走访,60\n", encoding="utf-8")
    assert open_policy(path).digest != before


def test_a_damaged_file_is_as_if_there_were_none(kept: Path, tmp_path: Path) -> None:
    path = written(tmp_path)
    open_policy(path)
    (file,) = kept.glob("*.compiled")
    good = file.read_bytes()
    rng = Random(1)
    for _ in range(50):
        at = rng.randrange(len(good))
        file.write_bytes(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1 :])
        assert cache.find(path) is None
        file.write_bytes(good[:at])
        assert cache.find(path) is None
    file.write_bytes(good)
    assert cache.find(path) is not None


def test_what_was_used_last_is_forgotten_last(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_MOST_KEPT", 2)
    used, unused, new = (written(tmp_path / name) for name in ("甲", "乙", "丙"))
    for at, path in enumerate((used, unused)):
        open_policy(path)
        place = cache._place(path, ())
        assert place is not None
        os.utime(place, (at, at))
    assert cache.find(used) is not None
    open_policy(new)
    assert [cache.find(path) is not None for path in (used, unused, new)] == [True, False, True]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_a_folder_that_others_may_write_to_is_not_used(kept: Path, tmp_path: Path) -> None:
    path = written(tmp_path)
    kept.chmod(0o777)
    open_policy(path)
    assert cache.find(path) is None
    assert not list(kept.glob("*.compiled"))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs owners of files")
def test_a_folder_of_somebody_else_is_not_used(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    open_policy(written(tmp_path))
    assert not list(kept.glob("*.compiled"))


def test_files_are_private(kept: Path, tmp_path: Path) -> None:
    open_policy(written(tmp_path))
    (file,) = kept.glob("*.compiled")
    assert file.stat().st_mode & 0o077 == 0


def test_load_refuses_what_dump_did_not_write() -> None:
    for data in (b"", b"zhunru01", b"x" * 100):
        with pytest.raises(ValueError, match="compiled policy"):
            cache.load(data)
