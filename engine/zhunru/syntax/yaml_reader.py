"""Reads the YAML form of policy files into the source tree; never raises on bad input.

The keys are those of `yaml_keys`; every scalar is text and holds what a cell of a table holds.
Where a construct has several shapes, they are:

- 授权 stands beside 政策 or in it: a list of mappings, or of texts as in the header.
- 依据: short name → mapping, or only the full title. A version without 名称 is called by its year.
- 单位: a list of mappings, names and `{取自: file}`, or one `{取自: file}`.
- 角色: name → mapping, or nothing.
- 表单, 台账: name → list of fields, or a mapping with 字段. A field is a mapping, a line as under
  a 表单, or a bare name, which is a text.
- 参数: name → value, list of values `{自: day, 值: value}`, or a mapping with 值, 至, 依据.
- 清单: name → mapping with clauses and 条目, a list of mappings or of bare names; `其他` of an
  entry keeps columns that mean nothing to the language.
- 规则: name → clauses with 准入, 拒绝 or 暂缓 (the notice); with 行 a group of rules, each with
  名称, 结论, 告知内容 and clauses of its own.
- 对照表: 栏 are the headings, 行 lists of cells, 先后 the order of values by result column.
- 判定: 依次 is a list of steps: a name, a list of names side by side, a line as under 依次, or
  `{名称: label, 并列|后于|先于: anchor, 加: names}`.
- 流程: name → mapping with 止于, 约束, 环节 (a list of mappings with 由, 限, 办理, 到期, …), 各环节
  and 到达. 日历: name → list of lines. 文书: name → mapping. 定期: name → one line.
- 核查, 保证: name → one line, or a mapping with 内容, 依据, 出处. 配对: name → mapping with 甲, 乙.
- 评价: name → mapping; 指标 are lines, 类 a list of heads or of mappings with 名称 and 指标.
- 测试: a list; one case under 假如 and 那么, or several under 行. Facts are a mapping or a line.
"""

from __future__ import annotations

from collections.abc import Callable

from zhunru.diagnostics import Diagnostic, Language, Source, sort_diagnostics
from zhunru.syntax import keywords
from zhunru.syntax.nodes import Declaration, Delegation, Entry, File, Test, Unit
from zhunru.syntax.shadow import folded
from zhunru.syntax.yaml_decisions import read_decisions, read_formulas, read_tests
from zhunru.syntax.yaml_facts import read_forms, read_parameters, read_registers
from zhunru.syntax.yaml_heads import (
    read_bases,
    read_delegations,
    read_policy,
    read_roles,
    read_unit_list,
    read_units,
)
from zhunru.syntax.yaml_keys import CONSTRUCTS
from zhunru.syntax.yaml_lists import read_entries, read_lists, read_rules
from zhunru.syntax.yaml_measures import read_matchings, read_scorecards
from zhunru.syntax.yaml_record import YamlReading
from zhunru.syntax.yaml_sentences import read_checks, read_promises, read_recurring
from zhunru.syntax.yaml_tables import read_tables
from zhunru.syntax.yaml_text import Mapping, Node, Scalar, Sequence, compose, compose_with_comments
from zhunru.syntax.yaml_workflows import read_calendars, read_documents, read_workflows

Read = Callable[[YamlReading, Node, str], list[Declaration]]

_READS: dict[str, Read] = {
    "basis": read_bases,
    "unit": read_units,
    "role": read_roles,
    "form": read_forms,
    "register": read_registers,
    "parameter": read_parameters,
    "list": read_lists,
    "rule": read_rules,
    "table": read_tables,
    "formula": read_formulas,
    "decide": read_decisions,
    "workflow": read_workflows,
    "calendar": read_calendars,
    "document": read_documents,
    "recurring": read_recurring,
    "check": read_checks,
    "scorecard": read_scorecards,
    "match": read_matchings,
    "promise": read_promises,
    "test": read_tests,
}


