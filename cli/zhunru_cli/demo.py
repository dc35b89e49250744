"""`zhunru demo`: telling requests on the shipped Weihai set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from zhunru_cli.surface import Command, Surface, shared_options

if TYPE_CHECKING:
    from zhunru.compiler import CompiledPolicy

SET = "weihai"
# A day of its own: the pages are the same whenever it is shown.
RECEIVED = date(2026, 3, 2)


@dataclass(frozen=True)
class Example:
    """A request worth showing, and what it shows; `role` vouches for its facts."""

    zh: str
    en: str
    facts: dict[str, str]
    role: str | None = None


def _task(sender: str, matter: str, **facts: str) -> dict[str, str]:
    common = {"目标社区": "幸福社区", "类别": "行政任务", "承担方式": "协助"}
    day = {"拟进入日期": "2026-03-09"}
    return {"来文单位": sender, "事项": matter, **common, **day, **facts}


EXAMPLES = (
    Example(
        "摊派应用：只凭类别就能拒绝，不再追问别的",
        "an app is pushed onto communities: the category alone settles it",
        {"来文单位": "区市场监管局", "类别": "系统应用", "事项": "反诈应用推广"},
    ),
    Example(
        "部门考核：指明应由谁统一组织",
        "an assessment by a department: who should organise it instead",
        {
            "来文单位": "区教育和体育局",
            "目标社区": "幸福社区",
            "类别": "检查考核",
            "事项": "年度考核",
        },
    ),
    Example(
        "要求开健在证明：指明该找谁",
        "a certificate that communities do not issue: whom to ask instead",
        {"目标社区": "幸福社区", "类别": "出具证明", "事项": "健在证明"},
    ),
    Example(
        "下放事项，街道确认经费已到：准入",
        "a delegated matter, the street confirms the money: admitted",
        _task("区民政局", "老年人优待证代办", 经费到位="是"),
    ),
    Example(
        "同一事项，来文单位自称经费已到：不作数，请街道确认",
        "the same, but the sender itself claims the money: it does not count",
        _task("区民政局", "老年人优待证代办", 经费到位="是"),
        role="系统",
    ),
    Example(
        "同一事项，经费没到：暂缓，并说明怎样可以准入",
        "the same without the money: deferred, and what would admit it",
        _task("区民政局", "老年人优待证代办", 经费到位="否"),
    ),
    Example(
        "应急响应期间：先行准入，同时记下补办期限",
        "during an emergency: admitted at once, with a duty and its due date",
        _task("区卫健局", "入户排查", 应急响应="有效"),
    ),
    Example(
        "没有列入清单的工作：拒绝，列出名称相近的条目供核对",
        "work on no list: refused; entries with a similar title are shown",
        _task("区民政局", "老年优待证办理", 经费到位="是"),
    ),
)

NEXT = (
    "zhunru decide weihai 类别=出具证明 事项=亲属关系证明 用途=办理公证",
    "zhunru check weihai",
    "zhunru test weihai",
    "zhunru new set 我的规则集",
)


@click.command("demo", cls=Command)
@shared_options
def demo(surface: Surface) -> int:
    """Decide the requests of the demonstration, one page each."""
    from zhunru import open_policy

    policy = open_policy(SET)
    surface.print(surface.say("demo.title", n=len(EXAMPLES)))
    for number, example in enumerate(EXAMPLES, 1):
        surface.print("\n" + _page(number, example, policy, surface))
    surface.print("\n" + surface.say("demo.next"))
    for line in NEXT:
        surface.print(f"  {line}")
    return 0


def _page(number: int, example: Example, policy: CompiledPolicy, surface: Surface) -> str:
    from zhunru import decide, read_requests
    from zhunru_cli.page import render_page

    rows = read_requests([example.facts], policy, received=RECEIVED, asserted_by=example.role)
    request = next(iter(rows)).request
    assert request is not None
    title = example.zh if surface.language == "zh" else example.en
    given = " ".join(f"{name}={value}" for name, value in example.facts.items())
    if example.role:
        given += f" --as {example.role}"
    heading = surface.style(f"{number}. {title}", bold=True)
    page = render_page(decide(policy, request), surface)
    return f"{heading}\n{surface.say('demo.given')}{given}\n{page}"
