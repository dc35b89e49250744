"""The workload: may this item be sent to this community? N entries with senders, dates, conditions.

An entry names the departments that may send it, the days it is in force, and one to three
conditions; what is on no list is refused. An answer is (outcome, reason, basis, item).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

Facts = dict[str, Any]
Answer = tuple[str, str, str, str]

DEPARTMENTS = tuple(f"部门{i}" for i in range(1, 41))
COMMUNITIES = tuple(f"社区{i}" for i in range(1, 21))
BASES = tuple(f"法规{i}" for i in range(1, 21))
LONGEST = 25_000  # entries of one list and one file: a file may have 16 MiB
CATEGORIES = ("行政任务", "检查考核", "出具证明", "挂牌")
MANNERS = ("主责", "协助", "知晓")
TODAY = date(2026, 6, 1)
NOT_LISTED: Answer = ("refuse", "未准入", "", "")


def list_name(number: int) -> str:
    """Return the list in which the entry of this number stands."""
    return f"协助事项{(number - 1) // LONGEST + 1}"


@dataclass(frozen=True)
class Item:
    """One entry of the list. A condition that it does not have is None (money: False)."""

    code: str
    title: str
    senders: tuple[str, ...]
    basis: str
    start: date
    end: date
    manner: str | None
    money: bool
    households: int | None
    categories: tuple[str, ...] | None

    @property
    def clause(self) -> str:
        """What an answer calls the entry."""
        return f"{list_name(int(self.code[3:]))}/{self.code}"


def items(count: int, seed: int = 1) -> list[Item]:
    """Make `count` entries: one to four senders, one to three conditions each."""
    rng = Random(seed)
    return [an_item(rng, number) for number in range(1, count + 1)]


def an_item(rng: Random, number: int) -> Item:
    has = rng.sample(("manner", "money", "households", "categories"), rng.randint(1, 3))
    start = date(2024, 1, 1) + timedelta(days=rng.randint(0, 900))
    return Item(
        code=f"XZ-{number}",
        title=f"协助办理第{number}项工作",
        senders=tuple(sorted(rng.sample(DEPARTMENTS, rng.randint(1, 4)))),
        basis=f"{rng.choice(BASES)}第{rng.choice('一二三四五六七八九')}条",
        start=start,
        end=start + timedelta(days=rng.randint(300, 1200)),
        manner="协助" if "manner" in has else None,
        money="money" in has,
        households=rng.randrange(500, 3000, 100) if "households" in has else None,
        categories=tuple(rng.sample(CATEGORIES, 2)) if "categories" in has else None,
    )


def requests(listed: list[Item], count: int, seed: int = 2) -> list[Facts]:
    """Make complete requests: one in ten asks for what is on no list, most come from a sender."""
    rng = Random(seed)
    return [a_request(rng, rng.choice(listed)) for _ in range(count)]


def a_request(rng: Random, item: Item) -> Facts:
    known = rng.random() < 0.9
    return {
        "来文单位": rng.choice(item.senders if rng.random() < 0.8 else DEPARTMENTS),
        "目标社区": rng.choice(COMMUNITIES),
        "事项": rng.choice((item.title, item.code)) if known else "没有列入的工作",
        "类别": rng.choice(CATEGORIES),
        "承担方式": "协助" if rng.random() < 0.7 else rng.choice(MANNERS),
        "经费到位": rng.random() < 0.8,
        "户数": rng.randrange(0, 3000),
        "拟进入日期": TODAY + timedelta(days=rng.randint(0, 60)),
    }


HEAD = """政策 BENCH "测速用清单"
  印发 民政局
  施行 2021-01-01
"""

FORM = """表单 来件
  来文单位 单位
  目标社区 单位 主体
  事项 事项
  类别 枚举 行政任务、检查考核、出具证明、挂牌
  承担方式 枚举 主责、协助、知晓
  经费到位 是否
  户数 数值 0 至 5000
  拟进入日期 日期 适用日
"""

LIST_HEAD = """清单 {name} 类型 协助 主体 社区居委会
  要求 来文单位 属于 牵头及下级 否则 拒绝 "来文单位不是该事项牵头单位" 代码 主体不符
"""

DECIDE = """判定 社区准入 对象 来件
  依次
    {names}
  默认 拒绝 "未列入准入清单" 代码 未准入
"""


def policy_files(listed: list[Item]) -> dict[str, str]:
    """Write the entries as the files of a policy set: one with the heads, one for each list."""
    units = [
        "单位 江源区 层级 区级",
        "单位 民政局 层级 部门 上级 江源区",
        *(f"单位 {name} 层级 部门 上级 江源区" for name in DEPARTMENTS),
        *(f"单位 {name} 层级 社区 上级 江源区 角色 社区居委会" for name in COMMUNITIES),
        "角色 社区居委会 每个 社区 1 个",
    ]
    bases = [
        f'依据 {name} "{name}全称"\n  层级 法律\n  公布 2018-12-01\n  施行 2019-01-01'
        for name in BASES
    ]
    lists = {
        list_name(start + 1): listed[start : start + LONGEST]
        for start in range(0, len(listed), LONGEST)
    }
    decide = DECIDE.format(names="、".join(lists))
    return {"set": "\n".join([HEAD, *units, *bases, FORM + decide])} | {
        name: list_text(name, some) for name, some in lists.items()
    }


def list_text(name: str, listed: list[Item]) -> str:
    lines = [line for item in listed for line in entry_lines(item)]
    return LIST_HEAD.format(name=name) + "\n".join(lines) + "\n"


def entry_lines(item: Item) -> list[str]:
    """Write one entry. Refusals stand before deferrals, as they weigh."""
    lines = [
        f'  条目 {item.code} "{item.title}"',
        f"    牵头 {'、'.join(item.senders)}",
        f"    施行 {item.start} 至 {item.end}",
    ]
    if item.manner is not None:
        lines.append(condition(f"承担方式 为 {item.manner}", "拒绝", "主责错位"))
    if item.households is not None:
        lines.append(condition(f"户数 不超过 {item.households}", "拒绝", "户数过多"))
    if item.categories is not None:
        lines.append(condition(f"类别 属于 {'、'.join(item.categories)}", "拒绝", "类别不符"))
    if item.money:
        lines.append(condition("经费到位", "暂缓", "经费未到"))
    return [*lines, f"    依据 {item.basis.replace('第', ' 第')}"]


def condition(test: str, outcome: str, code: str) -> str:
    return f'    要求 {test} 否则 {outcome} "{code},请核对" 代码 {code}'
