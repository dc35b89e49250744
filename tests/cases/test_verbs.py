"""Built-in verbs have methods of their own, which do what `act` does by their words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.cases.asking import at, by
from tests.cases.sets import compiled

from zhunru.compiler import CompiledPolicy
from zhunru.runtime.service import CaseService
from zhunru.store.memory import MemoryStore

TEXT = """政策 CS-1 "测试用办理办法"
  印发 区民政局
  适用 江源区
  施行 2021-01-01
单位
  | 名称     | 层级 | 上级   |
  | 江源区   | 区级 | -      |
  | 区民政局 | 部门 | 江源区 |
  | 街道办   | 街道 | 江源区 |
  | 富强     | 社区 | 街道办 |
  | 森工     | 社区 | 街道办 |
表单 来件
  事由 文本
流程 办理 "办理" 止于 办结
  环节 经办 由 富强 限 5 个工作日
    办完 → 办结
    逾期 → 办结
    可停表 等待来人 不超过 5 个工作日
    可延期 2 次 3 个工作日 经 区民政局
"""
OWNER, ABOVE, STREET = by("富强", "甲"), by("区民政局", "乙"), by("街道办", "丙")

Step = Callable[..., Any]


@cache
def small() -> CompiledPolicy:
    return compiled(TEXT)


def opened(service: CaseService, name: str) -> str:
    return service.open("办理", actor=STREET, key=name, at=at("2026-03-02 09:00")).case_id


def test_each_verb_has_a_method_that_does_it() -> None:
    one, two = (CaseService(MemoryStore(), small()) for _ in range(2))
    case, other = opened(one, "a"), opened(one, "b")
    assert (opened(two, "a"), opened(two, "b")) == (case, other)
    steps: list[tuple[Any, Step, str, dict[str, Any]]] = [
        (OWNER, lambda **by: one.suspend(case, "等待来人", **by), "停表", {"理由": "等待来人"}),
        (OWNER, lambda **by: one.resume(case, **by), "恢复", {}),
        (OWNER, lambda **by: one.extend(case, "还要核实", **by), "延期", {"理由": "还要核实"}),
        (ABOVE, lambda **by: one.answer_extension(case, False, **by), "不同意延期", {}),
        (OWNER, lambda **by: one.extend(case, "再核", **by), "延期", {"理由": "再核"}),
        (ABOVE, lambda **by: one.answer_extension(case, True, **by), "同意延期", {}),
        (STREET, lambda **by: one.urge(case, **by), "催办", {}),
        (STREET, lambda **by: one.supervise(case, **by), "督办", {}),
        (STREET, lambda **by: one.reassign(case, "森工", **by), "改派", {"单位": "森工"}),
        (STREET, lambda **by: one.merge(case, other, **by), "并件", {"并入": other}),
        (STREET, lambda **by: one.withdraw(other, **by), "撤回", {}),
    ]
    for number, (actor, step, verb, inputs) in enumerate(steps):
        given = {"actor": actor, "key": f"k{number}", "at": at(f"2026-03-03 09:{number:02}")}
        done = step(**given)
        assert done == two.act(done.case_id, verb, inputs=inputs, **given)
    assert one.history(case) == two.history(case)
    assert one.history(other) == two.history(other)
    assert one.show(case)["closed"] and one.show(other)["closed"]
