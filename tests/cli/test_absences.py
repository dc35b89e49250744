"""What could not be read is not reported once more as missing."""

from __future__ import annotations

from pathlib import Path

from zhunru import apply_fixes, check_policies

UNREAD = """政策 QX-1 "示例（非官方）"
  印发 示例区民政局
依据 办法 "示例办法"
  施行 2020-01-01
表单 来件
  类别 枚举 甲、乙
规则 一 依据 办法
  当 类别 为 （甲
  拒绝 "不行"
规则 二 依据 办法
  当 类别 为 乙
  拒绝 "也不行"
判定 受理 对象 来件
  依次
    一
    二
  默认 拒绝 "未列入"
"""


def _codes(tmp_path, text):
    path = tmp_path / "a.policy"
    path.write_text(text, encoding="utf-8")
    return {finding.code for finding in check_policies(path)[1]}


def test_a_rule_whose_condition_is_unread_does_not_make_later_steps_unreachable(tmp_path):
    assert _codes(tmp_path, UNREAD) == {"ZR129"}


def test_a_rule_without_a_condition_does(tmp_path):
    assert "ZR418" in _codes(tmp_path, UNREAD.replace("  当 类别 为 （甲\n", ""))


TABLE = """政策 QX-2 "示例（非官方）"
表单 来件
  得分 数值 0 至 100
对照表 等次 取 唯一一行
  | 得分      | → 等 |
  | 不满 60   | 差   |
  | 顶多 85   | 中   |
  | 不少于 60 | 优   |
"""


def test_a_row_that_was_read_in_part_does_not_overlap_other_rows(tmp_path):
    assert _codes(tmp_path, TABLE) == {"ZR101"}
    assert "ZR450" in _codes(tmp_path, TABLE.replace("顶多", "不超过"))


LOWER = """政策 QX-3 "示例（非官方）"
  上位 {upper}
规则 三 依据 上位办法
  当 上位栏目 为 某值
  拒绝 "不行"
"""


def test_names_of_an_upper_set_that_is_not_found_are_not_reported_as_unknown(tmp_path):
    assert _codes(tmp_path, LOWER.format(upper="没有这一套")) == {"ZR809"}
    assert _codes(tmp_path, LOWER.format(upper="国家基层减负")) >= {"ZR201", "ZR206"}


def test_a_set_that_is_there_twice_is_told_once(tmp_path: Path) -> None:
    text = '政策 甲 "题"\n单位 街道 层级 街道\n参数 数 3 次\n'
    for name in ("一.policy", "二.policy"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    checked, found = check_policies(tmp_path)
    assert checked is None
    assert [each.code for each in found] == ["ZR808"]


UNNAMED = """政策 QX-4 "示例（非官方）"
单位
  | 名称     | 层级 |
  | 区民政局 | 部门 |
  | 社区     | 社区 |
依据 救助办法 "示例办法"
清单 协助 类型 协助 主体 社区
  | 编号  | 事项 | 牵头     | 依据                     |
  | XZ-01 | 一   | 区民正局 | 救助半法 第三条          |
  | XZ-02 | 二   | 区民正局 | 救助半法 第五条 待核实   |
  | XZ-03 | 三   | 区民正局 | 救助半法(2018) 第六条第一款 |
"""


def test_a_name_that_means_nothing_is_told_once_and_mended_everywhere(tmp_path: Path) -> None:
    path = tmp_path / "a.policy"
    path.write_text(UNNAMED, encoding="utf-8")
    found = [each for each in check_policies(path)[1] if each.code in ("ZR203", "ZR206")]
    assert [(each.code, each.span.line) for each in found] == [("ZR203", 9), ("ZR206", 9)]
    assert all(each.zh.endswith("（共 3 处）") and len(each.related) == 2 for each in found)
    (mended,) = apply_fixes(found, unsafe=True)
    assert mended.text == UNNAMED.replace("民正", "民政").replace("半法", "办法")
