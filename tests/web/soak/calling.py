"""Callers: each asks one thing after the other and notes what it was told, or that nothing came."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

from tests.web.soak.ground import HOST, Ground

FIRST_DAY = date(2026, 12, 1)
# So many that none comes again while the service is away: thousands go unanswered then, and one of
# those would take the place of an answered one that is like it.
DAYS = 10_007
SENDER, STREET, COMMUNITY, BUREAU = "区市场监管局", "海滨街道", "幸福社区", "区民政局"
# What is asked for: one of each kind that the set decides by rules of its own.
QUESTIONS: tuple[Mapping[str, Any], ...] = (
    {"类别": "挂牌", "事项": "食品安全工作站"},
    {"类别": "挂牌", "事项": "社区党组织"},
    {"类别": "系统应用", "事项": "反诈应用推广"},
    {"类别": "网络推广", "事项": "关注政务公众号"},
    {"类别": "检查考核", "事项": "年度考核"},
    {"类别": "统计报表", "事项": "商户台账", "报表备案": False},
    {"类别": "责任签状", "事项": "安全责任状"},
    {"类别": "行政任务", "事项": "商铺登记", "承担方式": "协助"},
)
AT_ONCE = 5
_PATIENCE = 30.0
_IDLE = 3.0


@dataclass(slots=True)
class Call:
    """One request: when it was asked and over, and its status; 0 where no answer came."""

    who: str
    what: str
    since: float
    until: float
    status: int
    body: Any
    asked: Any

    @property
    def lost(self) -> bool:
        """Whether the caller does not know if it was done: no answer, or cut off by a stop."""
        return not self.status or self.cut_off

    @property
    def cut_off(self) -> bool:
        """Whether the service said that it could not wait for this any longer."""
        return (
            self.status == 503 and isinstance(self.body, dict) and self.body.get("code") == "ZR793"
        )


class Caller(Thread):
    """Somebody who asks over one connection, which is made anew when it breaks."""

    def __init__(self, ground: Ground, name: str, over: Event, pause: float) -> None:
        super().__init__(name=name, daemon=True)
        self.ground, self.over, self.pause = ground, over, pause
        self.calls: list[Call] = []
        self.random = random.Random(name)
        self._connection: HTTPConnection | None = None
        self._used = 0.0
        self._ends = float("inf")

    def run(self) -> None:
        for _ in self.steps():
            if self.over.is_set():
                return
            time.sleep(self.pause * self.random.uniform(0.5, 1.5))

    def steps(self) -> Iterator[None]:
        """Do one thing after the other; between two of them it may be told to stop."""
        raise NotImplementedError

    def gives_up(self) -> bool:
        """Tell whether no answer is to be hoped for any more: a long time after the run is over."""
        if not self.over.is_set():
            self._ends = time.monotonic() + _PATIENCE
        return time.monotonic() > self._ends

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Call:
        """Ask once; what comes back is noted."""
        since = time.monotonic()
        status, told = 0, None
        try:
            status, told = self._exchange(method, path, body, token or self.name)
        except (OSError, HTTPException):
            self._connection = None
        # The body of a question is kept as it was sent: the log has to hold the very same.
        found = Call(self.name, path, since, time.monotonic(), status, told, body)
        self.calls.append(found)
        if found.lost:
            time.sleep(0.05)
        return found

    def _exchange(self, method: str, path: str, body: Any, token: str) -> tuple[int, Any]:
        now = time.monotonic()
        # The service lets go of what is not used, which is no fault. By when the last request was
        # sent, not by when its answer was read: a caller that stood still may have read it late.
        if now - self._used > _IDLE:
            self._connection = None
        self._used = now
        if self._connection is None:
            self._connection = HTTPConnection(HOST, self.ground.port, timeout=60)
        headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, quote(path), data, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.will_close:
            self._connection = None
        return answer.status, _decoded(text)


def _decoded(text: bytes) -> Any:
    # What the server says without us is plain text; then the status tells all there is to tell.
    try:
        return json.loads(text)
    except ValueError:
        return None


class Decider(Caller):
    """Asks for decisions: by the own interface, by AuthZEN, and several at once."""

    def steps(self) -> Iterator[None]:
        number = 0
        while True:
            # No two questions in a row are alike, so that the log shows which was answered.
            day = (FIRST_DAY + timedelta(number % DAYS)).isoformat()
            facts = {**QUESTIONS[number % len(QUESTIONS)], "来文单位": SENDER,
                     "目标社区": COMMUNITY, "拟进入日期": day}  # fmt: skip
            number += 1
            kind = self.random.random()
            if kind < 0.8:
                self.call("POST", "/v1/decide", {"facts": facts, "explain": "brief"})
            elif kind < 0.95:
                self.call("POST", "/access/v1/evaluation", question(facts))
            else:
                body = {**question(facts), "evaluations": [{}] * AT_ONCE}
                self.call("POST", "/access/v1/evaluations", body)
            yield


def question(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the AuthZEN question that facts are."""
    rest = {k: v for k, v in facts.items() if k not in ("来文单位", "目标社区", "事项")}
    return {
        "subject": {"type": "unit", "id": facts["来文单位"]},
        "action": {"name": facts["事项"]},
        "resource": {"type": "community", "id": facts["目标社区"], "properties": rest},
    }


