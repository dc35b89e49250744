"""Sets kept as text: opened again as the same version, by this checker and by a later one."""

from __future__ import annotations

import logging
import tracemalloc
import zlib
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from tests.cases.asking import at, by, key
from tests.cases.sets import TEXT, compiled

from zhunru import open_policy, packing
from zhunru.checker import check
from zhunru.checker.model import Model
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import NOWHERE
from zhunru.errors import CaseRefused, PolicyRejected
from zhunru.runtime.service import CaseService
from zhunru.store.opening import open_store
from zhunru.web import Settings
from zhunru.web.service import Service

EARLIER = "earlier checker"
OTHER_DIGEST = "0f" * 32


@pytest.fixture(autouse=True)
def _nothing_kept_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "find_named", lambda name: None)
    monkeypatch.setattr(packing, "keep_named", lambda *_: None)


def packed(text: str = TEXT, reader: str | None = None, seal: str = "") -> bytes:
    """A pack as this or an earlier program would have written it."""
    sets = [{"政策.policy": text}]
    seal = seal or sha256(orjson.dumps(sets)).hexdigest()
    kept = {"reader": reader or packing.reader(), "sha256": seal, "sets": sets}
    return zlib.compress(orjson.dumps(kept))


def code_of(body: bytes, digest: str) -> str:
    with pytest.raises(CaseRefused) as refused:
        packing.unpack(body, digest)
    return refused.value.code


def a_later_finding(model: Model) -> None:
    """A check that came with a later program, and finds something in every set."""
    model.report.add("ZR421", NOWHERE, name="条例", kind_zh="依据", kind_en="basis")


def with_later_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "CHECKS", (*check.CHECKS, a_later_finding))


# --- one version -------------------------------------------------------------------------------


def test_what_was_packed_is_opened_as_the_same_version_with_its_text():
    policy = compiled(TEXT)
    body = packing.pack(policy)
    again = packing.unpack(body, policy.digest)
    assert (again.digest, list(again.flows)) == (policy.digest, list(policy.flows))
    assert packing.pack(again) == body
    assert [file.source.text for file in packing.source_of(again).files] == [TEXT]


def test_a_pack_without_a_reader_is_opened_as_before():
    body = zlib.compress(orjson.dumps([{"政策.policy": TEXT}]))
    assert packing.unpack(body, compiled(TEXT).digest).digest == compiled(TEXT).digest


WITH_TABLES = """政策 XX-1 "甲"
  印发 某局
  施行 2020-01-01
单位 某局 层级 部门
单位 取自 "名册.xlsx"
评价 考核 对象 社区 每年 取自 "指标.csv"
  评分人 某局
"""


def with_tables(folder: Path) -> Path:
    """A set that takes rows from a workbook with odd headings and from a scorecard's sheet."""
    book = openpyxl.Workbook()
    book.worksheets[0].append(["机构", "层级"])
    book.worksheets[0].append(["甲社区", "社区"])
    book.save(folder / "名册.xlsx")
    (folder / "名册.栏目.yaml").write_text("栏目:\n  机构: 名称\n", encoding="utf-8")
    (folder / "指标.csv").write_text("指标,满分\n走访,40\n调解,60\n", encoding="utf-8")
    (folder / "政策.policy").write_text(WITH_TABLES, encoding="utf-8")
    return folder


def test_workbooks_files_of_columns_and_scorecards_are_packed_with_the_text(tmp_path: Path):
    policy = open_policy(with_tables(tmp_path))
    body = packing.pack(policy)
    for file in tmp_path.iterdir():
        file.unlink()
    again = packing.unpack(body, policy.digest)
    assert "甲社区" in again.core.units
    (parts,) = again.core.scorecards["考核"].parts
    assert [part.name for part in parts] == ["走访", "调解"]


def test_a_table_that_is_gone_is_told_when_the_set_is_packed(tmp_path: Path):
    policy = open_policy(with_tables(tmp_path))
    (tmp_path / "名册.xlsx").unlink()
    with pytest.raises(PolicyRejected) as refused:
        packing._pack(policy)
    assert [each.code for each in refused.value.diagnostics] == ["ZR801"]


def test_what_could_not_be_unfolded_again_is_not_packed(monkeypatch: pytest.MonkeyPatch):
    body = packed()
    monkeypatch.setattr(packing, "MOST_UNFOLDED", 500)
    with pytest.raises(PolicyRejected) as refused:
        packing._pack(compiled(TEXT))
    assert [each.code for each in refused.value.diagnostics] == ["ZR806"]
    assert code_of(body, compiled(TEXT).digest) == "ZR762"


