"""Write docs/overlays.md: what each place's rules change in those above them, in words.

Run `python docs/build_overlays.py` after a set under policies/ has changed (a minute or two); tests
compare. The words are those of `zhunru diff`; long lists are cut, and the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhunru import open_policy
from zhunru.analysis import compare

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "overlays.md"

# Each place against the set that it stands under; Xianning also against the national list.
PAIRS = (
    ("national", "hubei"),
    ("hubei", "xianning"),
    ("national", "xianning"),
    ("national", "jiangyuan"),
    ("national", "weihai"),
    ("national", "jin-an"),
    ("jin-an", "jin-an-community"),
    ("national", "putian"),
    ("putian", "putian-community"),
    ("national", "chaoyang"),
    ("national", "hunchun"),
    ("national", "siming"),
    ("national", "hongqi"),
    ("national", "hongqi-community"),
)
WHY = ("哪些来件", "因为")
PARTS = ("清单", "规则", "参数")
MOST = 14

HEAD = """# 各地规则与上位规则的差别 / Overlays

每个地方的规则集立在国家（或者省、市、区）规则集之下。这一页用 `zhunru diff 上位 本级` 的原话写出：
哪些来件的结论、理由、义务、去向、期限会不一样，为什么；清单、规则、参数多了什么、少了什么。
由 `python docs/build_overlays.py` 生成，不要手改。

- 判定的差别对所有可能的来件成立，不是抽样；**从严**就是没有一件来件因此更容易进社区。
- “等价”是说判定没有差别：本级只加了流程、台账、核查、评价，不改变准入不准入。
- 清单超过 {most} 条的只列前几条；举例和逐条原文请运行该命令。对照表、流程和其他声明没有列在这一页。
- `services`、`putian-window`、`hunchun-transfer` 单独成集，上面没有规则集，没有可比的。

*What each overlay changes in the set above it, in the words of `zhunru diff`: for which requests
the answer differs and why, and what lists, rules and parameters gain or lose. Run the command for
examples, tables and workflows.*

"""


def part(old: str, new: str) -> str:
    """Return what the page says of one pair of sets."""
    found = compare(open_policy(old), open_policy(new))
    lines = [f"## {title(old)} → {title(new)}", "", f"`zhunru diff {old} {new}`", ""]
    return clean("\n".join([*lines, *_said(found), ""]))


def clean(text: str) -> str:
    """Leave out where something stands, which every edit moves, and say signs in words."""
    text = re.sub(r"（[^（）\s]+:\d+(?: 起)?）", "", text)
    text = re.sub(r"(?:  | → )[\w-]+/[^\s：]+:\d+", "", text)
    for sign, word in (("+", "多"), ("-", "少"), ("~", "改")):
        text = re.sub(rf"^( *)- {re.escape(sign)} ", rf"\1- {word}：", text, flags=re.MULTILINE)
    return text


def title(name: str) -> str:
    """Return the title of a set, and its folder."""
    return f"{open_policy(name).checked.title.zh}（{name}）"


def _said(found: Any) -> Iterator[str]:
    for number, section in enumerate(found.sections()):
        head = section.title.zh
        if number == 0:
            yield from (told.text.zh for told in section.lines)
        elif head.startswith("判定"):
            yield from _decision(head, section)
        elif head in PARTS:
            yield from ("", f"**{head}**", "")
            yield from _cut(
                [f"{'  ' * (told.depth - 1)}- {told.text.zh}" for told in section.lines]
            )


def _decision(head: str, section: Any) -> Iterator[str]:
    """Yield the differences of a decision: what, for which requests, and why."""
    yield from ("", f"**{head}**", "")
    label = ""
    for told in section.lines:
        # A line without a label goes on with what the one before says.
        goes_on = told.label is not None and not told.label.zh.strip()
        if told.label is not None and not goes_on:
            label = told.label.zh.strip()
        if told.depth == 1:
            yield f"- {told.text.zh}"
        elif label in WHY:
            yield f"    {told.text.zh}" if goes_on else f"  - {label}：{told.text.zh}"


def _cut(lines: list[str]) -> Iterator[str]:
    """Leave out what a long list says after its first entries."""
    inner: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("  "):
            inner.append(line)
            continue
        yield from inner[:MOST]
        if len(inner) > MOST:
            yield f"  - …… 其余 {len(inner) - MOST} 行从略"
        inner = []
        if line:
            yield line


def page() -> str:
    """Return the whole page."""
    parts = [part(old, new) for old, new in PAIRS]
    return HEAD.format(most=MOST) + "\n".join(parts)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
