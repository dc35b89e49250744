"""What official lists call their columns, beside the headings of the language."""

from __future__ import annotations

from collections.abc import Collection

from zhunru.syntax.keywords import EN, ZH, by_word
from zhunru.syntax.usual_words import meant_by

# Heading of the language, and the words of official lists for it; the first one is written.
LIST_WORDS: dict[str, tuple[str, ...]] = {
    "编号": ("事项编号", "编码", "事项编码", "代码"),
    "事项": (
        *("事项名称", "工作事项", "事项内容", "证明名称", "证明事项名称", "证明事项", "准入事项"),
        *("协助事项", "职责事项", "履职事项", "服务事项", "禁入事项", "具体事项", "吹哨事项"),
        *("使用事项", "用印事项", "办理事项", "承接事项", "下放事项", "公开事项", "负面事项"),
        *("取消事项", "保留事项", "移交事项", "委托事项", "购买事项", "代办事项", "任务名称"),
    ),
    "牵头": ("牵头单位", "牵头部门", "主管部门", "责任部门", "责任单位", "主办单位", "主办"),
    "会同": ("会同单位", "配合单位", "配合部门", "协办单位", "协同部门", "协办", "配合"),
    "依据": ("设定依据", "法律依据", "法律法规依据", "政策依据", "政策法规依据", "工作依据"),
    "频次": ("工作频次", "办理频次", "频率", "频次要求", "频率要求", "次数"),
    "别名": ("事项简称", "简称"),
    "自": (
        *("起始日期", "生效日期", "施行日期", "开始日期", "起始时间", "生效时间", "准入日期"),
        *("施行时间", "实施日期", "实施时间"),
    ),
    "至": (
        *("截止日期", "终止日期", "失效日期", "结束日期", "到期日期", "截止时间", "到期时间"),
        *("失效时间", "失效", "废止日期", "废止时间"),
    ),
    "材料": ("所需材料", "申请材料"),
    "改由": ("替代途径", "应由"),
}
UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "名称": ("单位名称", "机构名称", "部门名称"),
    "层级": ("单位层级", "级别", "行政级别", "单位级别", "机构级别", "机构层级"),
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


BASIS_WORDS: dict[str, tuple[str, ...]] = {
    "名称": ("简称", "文件简称", "法规简称", "依据名称", "文件名称", "法规名称", "法律名称"),
    "全称": ("文件全称", "法规全称", "标题", "文件标题"),
    "文号": ("发文字号", "文件号", "文件文号", "字号"),
    "层级": ("效力级别", "效力层级", "效力等级", "位阶", "文件类型", "文件类别"),
    "印发": ("发文机关", "制定机关", "发布机关", "发文单位", "印发机关", "印发单位", "发布单位"),
    "公布": ("公布日期", "发布日期", "印发日期", "成文日期", "发文日期", "公布时间", "发布时间"),
    "施行": ("施行日期", "实施日期", "生效日期", "实施时间", "施行时间", "生效时间"),
    "至": ("失效日期", "废止日期", "截止日期"),
}
FIELD_WORDS: dict[str, tuple[str, ...]] = {
    "栏目": (
        "名称",
        "栏目名称",
        "字段",
        "字段名",
        "字段名称",
        "项目",
        "填写项目",
        "数据项",
        "栏名",
    ),
    "填写": ("类型", "数据类型", "字段类型", "栏目类型", "填写方式", "填写内容", "格式", "填法"),
    "要求": ("标记", "填写要求", "是否必填", "说明", "备注", "约束"),
    "field": ("name", "label", "column"),
    "type": ("kind", "datatype", "format"),
    "marks": ("mark", "flags", "constraints"),
}
RULE_WORDS: dict[str, tuple[str, ...]] = {
    "名称": ("规则名称", "规则", "条款", "条款名称", "禁止事项", "禁令"),
    "当": ("条件", "适用条件", "适用情形", "情形", "适用范围", "触发条件", "具体情形"),
    "结论": ("处理", "处理意见", "处理结果", "处理方式", "处置", "处置意见", "结果", "办理意见"),
    "告知内容": ("理由", "告知", "告知理由", "说明", "答复", "答复内容", "提示", "提示语"),
    "改由": ("承办单位", "应由", "转办单位"),
}
STATE_WORDS: dict[str, tuple[str, ...]] = {
    "环节": ("步骤", "阶段", "流程环节", "办理环节", "环节名称", "办理步骤", "节点", "工作环节"),
    "由": (
        "责任单位",
        "承办单位",
        "责任主体",
        "办理单位",
        "责任人",
        "负责单位",
        "责任部门",
        "谁办",
    ),
    "限": ("时限", "办理时限", "期限", "办结时限", "完成时限", "时间要求", "限时", "时间"),
    "办理 → 去向": ("动作", "操作", "办理事项", "下一步", "去向", "流转", "工作内容", "办理内容"),
    "到期 → 去向": ("逾期", "超时", "逾期处理", "超期", "超期处理", "逾期去向", "到期处理", "期满"),
    "提醒": ("预警",),
    "state": ("step", "stage", "phase"),
    "by": ("who", "owner", "responsible"),
    "within": ("deadline", "limit", "duration"),
}
CHECK_WORDS: dict[str, tuple[str, ...]] = {
    "名称": ("核查名称", "核查内容", "检查内容", "核查事项"),
    "每个": ("对象", "核查对象", "检查对象"),
    "应当": ("标准", "要求", "核查标准", "检查标准"),
    "否则": ("处理", "整改", "处理方式", "处理结果"),
}


# Lists first: most tables are lists, and where two know a word the table's own headings decide.
_OFFICIAL = [
    (word, heading)
    for words in (LIST_WORDS, UNIT_WORDS, INDICATOR_WORDS)
    for word, heading in by_word(words).items()
]
# Tables that no office has as they stand; each is known by a heading that the others have not.
_OWN = {
    "文号": by_word(BASIS_WORDS),
    "填写": by_word(FIELD_WORDS),
    "告知内容": by_word(RULE_WORDS),
    "环节": by_word(STATE_WORDS),
    "应当": by_word(CHECK_WORDS),
}


def official_heading(word: str, headings: Collection[str]) -> str:
    """Return which of these headings official lists call so, or an empty text."""
    own = next((words for heading, words in _OWN.items() if heading in headings), {})
    if word in own:
        return own[word]
    found = (heading for each, heading in _OFFICIAL if each == word and heading in headings)
    return next(found, "") or (_keyword(word, headings) if own else "")


def _keyword(word: str, headings: Collection[str]) -> str:
    """Return the heading that is the keyword which people say so for."""
    spellings = EN if word.isascii() else ZH
    meant = (each for terminal in meant_by(word) for each in spellings[terminal])
    return next((each for each in meant if each in headings), "")
