"""Files are written with the same bytes on every system: whoever writes text says how lines end."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def writes(call: ast.Call) -> bool:
    """Tell whether a call opens a file of text to write into it, or writes one."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    texts = [each.value for each in call.args if isinstance(each, ast.Constant)]
    texts += [each.value.value for each in call.keywords
              if each.arg == "mode" and isinstance(each.value, ast.Constant)]  # fmt: skip
    modes = [each for each in texts if isinstance(each, str) and set(each) <= set("rwxabt+")]
    if name == "write_text":
        # What help is written with has a method of that name, too.
        return any(each.arg == "encoding" for each in call.keywords)
    return name in {"open", "fdopen"} and any(
        set(mode) & set("wxa+") and "b" not in mode for mode in modes
    )


def left_open(text: str) -> Iterator[int]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and writes(node):
            named = {each.arg: each.value for each in node.keywords}
            ends = named.get("newline")
            if not isinstance(ends, ast.Constant) or ends.value is None:
                yield node.lineno


def test_what_leaves_ends_of_lines_open_is_found() -> None:
    text = (
        "path.write_text(t, encoding='utf-8')\n"
        "path.open('w')\n"
        "open(path, mode='a', newline=None)\n"
        "path.open('wb'); path.open(newline=''); path.open('w', newline='')\n"
    )
    assert list(left_open(text)) == [1, 2, 3]


def test_no_module_leaves_ends_of_lines_open() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("engine", "cli")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in left_open(path.read_text(encoding="utf-8"))
    ]
    assert not [each for each in found if not each.startswith("engine/zhunru/system.py")], found
