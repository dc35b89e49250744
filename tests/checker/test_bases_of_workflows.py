"""A workflow goes on when the law that it rests on is replaced: that must be told, as of rules."""

from __future__ import annotations

import pytest
from tests.checker.sets import findings

TEXT = """政策 试验 "试验办法"
  施行 2024-01-01
依据 某法 "某某法"
  版本 2018 公布 2018-12-29 施行 2018-12-29 至 2025-12-31
  版本 2025 公布 2025-10-28 施行 2026-01-01
依据 旧法 "旧某法"
  施行 2010-01-01 至 2020-12-31
单位
  | 名称     | 层级 | 上级 |
  | 某区     | 区   |      |
  | 区民政局 | 部门 | 某区 |
流程 办理 止于 办结
  {cited}
  | 环节 | 由       | 限         | 办理 → 去向 | 到期 → 去向 |
  | 受理 | 区民政局 | 不限时     | 受理 → 审核 | -           |
  | 审核 | 区民政局 | 3 个工作日 | 同意 → 办结 | 逾期 → 办结 |
"""


@pytest.mark.parametrize(
    ("cited", "told"),
    [
        # The text of 2018 ends while the workflow goes on, and its article may have moved.
        ("依据 某法(2018) 第二十条", [("ZR337", "2026-01-01"), ("ZR339", "第二十条")]),
        ("依据 某法(2018) 第二十条、某法(2025) 第三十条", []),
        ("依据 某法(2018) 第九条、第十条、某法(2025) 待核实", []),
        ("依据 某法", []),
        ("依据 旧法 第三条", [("ZR337", "2024-01-01")]),
    ],
)
def test_what_a_workflow_rests_on_holds_as_long_as_it_runs(
    cited: str, told: list[tuple[str, str]]
) -> None:
    found = [
        each
        for each in findings(TEXT.format(cited=cited))
        if each.code in ("ZR337", "ZR338", "ZR339")
    ]
    assert [each.code for each in found] == [code for code, _ in told]
    assert all(part in each.zh for each, (_, part) in zip(found, told, strict=True))
