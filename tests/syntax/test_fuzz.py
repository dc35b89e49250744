"""Damaged files give findings, never an exception, in bounded time."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies.effort import examples

from zhunru.diagnostics import Source
from zhunru.syntax.keywords import EN, ZH
from zhunru.syntax.parser import parse, parse_part

FIXTURES = Path(__file__).parents[1] / "fixtures"
SEEDS = [
    path.read_text(encoding="utf-8")
    for pattern in ("check/ZR1*/*.policy", "syntax/good/*.policy", "parity/*.policy")
    for path in sorted(FIXTURES.glob(pattern))
    if path.stat().st_size < 20_000
]
WORDS = [word for words in (ZH, EN) for one in words.values() for word in one]
SIGNS = [
    *"，、；：。“”\"'()（）[]【】{}|｜#→-<>=≥≤×/+*%\\\n \t\u3000\u200b\u0000",
    "\ud800",
    "𠮷",
    "１２",
]
KINDS = [
    *("expr", "conditions", "quotas", "duties", "limit", "frequency", "names", "name", "value"),
    *("values", "tests", "route", "period", "citations", "verdict", "delegation", "expectations"),
    *("field", "facts", "expected", "step", "type", "marks", "codes"),
]


def mutated(text: str, rng: random.Random) -> str:
    """Return a text with a few characters, words or lines taken out, put in, swapped, doubled."""
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.choice((1, 1, 2, 5, 40)))
        piece = rng.choice(
            (
                "",
                rng.choice(SIGNS),
                rng.choice(WORDS),
                f" {rng.choice(WORDS)} ",
                text[at:to] * 2,
                str(rng.randrange(10**9)),
                "(" * rng.randint(1, 90),
                text[rng.randrange(len(text) + 1) :][:30],
            )
        )
        text = text[:at] + piece + text[to if rng.random() < 0.7 else at :]
    return text


def check(text: str) -> None:
    started = time.process_time()
    file, found = parse(Source("x.policy", text))
    assert time.process_time() - started < 5
    assert file.source.text == text
    assert len(found) <= 201
    for finding in found:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.zh and finding.en


@pytest.mark.parametrize("seed", range(300))
def test_mutated_files_give_findings_and_no_exception(seed: int) -> None:
    rng = random.Random(seed)
    check(mutated(rng.choice(SEEDS), rng))


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_parts_give_findings_and_no_exception(kind: str) -> None:
    rng = random.Random(kind)
    for _ in range(25):
        seed = rng.choice(rng.choice(SEEDS).split("\n"))
        text = mutated(seed, rng)[:200]
        parse_part(kind, text, Source("x.yaml", text), 0, rng.choice(("zh", "en", "any")))


@given(st.text(max_size=200))
@examples(200)
def test_any_text_gives_findings_and_no_exception(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "text",
    [
        "公式 a = " + "(" * 3_900 + "\n",
        "公式 a = " + "非 " * 1_900 + "a\n",
        "公式 a = " + "-" * 3_900 + "1\n",
        "公式 a = 1" + " + 1" * 900 + "\n",
        "公式 a = a" + " 的 b" * 900 + "\n",
        "规则 甲\n  当 " + "(" * 70 + "a" + ")" * 70 + "\n",
        "政策 " + "A" * 100_000 + "\n",
        "判定 a\n" + "".join(" " * n + "a\n" for n in range(1, 1_500)),
        "规则 甲\n" + "  当 为\n" * 3_000,
        "规则 甲\n  当 a 且\n" * 1_000,
        "规则 甲\n  当 (a\n" + "    b 且\n" * 2_000,
        "| a " * 1_000 + "|\n",
        "清单 a 类型 目录\n  | 编号 | 事项 |\n" + "  | a | b | c |\n" * 3_000,
        '"' * 5_000,
        "“" * 5_000,
        "# " * 3_000,
        "\n" * 10_000,
        "\u200b" * 3_000,
        "参数 x " + "1" * 3_900 + "\n",
        "参数 x " + "1" * 900 + "." + "1" * 900 + " 次\n",
        "规则 甲\n  限额 每个 a 任意连续 " + "9" * 900 + " 日 不超过 2 次\n",
        "参数 x 0000-00-00 起 1 次\n",
        "参数 x 9999-99-99 99:99\n",
        '依据 甲 "x"\n  文号 ' + "[" * 2_000 + "\n",
        "规则 甲 依据 " + "《" * 1_900 + "\n",
        "规则 甲 依据 " + "第一条" * 1_200 + "、" * 300 + "\n",
    ],
)
def test_files_made_to_hurt_are_refused_in_time(text: str) -> None:
    check(text)


@pytest.mark.slow
def test_a_hundred_thousand_mutated_files() -> None:
    rng = random.Random(20_260_101)
    small = [text for text in SEEDS if len(text) < 1_500]
    for _ in range(100_000):
        check(mutated(rng.choice(small), rng))
