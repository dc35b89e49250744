"""Slips of the pen: each is one finding, at the word that is wrong, that says what to do."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from zhunru.diagnostics import Diagnostic, Source
from zhunru.syntax.parser import parse


class Slip(NamedTuple):
    """A text with one slip: what is underlined, words of the message, what the fix writes."""

    text: str
    code: str
    underlined: str
    said: str = ""
    mended: str = ""


RULE = '规则 甲 依据 某法\n  当 类别 为 检查考核 且 经费到位\n  拒绝 "不行"\n'
MONEY = '规则 甲 依据 某法\n  要求 经费到位 否则 暂缓 "等"\n'
LIST = "清单 丙 类型 禁止\n  依据 某法\n  | 编号 | 事项 | 别名 |\n  | 1 | 甲事 | 乙事 |\n"
ORDER = '判定 社区准入 对象 来件\n  依次\n    甲、乙\n  默认 拒绝 "未列入"\n'
FLOW = """流程 丁 "题"
  止于 办结
  环节 登记 由 街道 限 1 个工作日
    逾期 -> 办结
  约束 自 登记 至 办结 不超过 3 个工作日
"""
ROUND = "定期 巡查 每个 社区 每季度 不少于 1 次\n"
ENTER = """流程 丁 "题"
  止于 办结
  环节 登记 由 街道 限 1 个工作日
    办毕 -> 办结 并 登记 名册 有效 12 个月
    逾期 -> 办结
