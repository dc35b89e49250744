"""The headings of tables, by declaration: which part of it a column holds and how it is read."""

from __future__ import annotations

from zhunru.syntax.cells import Heading
from zhunru.syntax.keywords import EN, ZH

# Headings that are no keywords, zh beside en; the reader accepts both, the printer picks one.
HEADINGS: dict[str, tuple[str, str]] = {
    "code": ("编号", "code"),
    "matter": ("事项", "matter"),
    "name": ("名称", "name"),
    "title": ("全称", "title"),
    "outcome": ("结论", "outcome"),
    "notice": ("告知内容", "notice"),
    "english": ("英文", "english"),
    "field": ("栏目", "field"),
    "type": ("填写", "type"),
    "marks": ("要求", "marks"),
    "number": ("人数", "number"),
    "actions": ("办理 → 去向", "actions"),
    "endings": ("到期 → 去向", "endings"),
    "extension": ("延期", "extension"),
    "measured": ("算法", "measured"),
}
# Other ways to write a heading; blanks inside a heading do not count.
_ALSO = {
    "actions": ("办理→去向", "办理->去向", "办理", "actions→target", "actions->target"),
    "endings": ("到期→去向", "到期->去向", "到期", "endings→target", "endings->target"),
}

_CLAUSES = {
    "WHEN": Heading("when", "k_expr"),
    "EXCEPT": Heading("unless", "k_expr"),
    "REQUIRE": Heading("requirements", "k_conditions"),
    "QUOTA": Heading("quotas", "k_quotas"),
    "COUNTED": Heading("counted_by", "k_names"),
    "DUTY": Heading("duties", "k_duties"),
    "INSTEAD": Heading("instead", "k_route"),
    "RETURN": Heading("return_to", "k_route"),
    "WORKFLOW": Heading("workflow", "k_name"),
    "DOCUMENT": Heading("documents", "k_names"),
    "MATERIALS": Heading("materials", "k_names"),
    "BASIS": Heading("citations", "citations"),
    "TRACE": Heading("trace", "trace"),
    "EFFECTIVE": Heading("start", "k_day"),
    "FROM": Heading("start", "k_day"),
    "TO": Heading("end", "k_day"),
}
_ENTRY = {
    "LEAD": Heading("leads", "k_names"),
    "JOINTLY": Heading("jointly", "k_names"),
    "OWNER": Heading("owner", "k_name"),
    "ALIAS": Heading("aliases", "k_names"),
    "FREQUENCY": Heading("frequency", "k_frequency"),
    "MIRRORS": Heading("mirrors", "k_codes"),
    "REFINE": Heading("refines", "code"),
}


def _by_word(words: dict[str, Heading], plain: dict[str, Heading]) -> dict[str, Heading]:
    named = {
        word: heading for terminal, heading in words.items() for word in ZH[terminal] + EN[terminal]
    }
    return named | {
        word: heading
        for key, heading in plain.items()
        for word in (*HEADINGS[key], *_ALSO.get(key, ()))
    }


_BASIS = {
    "REFERENCE": Heading("reference", "raw"),
    "LEVEL": Heading("level", "k_name"),
    "ISSUER": Heading("issuer", "k_name"),
    "ISSUED": Heading("issued", "k_day"),
    "EFFECTIVE": Heading("start", "k_day"),
    "TO": Heading("end", "k_day"),
    "SOURCE": Heading("source", "raw"),
    "UNVERIFIED": Heading("unverified", "raw"),
    "TRACE": Heading("trace", "trace"),
}
_UNIT = {
    "LEVEL": Heading("level", "k_name"),
    "SUPERIOR": Heading("superior", "k_name"),
    "ALIAS": Heading("aliases", "k_names"),
    "ROLE": Heading("roles", "k_names"),
    "FROM": Heading("start", "k_day"),
    "TO": Heading("end", "k_day"),
}
_REASON = {"CODE": Heading("reason", "k_name")}

BASIS = _by_word(_BASIS, {"name": Heading("name", "k_name"), "title": Heading("title", "title")})
UNIT = _by_word(_UNIT, {"name": Heading("name", "k_name")})
FIELD = _by_word(
    {"REQUIRE": Heading("marks", "k_marks"), "REQUIRED": Heading("marks", "k_marks")},
    {
        "field": Heading("name", "k_name"),
        "type": Heading("type", "k_type"),
        "marks": Heading("marks", "k_marks"),
    },
)
ENTRY = _by_word(
    _CLAUSES | _ENTRY, {"code": Heading("code", "code"), "matter": Heading("title", "title")}
)
RULE = _by_word(
    _CLAUSES | _REASON,
    {
        "name": Heading("name", "k_name"),
        "outcome": Heading("outcome", "raw"),
        "notice": Heading("notice", "title"),
        "english": Heading("english", "raw"),
    },
)
STATE = _by_word(
    {
        "STATE": Heading("name", "k_name"),
        "BY": Heading("owner", "k_owner"),
        "WITHIN": Heading("term", "k_term"),
        "REMIND": Heading("reminders", "k_reminders"),
        "STOPPED": Heading("suspensions", "k_suspensions"),
        "NEVER": Heading("forbidden", "k_names"),
    },
    {
        "actions": Heading("actions", "k_actions"),
        "endings": Heading("endings", "k_endings"),
        "extension": Heading("extension", "k_extension"),
    },
)
CHECK = _by_word(
    {
        "EVERY": Heading("scope", "k_check_scope"),
        "MUST": Heading("must", "k_demand"),
        "SHOULD": Heading("should", "k_demand"),
        "OTHERWISE": Heading("otherwise", "k_consequence"),
        "BASIS": Heading("citations", "citations"),
        "TRACE": Heading("trace", "trace"),
    },
    {"name": Heading("name", "k_name")},
)
INDICATOR = _by_word(
    {
        "CLASS": Heading("class", "k_class"),
        "INDICATOR": Heading("name", "k_name"),
        "WEIGHT": Heading("weight", "k_number"),
        "FULL": Heading("full", "k_number"),
        "BY": Heading("raters", "k_names"),
        "BASIS": Heading("citations", "citations"),
    },
    {"measured": Heading("value", "k_expr")},
)
# The keyword that heads the column of a part of a list, a rule, a basis or a unit.
KEYWORDS = {
    heading.key: terminal
    for terminal, heading in (_BASIS | _CLAUSES | _ENTRY | _UNIT | _REASON).items()
} | {"effective": "EFFECTIVE"}
