"""What to write for a YAML value of another shape, with the writer's own words as the example."""

from __future__ import annotations

from zhunru.syntax.yaml_text import Mapping, Node, Scalar, Sequence

_LONGEST = 20


def shape_hint(shape: str, node: Node) -> tuple[str, str]:
    """Return how to write the value of `node`, which should have another shape."""
    if shape == "list":
        key, en_key = _first_key(node)
        zh = f"一项一行，每项前面写“- ”，例如“- {key}”。"
        return zh, f"one item a line, each behind `- `, as in `- {en_key}`"
    if shape == "texts":
        return (
            "写一段文字；有几段的，一段一行，前面写“- ”。",
            "write one text; of several each stands on a line of its own, behind `- `",
        )
    if shape == "flag":
        return "写“是”或者“否”。", "write `yes` or `no`"
    if shape == "text":
        zh = "写在冒号后面的同一行，不分几项；含有“,:#”的加引号。"
        return zh, "write one text behind the colon; quote text with , : or #"
    if shape == "title":
        return "写一段文字，或者“zh: …”“en: …”两行。", "write one text, or `zh: …` and `en: …`"
    name = _first_name(node)
    if isinstance(node, Sequence) and node.items and not isinstance(node.items[0], Mapping):
        zh = f"不写“- ”，名称后面加冒号，一项一行，例如“{name}: {{}}”。"
        return zh, f"no `- `: each name with a colon on a line of its own, as in `{name}: {{}}`"
    zh = f"不写“- ”，以名称开头，其余各项缩进写在它下面，例如“{name}:”。"
    return zh, f"no `- `: begin with the name, and put the rest under it, indented: `{name}:`"


def _first_key(node: Node) -> tuple[str, str]:
    """Return what begins an item, in both languages: a name of the writer's is one of its parts."""
    if not (isinstance(node, Mapping) and node.pairs):
        return "名称: …", "name: …"
    key, value = node.pairs[0]
    word = key.text[:_LONGEST]
    return (f"名称: {word}", f"name: {word}") if isinstance(value, Mapping) else (f"{word}: …",) * 2


def _first_name(node: Node) -> str:
    first = node.items[0] if isinstance(node, Sequence) and node.items else node
    if isinstance(first, Mapping) and first.pairs:
        first = first.pairs[0][1]
    return first.text[:_LONGEST] if isinstance(first, Scalar) and first.text else "…"
