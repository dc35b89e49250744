"""The keys of the YAML form, construct by construct: one table for the reader, the printer and
the JSON Schema.

Keys are the keywords of the language and the headings of its tables. Of several spellings the
first is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    """A key: the part of the construct that it fills, its spellings and what its value may be.

    `of` names the construct of the value: `[entry]` a list of them, `{list}` names with them.
    """

    slot: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    shape: Shape = "text"
    of: str = ""
    required: bool = False

    def spellings(self, language: Language) -> tuple[str, ...]:
        """Return the spellings in one language, the printed one first."""
        return self.zh if language == "zh" else self.en


def _word(
    terminal: str, shape: Shape = "text", of: str = "", *, slot: str = "", required: bool = False
) -> Key:
    zh, en = keywords.ZH[terminal], keywords.EN[terminal]
    return Key(slot or terminal.lower(), zh, en, shape, of, required)


def _heading(
    zh: str, en: str, shape: Shape = "text", of: str = "", *, slot: str = "", required: bool = False
) -> Key:
    return Key(slot or en, (zh,), (en,), shape, of, required)


_NAME = _heading("名称", "name", required=True)
_TITLE = _heading("题名", "title", "title")
_MESSAGE = _heading("告知内容", "notice", "title", slot="message")
_NOTE = _heading("备注", "note")
_PERIOD = (_word("EFFECTIVE", "day", slot="start"), _word("TO", "day", slot="end"))
_TRACE = _word("TRACE", "texts")
_BASIS = _word("BASIS", "texts")
_REASON = _word("CODE", slot="reason")
_SAID = _heading("内容", "content", slot="said", required=True)

CLAUSES: tuple[Key, ...] = (
    _word("WHEN", "texts"),
    _word("EXCEPT", "texts"),
    _word("REQUIRE", "texts"),
    _word("QUOTA", "texts"),
    _word("COUNTED", "texts"),
    _word("DUTY", "texts"),
    _word("INSTEAD"),
    _word("RETURN"),
    _word("WORKFLOW"),
    _word("DOCUMENT", "texts"),
    _word("MATERIALS", "texts"),
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
        _heading("名称", "name", "title", required=True),
        _word("ISSUER"),
        _word("JOINTLY", "texts"),
        _word("TERRITORY"),
        *_PERIOD,
        _word("UNDER", "texts"),
        _word("EXPECT", "texts"),
        _word("DELEGATE", "any", "[delegation]"),
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
        _heading("名称", "name", "title"),
        _word("REFERENCE"),
        _word("LEVEL"),
        _word("ISSUER"),
        _word("ISSUED", "day"),
        *_PERIOD,
        _word("VERSION", "any", "[version]"),
        _word("SOURCE"),
        _word("UNVERIFIED", "flag"),
        _TRACE,
    ),
    "version": (
        _heading("名称", "name"),
        _word("ISSUED", "day"),
        *_PERIOD,
        _word("REFERENCE"),
    ),
    "units": (_word("SOURCE"),),
    "unit": (
        _NAME,
        _word("LEVEL"),
        _word("SUPERIOR"),
        _word("ALIAS", "texts"),
        _word("ROLE", "texts"),
        _word("FROM", "day", slot="start"),
        _word("TO", "day", slot="end"),
    ),
    "role": (
        _word("EVERY"),
        _heading("人数", "number"),
        _word("BY", "texts"),
    ),
    "form": (_heading("字段", "fields", "any", "[field]"), _TRACE),
    "register": (
        _TITLE,
        _heading("字段", "fields", "any", "[field]"),
        _word("SOURCE"),
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
        _heading("值", "value", "any", "[parameter_value]", required=True),
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
        _word("OWNER"),
        _word("SOURCE"),
        _word("EXPECT"),
        *_PERIOD,
        *CLAUSES,
        _word("ENTRY", "any", "[entry]"),
    ),
    "entry": (
        _heading("编号", "code"),
        _heading("事项", "matter", "title", required=True),
        _word("LEAD", "texts"),
        _word("JOINTLY", "texts"),
        _word("OWNER"),
        _word("ALIAS", "texts"),
        _word("FREQUENCY"),
        _word("MIRRORS", "texts"),
        _word("REFINE"),
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
        _word("EVERY"),
        _word("PICK"),
        _heading("栏", "columns", "texts", required=True),
        _heading("行", "rows", "rows"),
        _word("SORTED", "map"),
        _BASIS,
        *_PERIOD,
        _TRACE,
    ),
    "decide": (
        _word("CONCERNING"),
        _word("WORDING", "texts"),
        _word("ORDER", "any", "[step]"),
        _word("DEFAULT"),
    ),
    "step": (
        _heading("名称", "name"),
        _word("ALONGSIDE"),
        _word("AFTER"),
        _word("BEFORE"),
        _heading("加", "add", "texts", required=True),
    ),
    "workflow": (
        _TITLE,
        _word("ENDING", "texts"),
        *_PERIOD,
        _BASIS,
        _word("CALENDAR"),
        _word("ENSURE", "texts"),
        _word("PRIORITY", "texts"),
        _word("ANYWHERE", "texts"),
        _word("STATE", "any", "[state]"),
        _word("UPON", "texts"),
        _TRACE,
    ),
    "state": (
        _NAME,
        _word("BY", slot="owner"),
        _word("WITHIN", slot="term"),
        _heading("办理", "actions", "texts"),
        _heading("到期", "endings", "texts"),
        _word("REMIND", "texts", slot="reminders"),
        _heading("延期", "extension"),
        _word("STOPPED", "texts", slot="suspensions"),
        _word("NEVER", "texts", slot="forbidden"),
    ),
    "document": (
        Key("title", _TITLE.zh, _TITLE.en, "title", required=True),
        _word("BODY", "texts"),
        _word("SIGNED"),
        _word("SEALED", "flag"),
        _word("NUMBERING"),
    ),
    "recurring": (_heading("内容", "duty", slot="said", required=True), _TRACE),
    "check": (_SAID, _BASIS, _TRACE),
    "promise": (_SAID, _BASIS, _TRACE),
    "match": (
        _heading("甲", "needs", required=True),
        _heading("乙", "resources", required=True),
        _word("OPEN", slot="makes"),
        _word("WHEN"),
        _word("SORTED", "texts"),
        _word("UNMATCHED"),
        _BASIS,
        _TRACE,
    ),
    "scorecard": (
        _TITLE,
        _word("CONCERNING", "texts", slot="subjects"),
        _heading("周期", "period"),
        _word("EXPECT"),
        _word("SOURCE"),
        _word("RATERS"),
        _word("INDICATOR", "texts"),
        _word("CLASS", "any", "[score_class]"),
        _word("GRADES"),
        _word("RANK"),
        _word("RESULT"),
        _word("FLOOR"),
        _word("BASELINE", "day"),
        _BASIS,
        _TRACE,
    ),
    "score_class": (_NAME, _word("INDICATOR", "texts")),
    "test": (
        _heading("名称", "name", "title", required=True),
        _word("CONCERNING"),
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
