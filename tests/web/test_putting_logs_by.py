"""A decision log that grows for years is put by in parts while the service goes on; a full disk."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.web.conftest import SETS, Clock, Serve, Served

from zhunru import open_policy
from zhunru.errors import RequestRejected
from zhunru.store.base import BundleRow
from zhunru.store.opening import open_store
from zhunru.web import Settings, replay_log
from zhunru.web import serve as run
from zhunru.web.decision_log import DecisionLog
from zhunru_cli.main import main

FACTS = {"主体": "alice", "动作": "read", "资源": "record-1"}
NAME = "decisions-default.jsonl"


@pytest.fixture
def served(serve: Serve, tmp_path: Path) -> Served:
    return serve("cert", log=tmp_path)


def ask(served: Served, times: int) -> None:
    for _ in range(times):
        served.ask("/v1/decide", {"facts": FACTS})


def events(served: Served) -> list[str]:
    return [line["event"] for line in served.lines if line["event"] != "request"]


def put_by(served: Served, folder: Path, name: str) -> Path:
    moved = (folder / NAME).rename(folder / name)
    served.app.state.service.follow()
    return moved


def test_a_log_that_was_moved_away_goes_on_in_a_new_file(served: Served, tmp_path: Path) -> None:
    ask(served, 3)
    first = put_by(served, tmp_path, "2025.jsonl")
    whole = first.read_bytes()
    ask(served, 2)
    second = put_by(served, tmp_path, "2026.jsonl")
    ask(served, 1)
    assert events(served).count("log-begun") == 2
    assert first.read_bytes() == whole
    files, sets = [first, second, tmp_path / NAME], [open_policy(SETS / "cert")]
    assert [replay_log(each, sets).lines for each in files] == [3, 2, 1]
    found = replay_log(files, sets)
    assert found.holds and found.lines == 6
    assert (tmp_path / NAME).stat().st_mode & 0o077 == 0


def test_what_is_decided_before_the_move_is_seen_is_in_the_old_file(
    served: Served, tmp_path: Path
) -> None:
    ask(served, 1)
    (tmp_path / NAME).rename(tmp_path / "old.jsonl")
    ask(served, 1)
    served.app.state.service.follow()
    ask(served, 1)
    files, sets = [tmp_path / "old.jsonl", tmp_path / NAME], [open_policy(SETS / "cert")]
    assert [replay_log(each, sets).lines for each in files] == [2, 1]
    assert replay_log(files, sets).holds


def test_a_service_that_is_stopped_before_it_decides_again_goes_on_behind_the_old_file(
    serve: Serve, tmp_path: Path
) -> None:
    served = serve("cert", log=tmp_path)
    ask(served, 2)
    old = put_by(served, tmp_path, "old.jsonl")
    served.app.state.service.default.log.close()
    again = serve("cert", log=tmp_path)
    older = put_by(again, tmp_path, "older.jsonl")  # a file in which nothing was decided
    again.app.state.service.default.log.close()
    ask(serve("cert", log=tmp_path), 1)
    sets = [open_policy(SETS / "cert")]
    found = replay_log([old, older, tmp_path / NAME], sets)
    assert (found.holds, found.lines) == (True, 3), found.findings
    assert not replay_log([old, tmp_path / NAME], sets).holds, "one of the files is missing"


def test_a_log_that_was_never_written_to_leaves_nothing_to_go_on_behind(
    served: Served, tmp_path: Path
) -> None:
    put_by(served, tmp_path, "old.jsonl")
    assert (tmp_path / NAME).read_bytes() == b""


def test_that_what_came_before_the_first_line_is_not_here_is_said(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(served, 3)
    log = tmp_path / NAME
    words = ["replay", str(log), "--set", str(SETS / "cert")]
    assert main(words) == 0
    assert "没有核对" not in capsys.readouterr().out
    log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[1:]))
    assert main(words) == 0
    assert "此前的判定没有核对" in capsys.readouterr().out
    main([*words, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert json.loads(log.read_bytes().splitlines()[0])["previous"] == told["behind"] != ""


def test_parts_that_do_not_belong_together_show(served: Served, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        ask(served, 2)
        put_by(served, tmp_path, name)
    for names in (["a", "c"], ["b", "a"]):
        found = replay_log([tmp_path / name for name in names], [open_policy(SETS / "cert")])
        assert not found.holds
        assert {finding.span.path for finding in found.findings} == {str(tmp_path / names[1])}
        # Files in another order are no log that somebody changed.
        (told,) = found.findings
        assert f"前一个文件“{tmp_path / names[0]}”" in told.zh and "按旧的在前排" in told.zh
        assert "name the oldest file first" in told.en


def test_a_line_that_was_changed_is_not_told_as_files_in_another_order(
    served: Served, tmp_path: Path
) -> None:
    ask(served, 2)
    ask(served, 2)
    text = (tmp_path / NAME).read_bytes()
    (tmp_path / NAME).write_bytes(text.replace(b"alice", b"alicf", 1))
    found = replay_log(tmp_path / NAME, [open_policy(SETS / "cert")])
    assert any("与前一行接不上" in each.zh for each in found.findings)
    assert not any("前一个文件" in each.zh for each in found.findings)


def test_several_files_are_replayed_from_the_command_line(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(served, 2)
    first = put_by(served, tmp_path, "a.jsonl")
    ask(served, 1)
    words = ["replay", str(first), str(tmp_path / NAME), "--set", str(SETS / "cert")]
    assert main(words) == 0
    assert "共 3 行，3 行" in capsys.readouterr().out
    assert main([words[0], words[2], words[1], *words[3:], "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {each["file"] for each in told["findings"]} == {words[1]}


def test_a_noted_end_shows_what_no_line_names(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, words = tmp_path / NAME, ["replay", "--set", str(SETS / "cert")]
    ask(served, 2)
    found = replay_log(log, [open_policy(SETS / "cert")])
    assert main([*words, str(log)]) == 0
    assert f"末尾摘要 {found.head}：" in capsys.readouterr().out
    noted = ["--noted", found.head]
    whole = log.read_bytes()
    for changed in (whole.splitlines(keepends=True)[0], _by(whole, "nobody")):
        log.write_bytes(changed)
        assert main([*words, str(log)]) == 0, "without a noted end nothing can show it"
        assert main([*words, str(log), *noted]) == 1
        assert f"没有摘要为 {found.head} 的一批" in capsys.readouterr().err
    log.write_bytes(whole)
    assert main([*words, str(log), *noted]) == 0
    # Whoever copied it by hand or from another program has not found the log changed.
    assert main([*words, str(log), "--noted", f" {found.head.upper()}\n"]) == 0
    first = put_by(served, tmp_path, "a.jsonl")
    ask(served, 1)
    for files in ([first, log], [log]):
        assert main([*words, *map(str, files), *noted]) == 0, "the log goes on behind it"
    assert main([*words, str(first), "--noted", "0" * 64]) == 1


def _by(log: bytes, who: str) -> bytes:
    *rest, last = log.splitlines(keepends=True)
    return b"".join([*rest, last.replace(b'"by":"local"', f'"by":"{who}"'.encode())])


def test_a_log_that_was_compressed_is_read(served: Served, tmp_path: Path) -> None:
    ask(served, 3)
    first = put_by(served, tmp_path, "a.jsonl")
    ask(served, 1)
    packed, sets = tmp_path / "a.jsonl.gz", [open_policy(SETS / "cert")]
    packed.write_bytes(gzip.compress(first.read_bytes()))
    found = replay_log([packed, tmp_path / NAME], sets)
    assert found.holds and (found.lines, found.behind) == (4, "")
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(RequestRejected, match="压缩文件不完整"):
        replay_log([packed], sets)


def test_a_version_that_is_there_and_damaged_is_not_told_as_one_that_is_not(
    served: Served, tmp_path: Path
) -> None:
    ask(served, 1)
    store = str(tmp_path / "办件.db")
    (digest,) = {json.loads(line)["digest"] for line in (tmp_path / NAME).read_bytes().splitlines()}
    with closing(open_store(store)) as kept:
        kept.put_bundle(BundleRow(digest=digest, code="cert", registered=0, body=b"damaged"))
    (told,) = replay_log(tmp_path / NAME, [], store).findings
    assert "已损坏" in told.zh and "damaged" in told.en


def test_where_no_new_file_can_be_begun_the_old_one_is_written(
    served: Served, tmp_path: Path
) -> None:
    ask(served, 1)
    old = (tmp_path / NAME).rename(tmp_path / "old.jsonl")
    (tmp_path / NAME).mkdir()
    served.app.state.service.follow()
    ask(served, 1)
    assert events(served)[-1] == "log-failed"
    assert replay_log(old, [open_policy(SETS / "cert")]).lines == 2


def test_it_is_looked_after_by_itself(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhunru.web.service._LOOK", 0.01)
    served = serve("cert", log=tmp_path)
    (tmp_path / NAME).rename(tmp_path / "old.jsonl")
    for _ in range(3_000):
        ask(served, 1)
        if (tmp_path / NAME).exists():
            return
    raise AssertionError("nothing was begun")


def full(*_: Any) -> int:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/decide", json.dumps({"facts": FACTS})), ("/v1/decide/batch", json.dumps(FACTS))],
)
def test_that_a_log_has_no_room_is_told_in_words_and_may_be_asked_again(
    served: Served, monkeypatch: pytest.MonkeyPatch, path: str, body: str
) -> None:
    kind = "application/x-ndjson" if "batch" in path else "application/json"
    monkeypatch.setattr("zhunru.web.decision_log.add", full)
    answer = served.post(path, content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (503, "ZR777")
    assert answer.headers["retry-after"] and "No space left" in answer.json()["detail"]
    assert events(served)[-1] == "log-failed"
    monkeypatch.undo()
    assert served.post(path, content=body, headers={"content-type": kind}).status_code == 200


def test_two_services_do_not_write_one_log(tmp_path: Path) -> None:
    made = Settings(sets={"": [str(SETS / "cert")]}, log=tmp_path, journal=lambda line: None)
    log = DecisionLog(tmp_path / NAME)
    log.hold()
    for _ in range(2):
        with pytest.raises(RequestRejected) as refused:
            run(made, port=1)
        assert refused.value.diagnostics[0].code == "ZR875"
        assert "另一个服务" in refused.value.diagnostics[0].zh
        (tmp_path / NAME).rename(tmp_path / "old.jsonl")
        assert log.follow(Clock()())  # and the new one is held as well
    log.close()
    DecisionLog(tmp_path / NAME).hold()


def test_that_a_log_cannot_be_written_is_told_when_the_service_starts(
    serve: Serve, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RequestRejected) as refused:
        serve("cert", log=tmp_path / "file")
    assert refused.value.diagnostics[0].code == "ZR875"
