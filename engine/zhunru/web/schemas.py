"""The words that the schemas of the OpenAPI document are written in.

What an answer may say is closed: a member that the document does not know is a mistake of one of
the two, and the tests hold every answer of theirs against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
DATE: Schema = {"type": "string", "format": "date"}  # as it is asked for: in other forms too
# As clerks read it: Beijing time, to the second.
INSTANT: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DIGEST: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NULL: Schema = {"type": "null"}
# What stands behind the question mark of pages.
# A command that is sent again under the same key is carried out once.
AGAIN: Mapping[str, Schema] = {"Idempotency-Key": TEXT}
LIMIT: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}
AFTER: Schema = {
    "type": "string",
    "description": "上一页答复里的 after；第一页不写 / the `after` of the page before",
}


def ref(name: str) -> Schema:
    """Return a schema that stands among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(members: Mapping[str, Schema], maybe: Mapping[str, Schema] | None = None) -> Schema:
    """Return an object of exactly these members, and of those that may be left out."""
    return {
        "type": "object",
        "required": list(members),
        "properties": {**members, **(maybe or {})},
        "additionalProperties": False,
    }


def listed(item: Schema, most: int | None = None) -> Schema:
    """Return a list of items."""
    found: dict[str, Any] = {"type": "array", "items": item}
    return found if most is None else {**found, "maxItems": most}


def by_name(value: Schema) -> Schema:
    """Return an object whose names are those of a set: fields, workflows, states."""
    return {"type": "object", "additionalProperties": value}


def one_of(*words: str) -> Schema:
    """Return one of a few words."""
    return {"enum": list(words)}


def either(*choices: Schema) -> Schema:
    """Return what one of several schemas describes."""
    return {"anyOf": list(choices)}


def maybe(schema: Schema) -> Schema:
    """Return a schema for what may be nothing."""
    return either(schema, NULL)


def page(name: str, item: Schema) -> Schema:
    """Return a page of a list: `after` is where the next one begins, empty on the last."""
    return closed({name: listed(item), "after": TEXT})


# JSON lines are a text to OpenAPI 3.1; what each line is stands beside it.
LINE_BY_LINE: Schema = {
    "type": "string",
    "description": "一行答一行，每行是 #/components/schemas/DecidedLine",
    "x-line": ref("DecidedLine"),
}

# What every part of the document uses: a text in both languages, a value of a field, a place.
BOTH = ref("Both")
VALUE = ref("Value")
FACTS: Schema = by_name(VALUE)
PLACE = ref("Place")
COMMON: dict[str, Schema] = {
    "Both": closed({"zh": TEXT, "en": TEXT}),
    # Exact numbers and days are texts; a register has rows. What makes clients of the document
    # wants to be told what a list is of, even where that may be anything.
    "Value": {"type": ["null", "boolean", "string", "array", "object"], "items": {}},
    "Place": closed({"path": TEXT, "line": COUNT, "column": COUNT}),
}
