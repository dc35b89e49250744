"""Words that people use for a keyword: not misspelt, only not the word of the language.

They stay free as names: a list may be called 名单, a state 结束. Only where nothing else can be
read are they taken for a keyword, and then the mend is shown, not made.
"""

from __future__ import annotations

from collections.abc import Mapping

# Terminal of grammar/keywords.lark, and what official documents and other systems say for it.
USUAL: dict[str, tuple[str, ...]] = {
    # Declarations
    "POLICY": ("办法", "制度", "方案", "规定", "法规", "policies"),
    "BASIS": ("法律依据", "政策依据", "文件", "法条", "law", "source"),
    "UNIT": ("机构", "部门", "组织", "组织机构", "organization", "organisation", "department"),
    "ROLE": ("岗位", "职务", "人员", "身份", "position"),
    "FORM": ("表格", "申请表", "来件", "请求", "request", "schema"),
    "REGISTER": ("登记簿", "名册", "数据", "底册", "信息表", "registry", "records"),
    "PARAMETER": ("常量", "常数", "变量", "标准", "constant", "variable"),
    "LIST": ("目录", "名单", "事项清单", "catalogue", "catalog"),
    "ENTRY": ("事项", "条", "项目", "item"),
    "RULE": ("条款", "规定", "规范", "clause"),
    "TABLE": ("映射表", "决策表", "映射", "对应表", "mapping", "lookup"),
    "FORMULA": ("计算", "算法", "函数", "function"),
    "DECIDE": ("决定", "判断", "决策", "裁定", "decision", "evaluate"),
    "WORKFLOW": ("工作流", "程序", "办理流程", "流转", "process", "procedure"),
    "CALENDAR": ("工作时间", "作息", "办公时间", "hours"),
    "RECURRING": ("周期", "例行", "定时", "periodic", "schedule"),
    "SCORECARD": ("考核", "考评", "评分", "测评", "评估", "scores"),
    "CHECK": ("检查", "核对", "校验", "审核", "audit"),
    "DOCUMENT": ("通知书", "文件", "公文", "letter"),
    "TEST": ("用例", "例子", "案例", "示例", "example"),
    # Heads
    "ISSUER": ("制定", "发布", "印发单位", "发文机关", "发文单位", "publisher", "issued"),
    "JOINTLY": ("协同", "配合", "联合", "together"),
    "TERRITORY": ("范围", "适用范围", "地区", "区域", "scope", "area", "applies"),
    "EFFECTIVE": ("生效", "实施", "起施行", "开始"),
    "TO": ("到", "截至", "截止", "直到", "until", "till"),
    "UNDER": ("继承", "上位法", "extends", "inherits", "parent", "base"),
    "ISSUED": ("发布", "颁布", "印发", "published"),
    "REFERENCE": ("发文字号", "文件号", "编号", "number"),
    "LEVEL": ("级别", "等级", "rank"),
    "SUPERIOR": ("隶属", "上级单位", "主管", "parent"),
    # Fields and clauses
    "REQUIRED": ("必须", "必需", "必选", "mandatory"),
    "OPTIONAL": ("选填", "可选", "可空", "可为空", "nullable"),
    "CURABLE": ("可更正", "可补正", "可修改", "correctable"),
    "GOVERNING": ("适用日期", "基准日", "收件日", "applies-on"),
    "OWNER": ("承办", "承担单位", "责任主体", "被派单位", "addressee", "recipient"),
    "SECRET": ("不公开", "隐私", "涉密", "敏感", "confidential"),
    "WHEN": ("如果", "若是", "条件", "当且仅当", "where", "if"),
    "EXCEPT": ("例外", "但是", "除非", "unless"),
    "REQUIRE": ("必须", "应当", "须", "前提", "must"),
    "OTHERWISE": ("不然", "不符合则", "else"),
    "QUOTA": ("上限", "配额", "总量", "limit"),
    "LEAD": ("主办", "主责", "责任单位", "牵头单位"),
    "DUTY": ("责任", "任务", "obligation"),
    "BY": ("负责人", "责任人", "责任单位", "主办", "负责", "承办", "经办", "owner", "assignee"),
    "WITHIN": ("时限", "期限", "限时", "限期", "办理时限", "deadline", "due"),
    "INSTEAD": ("转办", "转由", "改为"),
    "RETURN": ("退还", "退给", "退件"),
    "MATERIALS": ("附件", "所需材料", "申请材料"),
    "ADMIT": ("同意", "批准", "通过", "允许", "allow", "permit", "approve", "accept", "grant"),
    "REFUSE": ("不准入", "不同意", "驳回", "禁止", "不予准入", "deny", "reject"),
    "DEFER": ("延后", "推迟", "缓办", "postpone", "delay"),
    # Decide, test
    "ORDER": ("顺序", "按顺序", "次序", "步骤", "steps"),
    "GIVEN": ("如果", "倘若", "若是", "假定", "设", "假设", "前提", "输入", "assume"),
    "THEN": ("结果", "期望", "应为", "expect"),
    # Workflows
    "STATE": ("步骤", "节点", "阶段", "状态", "工序", "step", "node", "stage"),
    "ENDING": ("结束", "终点", "终止", "终态", "结束于", "终止于", "完成", "end", "ends", "final"),
    "OVERDUE": ("超时", "超期", "过期", "延误", "late", "timeout"),
    "EXPIRY": ("到期", "届满", "时间到"),
    "JOINT": ("会签", "并行", "联办", "parallel"),
    "MEETING": ("开会", "会商", "表决", "投票", "vote"),
    "ENSURE": ("限制", "规约", "不变式", "constraint", "constraints"),
    "REMIND": ("预警", "提示", "alert"),
    "SUSPENDABLE": ("可暂停", "可中止", "可挂起"),
    "EXTENDABLE": ("可延长", "可以延期", "可展期"),
    "VALID": ("有效期", "有效期为", "有效期限", "有效期限为"),
    "NOTIFY": ("通报", "发送", "send"),
}