Step = tuple[str, str, dict[str, Any]]
REPORT: tuple[Step, ...] = (
    (COMMUNITY, "反映", {"来文单位": SENDER, "事项": "商铺登记", "举报人": "王五实名", "证据": "照片"}),
    (BUREAU, "属实", {"收文日期": "2026-11-20"}),
    (SENDER, "停止并说明", {"说明": "已经停止"}),
    (BUREAU, "提醒纠正", {"叫停次数": "1"}),
)  # fmt: skip
_SIGN = {"到场时间": "2026-11-22T15:00", "现场照片": "a.jpg"}
WHISTLE: tuple[Step, ...] = (
    (COMMUNITY, "吹哨", {"情形": "群众诉求", "本社区职责": "否", "已采取措施": "劝阻"}),
    (STREET, "派哨", {"主办": SENDER, "协办": ["区综合执法局"]}),
    (SENDER, "签到", _SIGN),
    ("区综合执法局", "签到", _SIGN),
    (SENDER, "办结", {}),
    ("区综合执法局", "办结", {}),
    (COMMUNITY, "评哨打分", {"得分": "90"}),
)
ADMISSION: tuple[Step, ...] = (
    (SENDER, "申请临时准入", {"审批表": "表", "范围": [COMMUNITY], "月数": "2"}),
    (STREET, "同意", {"经费到位": "是", "资金来源": "部门预算"}),
)
_TWICE = 0.05  # of the commands that were answered are sent again
_SUBMITTED = 40  # cases between two applications: each leaves a row that every question then reads


class Worker(Caller):
    """Opens cases and carries them to their end; a command is repeated until it is answered."""

    def __init__(self, ground: Ground, name: str, over: Event, pause: float) -> None:
        super().__init__(ground, name, over, pause)
        self.cases = 0
        self.unexpected: list[str] = []

    def steps(self) -> Iterator[None]:
        while True:
            self.cases += 1
            if self.cases % _SUBMITTED == 0:
                yield from self._case("/v1/submissions", self._application(), ADMISSION)
            elif self.cases % 2:
                yield from self._case("/v1/cases", self._opening("擅自安排工作查处"), REPORT)
            else:
                yield from self._case("/v1/cases", self._opening("吹哨报到"), WHISTLE)

    def _opening(self, flow: str) -> dict[str, Any]:
        return {"flow": flow, "as": COMMUNITY, "facts": {"目标社区": COMMUNITY}}

    def _application(self) -> dict[str, Any]:
        facts = {"目标社区": COMMUNITY, "类别": "行政任务", "承担方式": "协助",
                 "事项": f"{self.name}排查{self.cases}", "拟进入日期": "2026-12-20"}  # fmt: skip
        return {"as": SENDER, "apply": True, "facts": facts}

    def _case(self, path: str, body: dict[str, Any], way: tuple[Step, ...]) -> Iterator[None]:
        opened = self._until_answered(path, {**body, "key": f"{self.cases}.0"})
        yield
        if opened is None:
            return
        case = opened["opened"][-1]
        for number, (who, action, inputs) in enumerate(way, 1):
            body = {"as": who, "action": action, "inputs": inputs, "key": f"{self.cases}.{number}"}
            if self._until_answered(f"/v1/cases/{case}/actions", body) is None:
                return
            yield

    def _until_answered(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        while (found := self.call("POST", path, body)).lost:
            if self.gives_up():
                return None
        if found.status not in (200, 201):
            self.unexpected.append(f"{path}: {found.status} {str(found.body)[:200]}")
            return None
        if self.random.random() < _TWICE:
            again = self.call("POST", path, body)
            names = ("case", "version", "opened")
            same = [] if again.lost else [again.body.get(n) == found.body.get(n) for n in names]
            if not again.lost and not (all(same) and again.body.get("repeated")):
                self.unexpected.append(f"{path}: repeated, and told {str(again.body)[:200]}")
        told: dict[str, Any] = found.body
        return told
