"""Whole sets at random with texts that notations might take for signs of their own."""

from __future__ import annotations

import random

_ODD = (
    "低保核查", "3%以内", "“两委”换届", "A或B", "协助（示例）", "1#楼", "12345热线", "准入 供热", "由 街道 办",
    "- ", "无", "是", "否", "每年 4 次", "2026-01-01", "2026年1月1日", "100 万元", "1,000", '"引号"', "It's",
    "：冒号", "a: b", "# 井号", "x # y", "，逗号", "、顿号", "；分号", "当 类别 为 甲", "→ 去向", "\\", "反斜\\n",
    "【栏】", "全角ＡＢＣ１２", "〔2020〕5号", "100%", "1.50", "007", "~", "null", "yes", "[方括号]", "{花}",
    "*号", "&锚", "!叹", "@at", "%", "> 大", "| 竖", "很长" * 40, "依据", "出处 S0-1", "施行 2021-01-01", "待核实",
    "若", "不超过 3 次", "=1+1", "+86", "第一条、第二条", "é", "😀表情", "①", "㎡", "Ⅳ", "１０％",
)  # fmt: skip
_FORM = """  来文单位 单位
  目标社区 单位 必填
  事项 事项 必填
  经费 金额 0 至 10000000
  比重 比例
  类别 枚举 甲类、乙类、[丙 类]、[1 号]
  标签 多选 红、黄、蓝
  收件 日期
  户数 数值 0 至 100000 户
  齐备 是否 缺省 否
  备注说明 文本"""
_HEAD = """  印发 区民政局
  施行 2024-01-01
单位
  | 名称 | 层级 | 上级 |
  | 甲区 | 区级 | - |
  | 区民政局 | 部门 | 甲区 |
  | 一街道 | 街道 | 甲区 |
角色 社区居委会 每个 社区"""
_CONDITIONS = (
    "-", "类别 为 甲类", "经费 超过 15000 元 且 比重 不超过 12.5%", "类别 属于 甲类、[1 号]",
    "收件 早于 2025-01-01",
)  # fmt: skip


