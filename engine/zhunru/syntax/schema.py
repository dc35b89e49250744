"""The JSON Schema of the YAML form, made from its table of keys, for completion in editors.

Run `python -m zhunru.syntax.schema` to print it; `grammar/policy.schema.json` holds it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from zhunru.diagnostics import Language
from zhunru.syntax import keywords
from zhunru.syntax.yaml_keys import CONSTRUCTS, Key
from zhunru.vocabulary import HIT_POLICIES, LIST_KINDS, OUTCOMES, TYPES

Schema = dict[str, Any]

_SCALAR = {"$ref": "#/$defs/scalar"}
_TEXTS = {"$ref": "#/$defs/texts"}
_TITLE = {"$ref": "#/$defs/title"}
_EMPTY: Schema = {"type": "null"}

# Values that are one of the words of a vocabulary.
_VOCABULARY: dict[tuple[str, str], Iterable[tuple[str, str]]] = {
    ("list", "kind"): LIST_KINDS.values(),
    ("field", "kind"): TYPES.values(),
    ("table", "hit"): HIT_POLICIES.values(),
    ("rule_row", "outcome"): OUTCOMES.values(),
}


def policy_schema() -> Schema:
    """Return the schema: a file has Chinese keys or English ones."""
    definitions: Schema = {
        "scalar": {"type": ["string", "number", "boolean"]},
        "texts": {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]},
        "title": {
            "anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1, "maxItems": 2}]
        },
    }
    for language in ("zh", "en"):
        definitions[f"{language}.flag"] = _flag(language)
        for construct, keys in CONSTRUCTS.items():
            definitions[f"{language}.{construct}"] = _construct(construct, keys, language)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "准入规则文件 / admission policy file",
        "anyOf": [_ref("zh", "file"), _ref("en", "file")],
        "$defs": definitions,
    }


def schema_text() -> str:
    """Return the schema as the text of its file: each key of a construct is a line of it."""
    return _laid_out(policy_schema(), 4) + "\n"


def _laid_out(value: Any, levels: int, indent: str = "") -> str:
    if levels == 0 or not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    inner = indent + " "
    items = (
        f"{inner}{json.dumps(name, ensure_ascii=False)}: {_laid_out(each, levels - 1, inner)}"
        for name, each in value.items()
    )
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"


def _ref(language: Language, name: str) -> Schema:
    return {"$ref": f"#/$defs/{language}.{name}"}


def _flag(language: Language) -> Schema:
    """Return the schema of 是 and 否; an editor may read yes and no as truth values."""
    words = [keywords.spelling(terminal, language) for terminal in ("YES", "NO")]
    return {"enum": words if language == "zh" else [*words, True, False]}


def _construct(construct: str, keys: tuple[Key, ...], language: Language) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {
            word: _value(construct, key, language)
            for key in keys
            for word in key.spellings(language)
        },
        "additionalProperties": False,
    }
    required = [key.spellings(language) for key in keys if key.required]
    if required:
        schema["required"] = [words[0] for words in required if len(words) == 1]
    several = [_one_of(words) for words in required if len(words) > 1]
    return schema | ({"allOf": several} if several else {})


def _one_of(words: tuple[str, ...]) -> Schema:
    return {"anyOf": [{"required": [word]} for word in words]}


def _value(construct: str, key: Key, language: Language) -> Schema:
    said = {"description": f"{key.zh[0]} / {key.en[0]}"}
    return said | {"anyOf": [*_shapes(construct, key, language), _EMPTY]}


def _shapes(construct: str, key: Key, language: Language) -> list[Schema]:
    words = _VOCABULARY.get((construct, key.slot))
    if words is not None:
        return [{"enum": [pair[0 if language == "zh" else 1] for pair in words]}]
    if key.of:
        return _nested(key, language)
    shapes: dict[str, list[Schema]] = {
        "text": [_SCALAR],
        "day": [_SCALAR],
        "texts": [_TEXTS],
        "title": [_TITLE],
        "flag": [_ref(language, "flag")],
        "map": [{"type": "object", "additionalProperties": _TEXTS}],
        "rows": [{"type": "array", "items": {"type": "array", "items": _SCALAR}}],
        # 假如 and 那么: a line, or facts by their names.
        "any": [_SCALAR, {"type": "object", "additionalProperties": _TEXTS}],
    }
    return shapes[key.shape]


def _nested(key: Key, language: Language) -> list[Schema]:
    """Return the shapes of a value that holds other constructs."""
    inner = key.of.strip("[]{}")
    shapes = [_ref(language, inner)] if inner in CONSTRUCTS else []
    shapes += _SHORT_FORMS.get(inner, _nothing)(language)
    if key.of.startswith("{"):
        return [{"type": "object", "additionalProperties": {"anyOf": shapes}}]
    if key.of.startswith("["):
        return [
            {"type": "array", "items": {"anyOf": shapes}},
            *_INSTEAD.get(inner, _nothing)(language),
        ]
    return shapes


def _nothing(language: Language) -> list[Schema]:
    return []


def _text(language: Language) -> list[Schema]:
    return [_SCALAR]


def _texts(language: Language) -> list[Schema]:
    return [_TEXTS]


def _empty(language: Language) -> list[Schema]:
    return [_EMPTY, {"const": ""}]


def _fields(language: Language) -> list[Schema]:
    return [{"type": "array", "items": {"anyOf": [_ref(language, "field"), _SCALAR]}}]


def _values(language: Language) -> list[Schema]:
    one = {"anyOf": [_ref(language, "parameter_value"), _SCALAR]}
    return [_SCALAR, {"type": "array", "items": one}]


def _units(language: Language) -> list[Schema]:
    return [_ref(language, "units")]


# What may stand for a construct besides its mapping.
_SHORT_FORMS = {
    "delegation": _text,
    "additions": lambda language: [_ref(language, "flag")],
    "basis": _text,
    "unit": lambda language: [_SCALAR, _ref(language, "units")],
    "role": _empty,
    "form": _fields,
    "register": _fields,
    "field": _text,
    "parameter": _values,
    "parameter_value": _text,
    "entry": _text,
    "formula": _text,
    "step": _texts,
    "calendar": _texts,
    "recurring": _text,
    "check": _text,
    "promise": _text,
    "score_class": _text,
}

# What may stand instead of a list of constructs.
_INSTEAD = {"unit": _units, "entry": _text, "parameter_value": _text}


if __name__ == "__main__":
    print(schema_text(), end="")
