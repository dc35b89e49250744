"""How often, how many answers, from what score on: the numbers of duties and scorecards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from tests.shipped import compiled

from zhunru.checker import resolved_measures as m
from zhunru.measures import Rows, assess
from zhunru.measures.scoring import assess_values

DAY = date(2022, 6, 30)
SETS = ("weihai", "jin-an", "putian", "hunchun", "chaoyang", "siming", "hongqi")

# For whom, every so many of what, at least how often, and whose duty it is.
RHYTHMS = {
    "上门走访": ("分包对象", "1 MONTH", 1, "分包人"),
    "社区工作者全员培训": ("区级", "1 YEAR", 1, "市民政局"),
    "全日值班": ("社区", "1 DAY", 1, "社区居委会"),
    "挂牌整治抽查": ("社区", "6 MONTH", 1, "市民政局"),
    "网格服务之星评选": ("街道", "3 MONTH", 1, "街道"),
    "下沉服务日": ("包联单位", "1 MONTH", 1, "区直单位"),
    "党员回家服务日": ("社区", "1 MONTH", 1, "社区党组织会"),
    "微清单梳理": ("社区", "3 MONTH", 1, "社区党组织会"),
    "网格党建联席季会": ("社区", "3 MONTH", 1, "社区居委会"),
    "治安巡逻": ("社区", "1 WEEK", 1, "社区居委会"),
    "邻里守望": ("社区", "1 MONTH", 1, "社区居委会"),
    "志愿年计划": ("志愿服务站", "1 YEAR", 1, "社区居委会"),
    "志愿月主题": ("志愿服务站", "1 MONTH", 1, "社区居委会"),
    "志愿周活动": ("志愿服务站", "1 WEEK", 1, "社区居委会"),
    "岗位设立督查": ("区级", "3 MONTH", 1, "组织部门"),
    "书记一号工程调度": ("区级", "6 MONTH", 1, "组织部门"),
    "伙伴培训交流": ("参训对象", "6 MONTH", 1, "社区成长创新中心"),
    "样本社区跟踪": ("样本社区", "3 MONTH", 1, "社区成长创新中心"),
    "千户访": ("千户", "3 MONTH", 1, "社区居委会"),
    "党员值守": ("社区", "1 DAY", 1, "社区居委会"),
    "接待值班": ("社区", "1 DAY", 2, "社区居委会"),
    "全覆盖走访": ("走访户", "3 MONTH", 1, "社区居委会"),
}


@pytest.mark.rows(
    "S1-07", "S1-21", "S1-22", "S1-25", "S2-07", "S2-08", "S2-16", "S2-28", "S3-47", "S3-54",
    "S4-09", "S4-10", "S4-12", "S4-23", "S4-27", "S4-37", "S4-38",
)  # fmt: skip
def test_every_duty_of_the_places_comes_back_as_often_as_it_is_told() -> None:
    found = {
        duty.name: (duty.every, f"{duty.length} {duty.measure.name}", duty.least, duty.by)
        for name in SETS
        for duty in compiled(name).core.duties.values()
        if duty.name not in compiled("national").core.duties
    }
    assert found == RHYTHMS


# Who is asked to take part besides; all others do what they owe alone.
TOGETHER = {
    ("weihai", "挂牌整治抽查"): "市作风改进专班",
    ("jiangyuan", "区域化党建协商会"):
        "社区居委会 社区工作站 小区业委会 物业服务企业 驻区单位 社会组织 社区民警 居民代表",
    ("jiangyuan", "社区协商例会"): "居民代表 社会组织 驻区单位",
    ("jiangyuan", "三方联席会议例会"): "小区业委会 物业服务企业",
    ("jiangyuan", "党委政府研究社区建设"): "区政府 民政部门",
}  # fmt: skip


@pytest.mark.rows("S0-10", "S0-49", "S0-63", "S0-64", "S1-21")
def test_who_takes_part_in_a_duty_is_told_by_name() -> None:
    found = {
        (name, duty.name): " ".join(duty.attending)
        for name in (*SETS, "jiangyuan")
        for duty in compiled(name).core.duties.values()
        if duty.attending
    }
    assert found == TOGETHER


# Those of Jiangyuan that the source wants “now and then”: how often, and who has to be there.
REGULAR = {
    "区域化党建协商会": (
        3, 1, "社区联合党委",
        "社区居委会 社区工作站 小区业委会 物业服务企业 驻区单位 社会组织 社区民警 居民代表",
    ),
    "社区协商例会": (3, 1, "社区居委会", "居民代表 社会组织 驻区单位"),
    "物业账目公开": (3, 1, "社区物业服务站", ""),
    "物业满意度测评": (6, 1, "社区居委会", ""),
    "社区办事公开": (3, 1, "社区居委会", ""),
    "清单和证明公开": (1, 1, "社区居委会", ""),
    "心理健康讲座": (3, 1, "社区居委会", ""),
    "应急处置演练": (1, 1, "社区居委会", ""),
    "治安突出问题专项治理": (6, 1, "街道", ""),
    "乡镇治安专项治理": (6, 1, "乡镇", ""),
    "法治宣传": (3, 1, "社区居委会", ""),
}  # fmt: skip


@pytest.mark.rows("S0-28", "S0-50", "S0-63", "S0-64", "S0-65", "S0-72", "S0-74", "S0-77")
@pytest.mark.parametrize("duty", REGULAR)
def test_a_duty_of_jiangyuan_is_owed_as_often_and_with_all_who_are_named(duty: str) -> None:
    found = compiled("jiangyuan").core.duties[duty]
    assert (found.length, found.least, found.by, " ".join(found.attending)) == REGULAR[duty]


# The set, the card, how many answers it asks for ("" for none), its grades with their lines.
CARDS = [
    ("jiangyuan", "物业企业信用", 0, "守信 80 一般 60 失信"),
    ("jiangyuan", "网格责任考评", 30, "优秀 90 合格 60 不合格"),
    ("jiangyuan", "网格管理四化", 0, "良好 80 合格 60 不合格"),
    ("jiangyuan", "矛盾化解", 0, "优秀 85 合格 60 不合格"),
    ("weihai", "居民商户信用", 0, "优 90 良 75 一般 60 较差"),
    ("weihai", "社区服务体系", 0, "健全 80 待完善"),
    ("weihai", "精致幸福社区", 0, "示范 90 达标 60 待创建"),
    ("weihai", "示范创建推荐", 0, "示范 90 达标 60 待创建"),
    ("weihai", "社区工作者素质", 0, "优 80 良 60 差"),
    ("weihai", "以下评上", 10, "优秀 90 合格 60 不合格"),
    ("weihai", "社区服务满意度", 400, "满意 90 基本满意 80 不满意"),
    ("jin-an", "网格服务之星", 20, ""),
    ("jin-an", "并院成效", 0, "显著 50 有效 10 不明显"),
    ("jin-an", "家人社区", 30, "家人社区 85 熟人社区 60 生人社区"),
    ("putian", "社区人才", 0, "好 80 中 50 差"),
    ("putian", "平安村居", 30, "平安村居 90 合格 70 不合格"),
    ("putian", "红色志愿五个一", 10, "优秀 90 合格 60 不合格"),
    ("putian", "志愿项目评估", 5, "五星 90 四星 80 三星"),
    ("hunchun", "岗位设立考核", 1, "优秀 90 合格 60 不合格"),
    ("chaoyang", "社区成长", 1, "提升社区 60 潜力社区"),
    ("siming", "三个零", 30, "近邻社区 90 达标 60 未达标"),
]
ROWS = (
    "S0-50", "S0-56", "S0-71", "S0-76",
    "S1-02", "S1-03", "S1-04", "S1-07", "S1-20", "S1-30", "S1-35", "S2-16", "S2-17", "S2-31",
    "S3-13", "S3-28", "S3-45", "S3-48", "S4-10", "S4-12", "S4-22",
)  # fmt: skip


def leaves(card: m.ResolvedScorecard) -> list[m.ResolvedIndicator]:
    return [
        one
        for part in card.parts[0]
        for one in (part.indicators if isinstance(part, m.ResolvedClass) else (part,))
    ]


@pytest.mark.rows(*ROWS)
@pytest.mark.parametrize(("name", "card", "sample", "grades"), CARDS)
def test_a_grade_begins_at_its_line_and_not_below(
    name: str, card: str, sample: int, grades: str
) -> None:
    found = compiled(name).core.scorecards[card]
    words = grades.split()
    assert [grade for grade, _ in found.grades] == words[::2]
    for grade, line, below in zip(words[::2], words[1::2], words[2::2], strict=False):
        for total, expected in ((Decimal(line), grade), (Decimal(line) - Decimal("0.1"), below)):
            given = {"": {one.name: total * one.full / 100 for one in leaves(found)}}
            (scored,) = assess_values(found, given).scored
            assert scored.grade == expected, total


@pytest.mark.rows(
    "S1-20", "S1-30", "S2-16", "S2-31", "S3-13", "S3-45", "S3-48", "S4-10", "S4-12", "S4-22"
)
@pytest.mark.parametrize(("name", "card", "sample", "grades"), [c for c in CARDS if c[2]])
def test_with_one_answer_less_than_asked_nobody_is_scored(
    name: str, card: str, sample: int, grades: str
) -> None:
    policy = compiled(name)
    rows, found = Rows(policy, DAY), policy.core.scorecards[card]
    subject = assess(rows, card).scored[0].subject
    rated = {one.name: one for one in leaves(found) if one.value is None}

    def scored(answers: int) -> dict[str, Any]:
        sheet = [
            {
                "对象": subject,
                "指标": one,
                "得分": leaf.full / 2,
                "评分人": (leaf.raters or found.raters)[0],
            }
            for one, leaf in rated.items()
            for _ in range(answers)
        ]
        done = next(one for one in assess(rows, card, sheet).scored if one.subject == subject)
        return {step.name: step.score for step in done.steps if step.name in rated}

    assert set(scored(sample - 1).values()) == {None}
    assert None not in scored(sample).values()
