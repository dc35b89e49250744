"""A small set with quotas, a register that a workflow writes, and workflows of every shape."""

from __future__ import annotations

from functools import cache

from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.diagnostics import has_errors
from zhunru.syntax.loader import load_text

TEXT = """政策 JY-9 "测试用准入办法"
  印发 区民政局
  适用 江源区
  施行 2021-01-01
依据 条例 "社会救助暂行办法"
  层级 行政法规
  公布 2014-02-21
  施行 2014-05-01
单位
  | 名称     | 层级 | 上级   | 角色       |
  | 江源区   | 区级 | -      | -          |
  | 区民政局 | 部门 | 江源区 | 审批部门   |
  | 区卫健局 | 部门 | 江源区 | -          |
  | 区督查室 | 部门 | 江源区 | -          |
  | 街道办   | 街道 | 江源区 | -          |
  | 森工     | 社区 | 街道办 | 社区居委会 |
  | 富强     | 社区 | 街道办 | 社区居委会 |
角色 社区居委会 每个 社区 1 个
角色 审批部门
表单 来件
  来文单位 单位 由 系统 确认
  目标社区 单位 主体 必填
  事项 事项
  类别 枚举 行政任务、检查考核
  承担方式 枚举 主责、协助 默认 协助
  拟进入日期 日期 适用日 必填
  经费到位 是否 由 街道 确认
表单 申请
  理由 文本
  月数 数值 1 至 12
  佐证 文本
  意见 文本
台账 临时准入
  事项 事项
  来文单位 单位
  起止 时段
参数 年限额 3 次
规则 检查总量 依据 条例 第四条
  当 类别 为 检查考核
  限额 每个 目标社区 每年 不超过 年限额 否则 拒绝 "本年检查次数已满" 代码 年已满
  限额 每个 目标社区 任意连续 7 日 不超过 2 否则 暂缓 "七日内已达上限" 代码 七日已满
  计次 按 目标社区、拟进入日期
清单 统一检查 "统一组织的检查" 类型 准入 主体 社区居委会
  | 编号  | 事项     | 牵头     | 依据        |
  | JC-01 | 联合检查 | 区民政局 | 条例 第四条 |
清单 协助 "协助事项" 类型 协助 主体 社区居委会
  要求 承担方式 为 协助 否则 拒绝 "协助不得转为主责"
  要求 经费到位 否则 暂缓 "经费到位后再安排" 代码 缺经费
  | 编号  | 事项     | 牵头     | 依据           | 流程     |
  | XZ-01 | 低保核查 | 区民政局 | 条例 第四条    | 协助办理 |
  | XZ-02 | 入户登记 | 区卫健局 | 条例 第四条    | -        |
判定 社区准入 对象 来件
  用语 准入、不予准入、暂缓准入、请补正
  依次
    检查总量
    统一检查
    协助
    临时准入
  默认 拒绝 "未列入清单" 退回 来文单位 可申请 准入申请
流程 协助办理 "社区协助" 止于 办结
  | 环节 | 由       | 限         | 办理 → 去向              | 到期 → 去向          |
  | 接件 | 目标社区 | 2 个工作日 | 接件 → 办理              | 逾期 → 办理          |
  | 办理 | 目标社区 | 5 个工作日 | 完成(佐证) → 办结        | 逾期 → 办理 不限次 并 催办 街道办 |
流程 准入申请 "申请准入" 止于 准入、不予准入
  | 环节 | 由       | 限         | 办理 → 去向                                              | 到期 → 去向     |
  | 草拟 | 来文单位 | 不限时     | 提交(理由, 月数) → 审批                                  | -               |
  | 审批 | 审批部门 | 3 个工作日 | 同意 → 生效 并 登记 临时准入 临时 有效 月数;不同意(意见) → 不予准入 | 逾期 → 不予准入 |
  | 生效 | 街道办   | 月数       | 提前退出(理由) → 准入                                    | 期满 → 准入     |
  到达 不予准入 时 签发 通知书 给 来文单位
  到达 准入 时 注销 临时准入
流程 联办 "分给社区办，办完归总" 止于 办结
  | 环节 | 由       | 限          | 办理 → 去向              | 到期 → 去向 |
  | 交办 | 区民政局 | 不限时      | 交办(目标社区) → 等候 并 产生 协助办理 | - |
  | 等候 | 区民政局 | 10 个工作日 | 归总(意见) → 办结        | 逾期 → 办结 |
文书 通知书 "关于不予准入的通知"
  正文 "【来文单位】：你单位申请的“【事项】”不予准入。意见：【意见】。"
  落款 区民政局 用印
"""


def compiled(text: str) -> CompiledPolicy:
    """Return a set that must have no errors."""
    loaded, found = load_text(text)
    assert loaded is not None and not has_errors(found), found
    checked, more = check(loaded)
    assert checked is not None, [f"{d.code} {d.zh}" for d in more]
    return compile_policies(checked)


@cache
def small() -> CompiledPolicy:
    """Return the small set."""
    return compiled(TEXT)