def test_a_pack_that_stands_for_far_more_than_it_holds_is_not_unfolded(
    monkeypatch: pytest.MonkeyPatch,
):
    bomb = zlib.compress(b" " * 50_000_000)
    monkeypatch.setattr(packing, "MOST_UNFOLDED", 1_000_000)
    tracemalloc.start()
    try:
        assert code_of(bomb, OTHER_DIGEST) == "ZR762"
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_text_that_is_not_the_version_is_refused():
    changed = TEXT.replace("参数 年限额 3 次", "参数 年限额 4 次")
    assert changed != TEXT
    assert code_of(packed(changed), compiled(TEXT).digest) == "ZR762"


@pytest.mark.parametrize(
    "body",
    [b"", b"x", zlib.compress(b"{}"), packed(seal="0" * 64), zlib.compress(b'[{"../x": "y"}]'),
     zlib.compress(b"[1]"), zlib.compress(b'[{"a.policy": 1}]'), zlib.compress(b"[]")],
)  # fmt: skip
def test_a_damaged_pack_is_refused(body: bytes):
    assert code_of(body, compiled(TEXT).digest) == "ZR762"


# --- a later program ---------------------------------------------------------------------------


def test_a_version_of_an_earlier_checker_keeps_its_digest_and_the_log_is_told(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.WARNING):
        policy = packing.unpack(packed(reader=EARLIER), OTHER_DIGEST)
    assert policy.digest == OTHER_DIGEST
    assert [OTHER_DIGEST in line and "ZR764" in line for line in caplog.messages] == [True]


def test_findings_that_are_new_do_not_close_a_version(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    digest = compiled(TEXT).digest
    with_later_checks(monkeypatch)
    for kept in (digest, OTHER_DIGEST):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert packing.unpack(packed(reader=EARLIER), kept).digest == kept
        assert "ZR421" in caplog.text


def test_a_set_that_is_in_order_is_opened_without_a_word(caplog: pytest.LogCaptureFixture):
    packing.unpack(packed(reader=EARLIER), compiled(TEXT).digest)
    assert caplog.messages == []


@pytest.mark.parametrize(
    "broken",
    [TEXT.replace("参数 年限额 3 次", ""), TEXT + "\n这一行读不懂 §§\n", "没有题头"],
    ids=["a name that is gone", "a line that cannot be read", "no set at all"],
)
def test_a_version_that_cannot_be_read_as_a_whole_is_refused(broken: str):
    assert code_of(packed(broken, reader=EARLIER), OTHER_DIGEST) == "ZR763"


def test_a_case_goes_on_after_an_update_of_the_program(tmp_path: Any):
    address = str(tmp_path / "cases.db")
    store = open_store(address)
    before = of_an_earlier_program()
    service = CaseService(store, before)
    opened = service.open(
        "准入申请", actor=by("区卫健局"), key=key(), at=at("2026-03-02 09:00"),
        facts={"来文单位": "区卫健局", "目标社区": "森工", "事项": "健康宣讲",
               "拟进入日期": "2026-04-01"},
    )  # fmt: skip
    store.close()
    store = open_store(address)
    service = CaseService(store, compiled(TEXT))  # the same text, by another digest today
    assert [row.code for row in store.bundles()] == ["JY-9", "JY-9"]
    reply = service.act(
        opened.case_id, "提交", actor=by("区卫健局"), key=key(), at=at("2026-03-02 09:30"),
        inputs={"理由": "居民需要", "月数": 2},
    )  # fmt: skip
    assert (reply.state, service.show(opened.case_id)["digest"]) == ("审批", OTHER_DIGEST)
    store.close()


def of_an_earlier_program() -> CompiledPolicy:
    """The set as a program read it that understood the same text in other terms."""
    policy = compile_policies(replace(compiled(TEXT).checked, digest=OTHER_DIGEST))
    policy.packed = packed(reader=EARLIER)
    return policy


def test_a_service_says_it_in_a_line_of_its_own(tmp_path: Any) -> None:
    lines: list[dict[str, Any]] = []
    (tmp_path / "set.policy").write_text(TEXT, encoding="utf-8")
    sets = {"": [str(tmp_path / "set.policy")]}
    Service(Settings(sets=sets, journal=lambda line: lines.append(orjson.loads(line))))
    packing.unpack(packed(reader=EARLIER), OTHER_DIGEST)
    assert [line["event"] for line in lines if OTHER_DIGEST in line["remark"]] == ["set-read-anew"]
