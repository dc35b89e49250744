"""What official lists call their columns, beside the headings of the language."""

from __future__ import annotations

from collections.abc import Collection

# Heading of the language, and the words of official lists for it; the first one is written.
LIST_WORDS: dict[str, tuple[str, ...]] = {
    "编号": ("事项编号", "编码", "事项编码", "代码"),
    "事项": ("事项名称", "工作事项", "事项内容", "证明名称", "证明事项名称"),
    "牵头": ("牵头单位", "牵头部门", "主管部门", "责任部门", "责任单位", "主办单位", "主办"),
    "会同": ("会同单位", "配合单位", "配合部门", "协办单位", "协同部门", "协办", "配合"),
    "依据": ("设定依据", "法律依据", "法律法规依据", "政策依据", "政策法规依据", "工作依据"),
    "频次": ("工作频次", "办理频次", "频率"),
    "别名": ("事项简称", "简称"),
    "自": ("起始日期", "生效日期", "施行日期"),
    "至": ("截止日期", "终止日期", "失效日期"),
    "材料": ("所需材料", "申请材料"),
    "改由": ("替代途径", "应由"),
}
UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "名称": ("单位名称", "机构名称", "部门名称"),
    "层级": ("单位层级", "级别", "行政级别"),
    "上级": ("上级单位", "主管单位", "隶属单位", "所属单位", "parent"),
    "别名": ("简称", "单位简称"),
    "角色": ("承担角色",),
    "自": ("成立日期", "起始日期"),
    "至": ("撤销日期", "截止日期"),
}
INDICATOR_WORDS: dict[str, tuple[str, ...]] = {
    "类": ("类别", "一级指标", "项目类别"),
    "指标": ("指标名称", "二级指标", "评价指标", "考评指标", "标准内容"),
    "权重": ("权重比例", "占比"),
    "满分": ("分值", "标准分", "分数"),
    "由": ("评分人", "评分主体"),
}


def other_words(words: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the heading of the language by the word of a list."""
    return {word: heading for heading, several in words.items() for word in several}


# Lists first: most tables are lists, and where two know a word the table's own headings decide.
_OFFICIAL = [
    (word, heading)
    for words in (LIST_WORDS, UNIT_WORDS, INDICATOR_WORDS)
    for word, heading in other_words(words).items()
]


def official_heading(word: str, headings: Collection[str]) -> str:
    """Return which of these Chinese headings official lists call so, or an empty text."""
    found = (heading for each, heading in _OFFICIAL if each == word and heading in headings)
    return next(found, "")