def odd_set(seed: int) -> str:
    """Return the text of a set that checks; the same for the same seed."""
    return _Maker(random.Random(seed)).text()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.hit = rng.choice(("首行", "合计", "最大", "汇集", "各行", "唯一一行"))
        self.sums = self.hit in ("合计", "最大")

    def text(self) -> str:
        rules = [self._rule(at) for at in range(self.rng.randint(0, 3))]
        named = "".join(f"    规则{at}\n" for at in range(len(rules)))
        parts = [
            f"政策 S-{self.rng.randint(1, 99)} {self._quoted()}\n{_HEAD}",
            f"依据 办法 {self._quoted()}\n  公布 2014-02-21 施行 2014-05-01",
            f"表单 来件\n{_FORM}",
            self._parameters(),
            self._table(),
            self._list(),
            *rules,
            f"判定 准入判定 对象 来件\n  依次\n{named}    清单甲\n  默认 拒绝 {self._quoted()}",
            self._workflow(),
        ]
        return "\n".join(parts) + "\n"

    def _odd(self) -> str:
        found = self.rng.choice(_ODD)
        if self.rng.random() < 0.3:
            found += self.rng.choice(_ODD)
        return found.strip() or "空"

    def _quoted(self) -> str:
        text = self._odd().replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'

    def _cell(self) -> str:
        return self._odd().replace("|", "\\|")

    def _parameters(self) -> str:
        pick = self.rng.choice
        return (
            f"参数 年限额 自 2024-01-01 {pick((4, 12))} 次, 自 2025-01-01 {pick((3, 9))} 次\n"
            f"参数 起付 {pick(('100 元', '15000 元', '12.50 元', '0.5 元'))}\n"
            f"参数 上浮 {pick(('5%', '12.5%', '100%'))}\n参数 规模 2000 至 3000 户"
        )

    def _table(self) -> str:
        type_ = "" if self.sums else " 文本"
        lines = [f"对照表 定档 取 {self.hit}", f"  | 户数 | 类别 | → 结果{type_} |"]
        for at in range(self.rng.randint(1, 4)):
            kinds = self.rng.choice(("-", "甲类", "甲类、乙类", "非 甲类", "[丙 类]、[1 号]"))
            amount = self.rng.choice(("100 元", "15000 元", "0.5 元"))
            result = amount if self.sums else self._cell()
            lines.append(f"  | {at * 100} 至 {at * 100 + 99} | {kinds} | {result} |")
        return "\n".join(lines)

    def _list(self) -> str:
        kind = self.rng.choice(("协助", "职责", "准入"))
        lines = [f"清单 清单甲 {self._quoted()} 类型 {kind} 主体 社区居委会"]
        if kind != "职责":
            lines.append(f"  要求 齐备 否则 暂缓 {self._quoted()}")
        more = self.rng.sample(("备注", "来源", "频次", "当", "牵头", "自"), self.rng.randint(0, 4))
        lines.append("  | " + " | ".join(["编号", "事项", *more, "依据"]) + " |")
        for at in range(self.rng.randint(1, 5)):
            # The number keeps matters apart, and from words for an empty cell.
            row = [f"X-{at}", f"{self._cell()}项{at}", *(self._of(head) for head in more)]
            row.append(self.rng.choice(("办法 第四条", "办法 第一条、第三条第二款", "-")))
            lines.append("  | " + " | ".join(row) + " |")
        return "\n".join(lines)

    def _of(self, head: str) -> str:
        known = {
            "频次": ("每年 不超过 4 次", "-", "每月 不超过 1 次"),
            "当": _CONDITIONS,
            "牵头": ("区民政局", "区民政局、一街道", "-"),
            "自": ("2024-06-01", "-"),
        }
        return self.rng.choice(known[head]) if head in known else self._cell()

    def _rule(self, at: int) -> str:
        condition = self.rng.choice(
            (
                "类别 为 乙类", "经费 超过 起付", "比重 不低于 上浮", "标签 包含 红", "户数 在 规模 之内",
                f"备注说明 为 {self._quoted()}", "收件 不晚于 2025-02-03 且 非 齐备",
                "类别 属于 甲类、[丙 类]",
            )
        )  # fmt: skip
        outcome = self.rng.choice(("拒绝", "暂缓"))
        return (
            f"规则 规则{at} 依据 办法 第{at + 1}条\n  当 {condition}\n"
            f"  {outcome} {self._quoted()} 代码 码{at}"
        )

    def _workflow(self) -> str:
        said = self._odd().replace("【", "").replace("】", "").replace("\\", "").replace('"', "")
        limit = self.rng.choice(("2 个工作日", "1 个工作日 停表", "90 分钟", "4 个工作小时"))
        when = self.rng.choice(
            ("类别 为 甲类", "经费 超过 15000 元", "齐备 或 类别 属于 甲类、[1 号]")
        )
        times = self.rng.randint(1, 2)
        return (
            f'文书 告知 {self._quoted()}\n  正文 "【来文单位】{said}"\n'
            f"流程 办件 {self._quoted()} 止于 办结、[挂 账]\n"
            "  约束 自 受理 至 办结 不超过 40 个工作日\n"
            "  | 环节 | 由 | 限 | 办理 → 去向 | 到期 → 去向 |\n"
            f"  | 受理 | 一街道 | {limit} | 收(备注说明) 当 {when} → [办 理]；退 → [挂 账]"
            " | 逾期 → [办 理] 并 记 [超 期]、签发 告知 给 来文单位 |\n"
            "  | [办 理] | 会办 一街道、区民政局 牵头 一街道 | 5 个工作日 | 全部 同意 → 办结；"
            f"任一 不同意 → 受理 不超过 {times} 次，满后 → [挂 账] 并 通知 区民政局"
            " | 期满 未复视同 同意 → 办结 |"
        )
