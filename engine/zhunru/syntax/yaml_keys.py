"""The keys of the YAML form, construct by construct: one table for the reader, the printer and
the JSON Schema.

Keys are the keywords of the language and the headings of its tables. Of several spellings the
first is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from zhunru.diagnostics import Language
from zhunru.syntax import keywords

Shape = Literal[
    "text",  # one text
    "title",  # one text, or the Chinese and the English one
    "texts",  # one text, or a list of them
    "flag",  # 是 or 否
    "day",  # a date
    "map",  # names of the writer's own, with values
    "rows",  # a list of lists or texts
    "any",  # several shapes; the reader says which
]


@dataclass(frozen=True)
class Key:
    """A key: the part of the node that it fills, its spellings and what its value may be.

    `of` names the construct of the value: `[entry]` a list of them, `{list}` names with them.
    `part` is the part of the language that a text holds, `raw` for a text as it stands; without it
    the construct has a reading of its own for the key.
    """

    slot: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    shape: Shape = "text"
    of: str = ""
    required: bool = False
    part: str = ""

    def spellings(self, language: Language) -> tuple[str, ...]:
        """Return the spellings in one language, the printed one first."""
        return self.zh if language == "zh" else self.en


def _word(
    terminal: str, shape: Shape = "text", of: str = "", *, slot: str = "", **said: Any
) -> Key:
    zh, en = keywords.ZH[terminal], keywords.EN[terminal]
    return Key(slot or terminal.lower(), zh, en, shape, of, **said)


def _heading(
    zh: str, en: str, shape: Shape = "text", of: str = "", *, slot: str = "", **said: Any
) -> Key:
    return Key(slot or en, (zh,), (en,), shape, of, **said)


_NAME = _heading("名称", "name", required=True)
_TITLE = _heading("题名", "title", "title")
_MESSAGE = _heading("告知内容", "notice", "title", slot="message")
_NOTE = _heading("备注", "note", part="raw")
_PERIOD = (_word("EFFECTIVE", "day", slot="start"), _word("TO", "day", slot="end"))
_TRACE = _word("TRACE", "texts", part="trace")
_BASIS = _word("BASIS", "texts", slot="citations", part="citations")
_JOINTLY = _word("JOINTLY", "texts", part="names")
_ISSUED = _word("ISSUED", "day")
_REASON = _word("CODE", slot="reason")
_SAID = _heading("内容", "content", slot="said", required=True)

CLAUSES: tuple[Key, ...] = (
    _word("WHEN", "texts", part="expr"),
    _word("EXCEPT", "texts", slot="unless", part="expr"),
    _word("REQUIRE", "texts", slot="requirements", part="conditions"),
    _word("QUOTA", "texts", slot="quotas", part="quotas"),
    _word("COUNTED", "texts", slot="counted_by", part="names"),
    _word("DUTY", "texts", slot="duties", part="duties"),
    _word("INSTEAD", part="route"),
    _word("RETURN", slot="return_to", part="route"),
    _word("WORKFLOW", part="name"),
    _word("DOCUMENT", "texts", slot="documents", part="names"),
    _word("MATERIALS", "texts", part="names"),
    _word("RELAXABLE", "flag"),
    _word("BINDING", "flag"),
    _BASIS,
    _TRACE,
)

FILE: tuple[Key, ...] = (
    _word("POLICY", "any", "policy"),
    _word("DELEGATE", "any", "[delegation]"),
    _word("BASIS", "map", "{basis}"),
    _word("UNIT", "any", "[unit]"),
    _word("ROLE", "map", "{role}"),
    _word("FORM", "map", "{form}"),
    _word("REGISTER", "map", "{register}"),
    _word("PARAMETER", "map", "{parameter}"),
    _word("LIST", "map", "{list}"),
    _word("RULE", "map", "{rule}"),
    _word("TABLE", "map", "{table}"),
    _word("FORMULA", "map", "{formula}"),
    _word("DECIDE", "map", "{decide}"),
    _word("WORKFLOW", "map", "{workflow}"),
    _word("CALENDAR", "map", "{calendar}"),
    _word("DOCUMENT", "map", "{document}"),
    _word("RECURRING", "map", "{recurring}"),
    _word("CHECK", "map", "{check}"),
    _word("SCORECARD", "map", "{scorecard}"),
    _word("MATCH", "map", "{match}"),
    _word("PROMISE", "map", "{promise}"),
    _word("TEST", "any", "[test]"),
)

CONSTRUCTS: dict[str, tuple[Key, ...]] = {
    "file": FILE,
    "policy": (
        _heading("编号", "code", required=True),
        _heading("名称", "name", "title", slot="title", required=True),
        _word("ISSUER", part="name"),
        _JOINTLY,
        _word("TERRITORY", part="name"),
        *_PERIOD,
        _word("UNDER", "texts", slot="upper", part="codes"),
        _word("EXPECT", "texts", slot="expectations", part="expectations"),
        _word("DELEGATE", "any", "[delegation]", slot="delegations"),
        _TRACE,
        _NOTE,
    ),
    "delegation": (
        _word("LEVEL", required=True),
        _word("LIST"),
        _word("PARAMETER"),
        _word("ENTRY"),
        _word("ADDITIONS", "any", "additions"),
        _heading("值", "value"),
    ),
    "additions": (_word("HAVING", "texts"), _word("VIA")),
    "basis": (
        _heading("名称", "name", "title", slot="title"),
        _word("REFERENCE", part="raw"),
        _word("LEVEL"),
        _word("ISSUER", part="name"),
        _ISSUED,
        *_PERIOD,
        _word("VERSION", "any", "[version]", slot="versions"),
        _word("SOURCE", part="raw"),
        _word("UNVERIFIED", "flag"),
        _TRACE,
    ),
    "version": (
        _heading("名称", "name", slot="label", part="raw"),
        _ISSUED,
        *_PERIOD,
        _word("REFERENCE", part="raw"),
    ),
    "units": (_word("SOURCE", part="raw"),),
    "unit": (
        _NAME,
        _word("LEVEL", part="name"),
        _word("SUPERIOR", part="name"),
        _word("ALIAS", "texts", slot="aliases", part="names"),
        _word("ROLE", "texts", slot="roles", part="names"),
        _word("FROM", "day", slot="start"),
        _word("TO", "day", slot="end"),
    ),
    "role": (
        _word("EVERY", part="name"),
        _heading("人数", "number", part="number"),
        _word("BY", "texts", slot="held_by", part="names"),
    ),
    "form": (_heading("字段", "fields", "any", "[field]"), _TRACE),
    "register": (
        _TITLE,
        _heading("字段", "fields", "any", "[field]"),
        _word("SOURCE", part="raw"),
        _TRACE,
    ),
    "field": (
        _NAME,
        _word("KIND"),
        _heading("值", "value", "texts"),
        _word("DECIMALS"),
        _word("REQUIRED", "flag"),
        _word("DEFAULT"),
        _word("OPTIONAL", "flag"),
        _word("CURABLE", "flag"),
        _word("GOVERNING", "flag"),
        _word("OWNER", "flag"),
        _word("SECRET", "flag"),
        _word("ASSERTED"),
        _word("WITHHELD", "texts"),
    ),
    "parameter": (
        _heading("值", "value", "any", "[parameter_value]", slot="values", required=True),
        _word("TO", "day", slot="end"),
        _BASIS,
        _TRACE,
        _NOTE,
    ),
    "parameter_value": (
        _word("FROM", "day", slot="start"),
        _heading("值", "value", required=True),
    ),
    "list": (
        _TITLE,
        _word("KIND", required=True),
        _word("OWNER", part="name"),
        _word("SOURCE", part="raw"),
        _word("EXPECT", slot="expected"),
        *_PERIOD,
        *CLAUSES,
        _word("ENTRY", "any", "[entry]", slot="entries"),
    ),
    "entry": (
        _heading("编号", "code"),
        _heading("事项", "matter", "title", slot="title", required=True),
        _word("LEAD", "texts", slot="leads", part="names"),
        _JOINTLY,
        _word("OWNER", part="name"),
        _word("ALIAS", "texts", slot="aliases", part="names"),
        _word("FREQUENCY", part="frequency"),
        _word("MIRRORS", "texts", part="codes"),
        _word("REFINE", slot="refines"),
        Key(
            "start",
            (*keywords.ZH["EFFECTIVE"], *keywords.ZH["FROM"]),
            (*keywords.EN["EFFECTIVE"], *keywords.EN["FROM"]),
            "day",
        ),
        _word("TO", "day", slot="end"),
        *CLAUSES,
        _heading("其他", "extra", "map"),
    ),
    "rule": (
        *_PERIOD,
        *CLAUSES,
        _word("ADMIT", "title"),
        _word("REFUSE", "title"),
        _word("DEFER", "title"),
        _REASON,
        _heading("行", "rows", "any", "[rule_row]"),
    ),
    "rule_row": (
        _heading("名称", "name"),
        *_PERIOD,
        *CLAUSES,
        _heading("结论", "outcome"),
        _MESSAGE,
        _REASON,
    ),
    "table": (
        _word("EVERY", part="name"),
        _word("PICK", slot="hit"),
        _heading("栏", "columns", "texts", required=True),
        _heading("行", "rows", "rows"),
        _word("SORTED", "map"),
        _BASIS,
        *_PERIOD,
        _TRACE,
    ),
    "decide": (
        _word("CONCERNING", slot="form", part="name"),
        _word("WORDING", "texts", part="names"),
        _word("ORDER", "any", "[step]", slot="steps"),
        _word("DEFAULT"),
    ),
    "step": (
        _heading("名称", "name", slot="label", part="name"),
        _word("ALONGSIDE"),
        _word("AFTER"),
        _word("BEFORE"),
        _heading("加", "add", "texts", slot="names", part="names", required=True),
    ),
    "workflow": (
        _TITLE,
        _word("ENDING", "texts", slot="ends", part="names"),
        *_PERIOD,
        _BASIS,
        _word("CALENDAR"),
        _word("ENSURE", "texts", slot="constraints", part="constraint"),
        _word("PRIORITY", "texts", slot="priorities", part="expr"),
        _word("ANYWHERE", "texts", part="anywhere"),
        _word("STATE", "any", "[state]", slot="states"),
        _word("UPON", "texts", slot="arrivals", part="arrival"),
        _TRACE,
    ),
    "state": (
        _NAME,
        _word("BY", slot="owner", part="owner"),
        _word("WITHIN", slot="term"),
        _heading("办理", "actions", "texts", part="actions"),
        _heading("到期", "endings", "texts", part="endings"),
        _word("REMIND", "texts", slot="reminders", part="reminders"),
        _heading("延期", "extension", part="extension"),
        _word("STOPPED", "texts", slot="suspensions", part="suspensions"),
        _word("NEVER", "texts", slot="forbidden"),
    ),
    "document": (
        Key("title", _TITLE.zh, _TITLE.en, "title", required=True),
        _word("BODY", "texts"),
        _word("SIGNED", part="name"),
        _word("SEALED", "flag"),
        _word("NUMBERING", slot="number", part="raw"),
    ),
    "recurring": (_heading("内容", "duty", slot="said", required=True), _TRACE),
    "check": (_SAID, _BASIS, _TRACE),
    "promise": (_SAID, _BASIS, _TRACE),
    "match": (
        _heading("甲", "needs", part="name", required=True),
        _heading("乙", "resources", part="name", required=True),
        _word("OPEN", slot="makes", part="name"),
        _word("WHEN", part="expr"),
        _word("SORTED", "texts", slot="sorted_by", part="names"),
        _word("UNMATCHED", part="name"),
        _BASIS,
        _TRACE,
    ),
    "scorecard": (
        _TITLE,
        _word("CONCERNING", "texts", slot="subjects", part="names"),
        _heading("周期", "period", slot="every", part="rhythm"),
        _word("EXPECT", slot="expected", part="sizes"),
        _word("SOURCE", part="raw"),
        _word("RATERS"),
        _word("INDICATOR", "texts", slot="indicators", part="indicator"),
        _word("CLASS", "any", "[score_class]", slot="classes"),
        _word("GRADES", part="grades"),
        _word("RANK", slot="ranking", part="ranking"),
        _word("RESULT", slot="uses", part="uses"),
        _word("FLOOR", slot="floors", part="floors"),
        _word("BASELINE", "day"),
        _BASIS,
        _TRACE,
    ),
    "score_class": (_NAME, _word("INDICATOR", "texts", slot="indicators", part="indicator")),
    "test": (
        _heading("名称", "name", "title", slot="title", required=True),
        _word("CONCERNING", slot="target", part="name"),
        _word("GIVEN", "any"),
        Key("then", ("那么", "则"), keywords.EN["THEN"], "any"),
        _heading("行", "rows", "any", "[case]"),
        _TRACE,
    ),
    "case": (
        _word("GIVEN", "any"),
        Key("then", ("那么", "则"), keywords.EN["THEN"], "any", required=True),
    ),
}