"""
TEST = '测试 "题"\n  假如 类别 为 检查考核, 经费到位 为 是 那么 拒绝\n'
LESS = '规则 甲 依据 某法\n  要求 次数 不超过 3 次 否则 暂缓 "等"\n'
BAND = '规则 甲 依据 某法\n  要求 次数 为 3 次 否则 暂缓 "等"\n'
CELLS = "对照表 档 取 唯一一行\n  | 次数 | → 档 |\n  | 3 次 | 1 |\n"
TWO = "次数 不少于 3 次 且 次数 不超过 5 次"


def slip(text: str, right: str, wrong: str, code: str, *rest: str) -> Slip:
    assert text.count(right) == 1, right
    return Slip(text.replace(right, wrong), code, *rest)


SLIPS = [
    # a blank is missing
    slip(RULE, "当 类别", "当类别", "ZR103", "当类别", "当 类别", "当 类别"),
    slip(RULE, "类别 为", "类别为", "ZR103", "类别为", "类别 为", "类别 为"),
    slip(RULE, "为 检查", "为检查", "ZR103", "为检查考核", "为 检查考核", "为 检查考核"),
    slip(RULE, "核 且", "核且", "ZR103", "检查考核且", "检查考核 且", "检查考核 且"),
    slip(RULE, "规则 甲", "规则甲", "ZR103", "规则甲", "规则 甲", "规则 甲"),
    slip(MONEY, "要求 经费", "要求经费", "ZR103", "要求经费到位", "要求 经费到位", "要求 经费到位"),
    slip(MONEY, "到位 否则", "到位否则", "ZR103", "经费到位否则", "经费到位 否则", "经费到位 否则"),
    # a word is misspelt
    slip(RULE, "拒绝", "拒决", "ZR101", "拒决", "是不是“拒绝”", "拒绝"),
    slip(RULE, "拒绝", "准人", "ZR101", "准人", "是不是“准入”", "准入"),
    slip(RULE, "规则", "规侧", "ZR101", "规侧", "是不是“规则”", "规则"),
    slip(MONEY, "否则", "否侧", "ZR101", "否侧", "是不是“否则”", "否则"),
    slip(MONEY, "要求", "要救", "ZR101", "要救", "是不是“要求”", "要求"),
    slip(MONEY, "暂缓", "暂绶", "ZR101", "暂绶", "是不是“暂缓”", "暂缓"),
    slip(ORDER, "默认", "默任", "ZR101", "默任", "是不是“默认”", "默认"),
    slip(TEST, "假如", "假入", "ZR101", "假入", "是不是“假如”", "假如"),
    slip(LIST, "清单", "请单", "ZR106", "请单", "清单"),
    slip(LIST, "禁止", "禁至", "ZR123", "禁至", "禁止", "禁止"),
    slip(LIST, "事项", "事向", "ZR130", "事向", "事项", "事项"),
    slip("表单 乙件\n  数目 数值\n", "数值", "数直", "ZR123", "数直", "数值", "数值"),
    # a word is missing, or stands there twice
    slip(TEST, "那么 ", "", "ZR101", "拒绝", "写“那么”", "那么 "),
    slip(MONEY, "否则 ", "", "ZR101", "暂缓", "“否则”"),
    slip(MONEY, "暂缓 ", "", "ZR101", '"等"', "“暂缓”"),
    slip("公式 f(a) = 若 a 超过 3 则 1 否则 2\n", "则 1 ", "1 ", "ZR101", "1", "“则”"),
    slip("公式 f(a) = 若 a 超过 3 则 1 否则 2\n", " 否则 2", "", "ZR102", "1", "“否则”"),
    slip(RULE, "且 经费", "且 且 经费", "ZR101", "且", "写了两遍"),
    # the basis is not last
    slip(RULE, "核 且", "核 依据 某法 第三条 且", "ZR101", "依据", "“依据”另起一行写"),
    slip(RULE, "依据 某法\n", '依据 某法 拒绝 "x"\n', "ZR117", '某法 拒绝 "x"', "读不懂"),
    slip(FLOW, "1 个工作日", "1 个工作日 逾期 转 办结", "ZR101", "逾期", "另起一行写：逾期 →"),
    # two ends of a time
    slip(FLOW, "自 登记", "登记", "ZR101", "至", "自 登记 至", "自 登记 至"),
    slip(FLOW, "自 登记 至", "登记 到", "ZR101", "到", "自 登记 至", "自 登记 至"),
    # signs
    slip(TEST, "核, 经", "核、经", "ZR133", "、", "应当用“,”", ","),
    slip(RULE, '"不行"', '"不行', "ZR107", '"不行', "引号没有配对"),
    slip(RULE, '"不行"', "“不行", "ZR107", "“不行", "引号没有配对"),
    slip(RULE, '"不行"', "'不行'", "ZR124", "'不行'", "用“”引起来", "“不行”"),
    slip(RULE, '"不行"', "「不行」", "ZR124", "「不行」", "用“”引起来", "“不行”"),
    slip(RULE, '"不行"', "不行", "ZR101", "不行", "文字加引号，写“不行”", "“不行”"),
    slip(RULE, "到位\n", "到位。\n", "ZR124", "。", "删去它"),
    slip("公式 f(a) = (a + 1)\n", ")\n", "\n", "ZR129", "(", "括号没有配对"),
    # numbers
    slip(LESS, "3 次", "3-5 次", "ZR142", "3-5 次", "像是一个范围"),
    slip(LESS, "3 次", "3—5次", "ZR142", "3—5次", "像是一个范围"),
    slip(LESS, "3 次", "3 至 5 次", "ZR142", "3 至 5 次", "像是一个范围"),
    slip(LESS, "3 次", "1,300 次", "ZR143", "1,300", "写“1300”；几个数用“、”隔开", "1300"),
    slip(LESS, "3 次", "1,000 次", "ZR143", "1,000", "写“1000”", "1000"),
    slip(BAND, "为 3 次", "在 3-5 次 之间", "ZR101", "次数 在", "次数 不少于", TWO),
    slip(BAND, "为 3 次", "为 3 至 5 次", "ZR101", "次数 为", "次数 不少于", TWO),
    slip(BAND, "为 3 次", "为 3~5 次", "ZR101", "次数 为", "次数 不少于", TWO),
    slip("参数 数 3 次\n", "3 次", "3-5 次", "ZR142", "3-5 次", "改为“3 至 5 次”", " 至 "),
    slip(CELLS, "3 次", "3-5次", "ZR142", "3-5次", "写“60 至 79”"),
    slip(CELLS, "3 次", "3,500 次", "ZR143", "3,500", "写“3500”", "3500"),
    slip(LESS, "3 次", "3 餐", "ZR101", "餐", "不是计量单位，只写数“3”", "3"),
    slip("参数 数 3 次\n", "3 次", "3 餐", "ZR101", "餐", "不是计量单位，只写数“3”", "3"),
    slip(LESS, "3 次", "3 周岁", "ZR101", "周岁", "是不是“3 岁”", "3 岁"),
    slip(FLOW, "街道 限 1", "街道 限时 1", "ZR101", "限时", "写作“限”", "限"),
    slip(FLOW, "限 1 个工作日", "限 1 个工作日以内", "ZR101", "1 个", "写“1 个", "1 个工作日"),
    slip(ENTER, "有效 12 个月", "有效一年", "ZR103", "有效一年", "少了空格", "有效 1 年"),
    slip(ENTER, "有效 12 个月", "有效期 12 个月", "ZR101", "有效期", "写作“有效”", "有效"),
    slip(ROUND, "每季度 不", "每季度末 不", "ZR101", "每季度末", "写多久几次"),
    slip(
        ROUND, "每季度 不少于 1 次", "每季度一次", "ZR101", "每季度一次", "", "每季度 不少于 1 次"
    ),
    slip(ROUND, "每季度 不", "每两个月 不", "ZR101", "每两个月", "写“每 2 个月”", "每 2 个月"),
    slip(ROUND, "每季度 不", "每旬 不", "ZR101", "每旬", "写“每 10 日”", "每 10 日"),
    slip("表单 甲\n  数 数值 0 至 9 次\n", "9 次", "9 餐", "ZR101", "餐", "不是计量单位", ""),
    slip(LIST, "别名", "主办", "ZR130", "主办", "牵头", "牵头"),
    # rows of tables
    slip(LIST, " | 乙事 |", " |", "ZR114", "| 1 | 甲事 |", "有 2 格，表头有 3 格"),
    slip(LIST, "别名", " ", "ZR114", "乙事", "有 3 格，表头有 2 格"),
    slip(LIST, " | 乙事 |", " | 乙事", "ZR128", "事", "少了“|”", " |"),
    slip(LIST, "| 1 |", "1 |", "ZR115", "1 | 甲事 | 乙事 |", "开头没有“|”", "| "),
    # indentation, days
    slip(ORDER, "  默认", "   默认", "ZR112", "默认", "缩进"),
    slip(RULE, "  当", "      当", "ZR112", "拒绝", "缩进"),
    slip(RULE, "  当", "\t当", "ZR110", "\t", "制表符", "  "),
    slip(RULE, "  当", "当", "ZR106", "当", "不是能起头的词"),
    slip("参数 数 2024-01-01 起 3 次\n", "01-01", "01", "ZR101", "2024-01", "写全年、月、日"),
    slip('政策 B "题"\n  施行 2024-01-01\n', "-01-01", "年1月", "ZR101", "2024年1月", "写全年"),
    slip("参数 数 2024-01-31 起 3 次\n", "01-31", "02-30", "ZR111", "2024-02-30", "日期"),
]


def found_in(text: str) -> list[Diagnostic]:
    _, found = parse(Source("slip.policy", text))
    return found


@pytest.mark.parametrize(
    "text", [RULE, MONEY, LIST, ORDER, FLOW, TEST, LESS, BAND, CELLS, ENTER, ROUND]
)
def test_the_texts_without_slips_have_no_findings(text: str) -> None:
    assert not found_in(text)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.code} {slip.underlined}"[:20])
def test_a_slip_is_one_finding_where_it_is(slip: Slip) -> None:
    (found,) = found_in(slip.text)
    assert found.code == slip.code
    assert slip.text[found.span.start : found.span.end].startswith(slip.underlined)
    told = f"{found.zh}；{found.help_zh}；{found.fix.zh if found.fix else ''}"
    assert slip.said in told
    if slip.mended:
        assert found.fix is not None
        assert [edit.text for edit in found.fix.edits] == [slip.mended]


@pytest.mark.parametrize(
    "slip", [each for each in SLIPS if each.mended], ids=lambda slip: slip.underlined[:20]
)
def test_the_fix_of_a_slip_leaves_nothing_to_find(slip: Slip) -> None:
    text = slip.text
    (found,) = found_in(text)
    assert found.fix is not None
    for edit in sorted(found.fix.edits, key=lambda one: -one.span.start):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert not found_in(text)


def test_a_word_of_the_language_is_no_two_words_run_together() -> None:
    found = found_in(RULE.replace("类别 为", "类别 或 不为"))
    assert found
    assert "ZR103" not in [each.code for each in found], found
