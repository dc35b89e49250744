"""Sets of files made to hurt: damaged bytes, odd encodings, deep nesting, hostile names, circles."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"


def _texts(*patterns: str) -> list[str]:
    paths = [path for pattern in patterns for path in sorted(FIXTURES.glob(pattern))]
    return [path.read_text(encoding="utf-8") for path in paths if path.stat().st_size < 3_000]


POLICY = _texts("parity/*.policy", "check/ZR[2346]*/bad.policy", "syntax/good/*.policy")
YAML = _texts("parity/*.yaml", "check/ZR8*/*.yaml")
SHEETS = [
    "编号,事项,牵头,频次,要求,自\n"
    "A,调解纠纷,区民政局、区司法局,每年 不超过 4 次,-,2021-01-01\n"
    'B,"低保,核查",街道,不限,"经费到位 否则 暂缓 ""经费未到""",2021年1月1日\n',
    "名称\t层级\t上级\t别名\n甲局\t部门\t某区\t甲、乙\n",
    "起止;范围\n2026-01-01 至 2026-03-31;甲社区\n",
]
TAKING = [
    '政策 X “甲”\n清单 甲 类型 协助 取自 "{name}"\n',
    '单位 取自 "{name}"\n',
    '台账 甲(起止, 范围) 取自 "{name}"\n',
    "清单: {甲: {类型: 协助, 取自: '{name}'}}\n",
]

BIDI = "\u202e\u2066\u2069\u200f\u202a\u061c"
NAMES = [
    *(BIDI + "名", "甲\x00乙", "../../etc/passwd", "/dev/zero", "C:\\CON", "~root", "a" * 10_000),
    *("名" * 10_000, "\ufeff", "\u0301" * 200, "𠮷" * 50, "%s%n{0}{name}", "$(rm)", "<script>"),
    *("..", ".", "", " ", "\\\\server\\x", "file:///etc/passwd", "数据.csv", "集.policy"),
    *("政策", "null", "\u2028", "\x85", "\x1b[31m", "'; --", "NaN", "1e999", "9" * 400),
]
BOMBS = [
    lambda n: "[" * n,
    lambda n: "{a: " * n,
    lambda n: "- " * n,
    lambda n: "? " * n,
    lambda n: "(" * n,
    lambda n: "".join(" " * i + "a:\n" for i in range(min(n, 120))),
    lambda n: "a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(min(n, 50))),
    lambda n: "&a [*a]\n",
    lambda n: "!!python/object/apply:os.system ['true']\n",
    lambda n: "甲" * n,
    lambda n: "| " * n + "|\n",
    lambda n: "a,\n" * min(n, 500),
    lambda n: '"' * n,
    lambda n: "#" * n,
    lambda n: "\n" * n,
    lambda n: "公式 a = " + "非 " * n + "a\n",
    lambda n: "政策 A “a”\n  上位 " + "、".join(f"B{i}" for i in range(min(n, 40))) + "\n",
]
SIGNS = [
    *"，、：；。“”\"'()（）[]【】{}|｜#→-<>=/+*%\\&*!?@`\n\t\r,;　",
    "\u200b",
    "\x00",
    "\x07",
    "\ufeff",
]
ENCODINGS = ["utf-8"] * 12 + ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5",
                             "utf-7", "utf-32", "latin-1"]  # fmt: skip


def hostile_text(rng: random.Random, text: str) -> str:
    """Return a text with pieces cut out, doubled, put in."""
    for _ in range(rng.randint(0, 4)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((0, 1, 3, 20)))
        piece = rng.choice(
            (
                lambda: "",
                lambda: rng.choice(SIGNS) * rng.choice((1, 1, 2, 9)),
                lambda: rng.choice(NAMES),
                lambda: rng.choice(BOMBS)(rng.choice((3, 40, 70, 1_000))),
                lambda text=text, at=at, to=to: text[at:to] * rng.choice((2, 3, 50)),
                lambda: rng.choice(rng.choice((POLICY, YAML, SHEETS))),
            )
        )()
        text = text[:at] + piece + text[to:]
    return text[:60_000]


def hostile_bytes(rng: random.Random, text: str) -> bytes:
    """Return a text in some encoding, now and then cut off, mixed or damaged."""
    data = text.encode(rng.choice(ENCODINGS), "replace")
    kind = rng.random()
    if kind < 0.1:
        return data[: rng.randrange(len(data) + 1)]
    if kind < 0.2:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.randbytes(rng.randint(1, 8)) + data[at + rng.randint(0, 3) :]
    if kind < 0.25:
        return data + rng.choice(POLICY).encode("gb18030")
    if kind < 0.27:
        return rng.randbytes(rng.randrange(2_000))
    return data


def _policy(rng: random.Random) -> tuple[str, str]:
    return "甲.policy", hostile_text(rng, rng.choice(POLICY))


def _yaml(rng: random.Random) -> tuple[str, str]:
    return "乙.yaml", hostile_text(rng, rng.choice(YAML))


def _sheet(rng: random.Random) -> tuple[str, str]:
    return rng.choice(("数据.csv", "数据.yaml")), hostile_text(rng, rng.choice(SHEETS))


def _taking(rng: random.Random) -> tuple[str, str]:
    name = rng.choice(["数据.csv"] * 8 + ["数据.yaml", *NAMES])
    template = rng.choice(TAKING)
    path = "丁.yaml" if template.startswith("清单:") else "丁.policy"
    text = template.replace("{name}", name)
    return path, text if rng.random() < 0.7 else hostile_text(rng, text)


def _circle(rng: random.Random) -> tuple[str, str]:
    code, upper = rng.sample(("P", "Q", "R"), 2)
    return "戊.policy", f"政策 {code} “圈”\n  上位 {upper}、{rng.choice(('P', 'Q', 'X'))}\n"


MADE: tuple[Callable[[random.Random], tuple[str, str]], ...] = (
    *(_policy, _policy, _yaml, _yaml),
    *(_sheet, _taking, _circle),
)


def write_hostile(rng: random.Random, folder: Path) -> None:
    """Fill the folder `集` beside two sets that stand under each other."""
    place = folder / "集"
    place.mkdir(parents=True)
    makers = [rng.choice(MADE) for _ in range(rng.randint(1, 3))]
    if _taking in makers:
        makers.append(_sheet)
    for maker in makers:
        name, text = maker(rng)
        (place / name).write_bytes(hostile_bytes(rng, text))
    for code, upper in (("P", "Q"), ("Q", "P")):
        (folder / f"{code}.policy").write_text(f"政策 {code} “圈”\n  上位 {upper}\n", "utf-8")
