"""What the benchmark of the analysis is about: large tables, and sets with many rules, from a seed.

A row of a table is plain data, a stretch of numbers for each column, so that every engine is given
the same thing in its own terms.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random

from zhunru.checker import resolved as r
from zhunru.checker.check import check
from zhunru.compiler import CompiledPolicy, compile_policies
from zhunru.syntax.loader import load_text
from zhunru.vocabulary import HitPolicy, TypeName

Stretch = tuple[int, int]  # both ends belong to it
Row = tuple[Stretch, ...]

CHOICES = tuple("甲乙丙丁戊己")
HIGHEST = 39
TEXT = r.Type(TypeName.TEXT)
CHOICE = r.Type(TypeName.CHOICE, values=CHOICES)
NUMBER = r.Type(TypeName.NUMBER, low=Decimal(0), high=Decimal(HIGHEST))


def sizes(columns: int) -> list[int]:
    """How many values a column has: choices and numbers in turn."""
    return [HIGHEST + 1 if at % 2 else len(CHOICES) for at in range(columns)]


def rows(count: int, columns: int, seed: int = 7) -> list[Row]:
    """Rows that together meet every case once; then some are lost, widened and repeated."""
    rng, ends = Random(seed), sizes(columns)
    made: list[Row] = [tuple((0, size - 1) for size in ends)]
    while len(made) < count:
        at, column = rng.randrange(len(made)), rng.randrange(columns)
        low, high = made[at][column]
        if low < high:
            cut = rng.randrange(low, high)
            made.append(_with(made[at], column, (cut + 1, high)))
            made[at] = _with(made[at], column, (low, cut))
    rng.shuffle(made)
    kept = [row for row in made if rng.random() > 0.01]
    for at in range(0, len(kept), 100):  # a slip of the pen: a bound too wide
        kept[at] = _with(kept[at], columns - 1, (0, ends[-1] - 1))
    for at in range(50, len(kept), 300):  # and a row that an earlier one says already
        low, high = kept[at][0]
        kept.append(_with(kept[at], 0, (low, (low + high) // 2)))
    return kept


def _with(row: Row, column: int, stretch: Stretch) -> Row:
    return (*row[:column], stretch, *row[column + 1 :])


def table(made: list[Row]) -> r.ResolvedTable:
    """The same rows as the checker has them."""
    columns = [(f"栏{at}", NUMBER if at % 2 else CHOICE) for at in range(len(made[0]))]
    return r.ResolvedTable(
        name="表", hit=HitPolicy.FIRST, inputs=tuple(columns), outputs=(("果", TEXT),),
        orders=((),),
        rows=tuple(
            r.ResolvedRow(
                tests=tuple(_cell(*pair) for pair in zip(columns, row, strict=True)),
                results=(r.Const(str(at), TEXT),),
            )
            for at, row in enumerate(made)
        ),
    )  # fmt: skip


def _cell(column: tuple[str, r.Type], stretch: Stretch) -> r.RExpr:
    (name, kind), (low, high) = column, stretch
    left = r.FieldValue(name, kind)
    if kind is CHOICE:
        if high - low + 1 == len(CHOICES):
            return r.Every(())
        return r.OneOf(left, frozenset(CHOICES[low : high + 1]))
    if (low, high) == (0, HIGHEST):
        return r.Every(())
    return r.Within(left, r.Const(Decimal(low), kind), r.Const(Decimal(high), kind))


# --- sets ----------------------------------------------------------------------------------------

HEAD = """政策 草案 "示例（非官方）"
依据 条例 "示例条例"
  层级 法律
单位
  | 名称 | 层级 |
  | 某区 | 区级 |
表单 来件
  类别 枚举 {kinds} 必填
  甲数 数值 0 至 99999 必填
  乙数 数值 0 至 99999 必填
"""
KINDS = 20
SPAN = 200  # of the numbers that a row of a table holds


def kinds(count: int) -> list[str]:
    return [f"类{at}" for at in range(count)]


def changed_places(count: int, changes: int) -> set[int]:
    """Which of `count` rules or rows a draft changes, evenly spread."""
    return {count * at // changes + count // (2 * changes) for at in range(changes)}


def rule_bounds(count: int, changes: int = 0) -> list[int]:
    """The bound of each rule; a draft moves some by two."""
    moved = changed_places(count, changes)
    return [(count - at) * 7 - 2 * (at in moved) for at in range(count)]


def rule_set(bounds: list[int], promises: str = "") -> CompiledPolicy:
    """A set of rules in one order: each refuses one kind above its bound."""
    body = "".join(
        f"规则 规{at} 依据 条例\n  当 类别 为 类{at % KINDS} 且 甲数 超过 {bound}\n"
        f'  拒绝 "第{at}条"\n'
        for at, bound in enumerate(bounds)
    )
    steps = "\n".join(f"    规{at}" for at in range(len(bounds)))
    head = HEAD.format(kinds="、".join(kinds(KINDS)))
    return compiled(
        f'{head}{body}判定 准入 对象 来件\n  依次\n{steps}\n  默认 拒绝 "未列入"\n{promises}'
    )


def grid(count: int, changes: int = 0) -> list[tuple[int, int, int, int]]:
    """Rows of a table of amounts: kind, both ends of a number, amount; a draft changes some."""
    moved = changed_places(count, changes)
    many = max(1, count // 20)
    return [
        (at % many, at // many * SPAN, at // many * SPAN + SPAN - 1, at + (at in moved))
        for at in range(count)
    ]


def table_set(made: list[tuple[int, int, int, int]]) -> CompiledPolicy:
    """A set with one table of amounts, and a rule about the amounts of its second half."""
    names = kinds(max(kind for kind, *_ in made) + 1)
    body = "".join(f"  | 类{k} | {low} 至 {high} | {amount} |\n" for k, low, high, amount in made)
    return compiled(
        f"{HEAD.format(kinds='、'.join(names))}对照表 补助 取 首行\n"
        f"  | 类别 | 甲数 | → 金额 |\n{body}  | - | - | 0 |\n"
        f"规则 不收 依据 条例\n  当 补助(类别, 甲数) 超过 {len(made) // 2}\n"
        '  拒绝 "不收"\n'
        '判定 准入 对象 来件\n  依次\n    不收\n  默认 拒绝 "未列入"\n'
    )


def compiled(text: str) -> CompiledPolicy:
    loaded, unread = load_text(text, "草案.policy")
    assert loaded is not None
    assert not unread, unread[0].zh
    checked, found = check(loaded)
    assert checked is not None, [each.zh for each in found]
    return compile_policies(checked)