def read(source: Source) -> tuple[File, list[Diagnostic]]:
    """Read a policy file in YAML; what cannot be read is reported and left out."""
    root, found, comments = compose_with_comments(source)
    language = _language(root)
    reading = YamlReading(source, language)
    reading.note(found)
    declarations = _declarations(reading, root) if root is not None else ()
    file = File(source, language, "yaml", declarations, comments)
    return file, sort_diagnostics(reading.found)


def read_entry_file(source: Source) -> tuple[tuple[Entry, ...], list[Diagnostic]]:
    """Read a YAML file that holds nothing but the entries of a list."""
    reading, root = _open_table(source, "entry")
    entries = read_entries(reading, root, source.path) if root is not None else ()
    return entries, reading.found


def read_unit_file(source: Source) -> tuple[tuple[Unit, ...], list[Diagnostic]]:
    """Read a YAML file that holds nothing but units."""
    reading, root = _open_table(source, "unit")
    units = read_unit_list(reading, root, source.path) if root is not None else ()
    return units, reading.found


def read_test_file(source: Source) -> tuple[tuple[Test, ...], list[Diagnostic]]:
    """Read a YAML file that holds nothing but tests."""
    reading, root = _open_table(source, "test")
    read = read_tests(reading, root, source.path) if root is not None else []
    return tuple(test for test in read if isinstance(test, Test)), reading.found


def _open_table(source: Source, construct: str) -> tuple[YamlReading, Node | None]:
    root, found = compose(source)
    first = root.items[0] if isinstance(root, Sequence) and root.items else None
    # Such a file has no keyword of a declaration to tell its language by, only those of its rows.
    english = {word for key in CONSTRUCTS[construct] for word in key.en}
    words = [folded(key.text) for key, _ in first.pairs] if isinstance(first, Mapping) else []
    reading = YamlReading(source, "en" if any(word in english for word in words) else "zh")
    reading.note(found)
    return reading, root


def _language(root: Node | None) -> Language:
    """Return the language of a file: that of its first key that is a keyword, else by its look."""
    words = [folded(key.text) for key, _ in root.pairs] if isinstance(root, Mapping) else []
    for word in words:
        if word in keywords.WORDS["zh"]:
            return "zh"
        if word in keywords.WORDS["en"]:
            return "en"
    return "en" if words and words[0].isascii() else "zh"


def _declarations(reading: YamlReading, root: Node) -> tuple[Declaration, ...]:
    if isinstance(root, Scalar) and not root.text:
        return ()
    if not isinstance(root, Mapping):
        reading.misshapen(reading.source.path, root, "map")
        return ()
    # Told apart from misspelt keys: the word is right, only not yet understood.
    later = [pair for pair in root.pairs if _is_later(reading, pair[0])]
    for key, _ in later:
        reading.report("ZR105", key.span, found=key.text)
    rest = Mapping(tuple(pair for pair in root.pairs if pair not in later), root.span)
    record = reading.record("file", rest, reading.word("POLICY"))
    if record is None:
        return ()
    declarations = _heads(reading, record.slots)
    for slot, node in record.slots.items():
        if slot in _READS:
            declarations += _READS[slot](reading, node, reading.word(slot.upper()))
    return tuple(declarations)


def _is_later(reading: YamlReading, key: Scalar) -> bool:
    word = folded(key.text)
    return keywords.WORDS[reading.language].get(word) in keywords.NOT_AVAILABLE


def _heads(reading: YamlReading, slots: dict[str, Node]) -> list[Declaration]:
    """Read 政策 with the 授权 beside it."""
    delegations = slots.get("delegate")
    policy = slots.get("policy")
    read: tuple[Delegation, ...] = ()
    if delegations is not None:
        read = read_delegations(reading, delegations, reading.word("DELEGATE"))
    if policy is None:
        if delegations is not None:
            span, path = delegations.span, reading.source.path
            reading.report("ZR827", span, where=path, key=reading.word("POLICY"))
        return []
    return read_policy(reading, policy, reading.word("POLICY"), read)