# Words of other systems for the words that a place takes: types of fields, kinds of lists.
_VALUES: dict[str, tuple[str, ...]] = {
    "文本": ("文字", "字符", "字符串", "字符型", "说明"),
    "数值": ("数字", "数字型", "整数", "小数", "数量"),
    "金额": ("钱", "货币", "人民币"),
    "比例": ("百分比", "百分数", "比率"),
    "时刻": ("时间", "日期时间", "时间点"),
    "时段": ("时间段", "起止时间", "期间"),
    "是否": ("布尔", "布尔型", "真假", "对错", "判断", "勾选"),
    "枚举": ("单选", "下拉", "下拉框", "选项", "选择"),
    "多选": ("复选", "复选框"),
    "单位": ("部门", "机构"),
    "单位组": ("多个单位", "部门组"),
    "人员": ("姓名", "人", "个人"),
    "附件": ("文件", "上传"),
    "text": ("string", "str"),
    "number": ("integer", "int", "decimal", "float"),
    "money": ("amount", "currency"),
    "ratio": ("percent", "percentage"),
    "moment": ("datetime", "timestamp", "time"),
    "span": ("period", "duration", "interval"),
    "flag": ("boolean", "bool", "yesno", "checkbox"),
    "choice": ("enum", "enumeration", "select", "option"),
    "choices": ("multiselect", "multiple"),
    "unit": ("organization", "organisation", "department"),
    "person": ("people", "name"),
    "attachment": ("file", "upload"),
    "职责": ("责任", "权责", "主责"),
    "协助": ("配合", "协办", "协助事项"),
    "禁止": ("负面", "禁入", "不准入", "禁止准入"),
    "证明": ("证明事项", "盖章"),
    "responsibility": ("duties", "duty"),
    "prohibition": ("forbidden", "negative", "deny"),
}
USUAL_VALUES: Mapping[str, str] = {
    word: value for value, several in _VALUES.items() for word in several
}


def _by_word() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for terminal, words in USUAL.items():
        for word in words:
            found.setdefault(word, []).append(terminal)
    return found


_TERMINALS: Mapping[str, list[str]] = _by_word()


def meant_by(word: str) -> list[str]:
    """Return the terminals of the keywords that people may mean by a word, the likelier first."""
    return _TERMINALS.get(word, [])
