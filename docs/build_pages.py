"""Write a page for each diagnostic code from the registry and its fixtures.

Run `python docs/build_pages.py` after a code or a fixture has changed; a test compares.
"""

from __future__ import annotations

from pathlib import Path

from zhunru.codes import CODES, Code

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "diagnostics"
FIXTURES = ROOT / "tests" / "fixtures" / "check"
SEVERITIES = {"error": ("错误", "error"), "warning": ("警告", "warning"), "hint": ("提示", "hint")}
LONGEST_EXAMPLE = 60


def example(code: str, kind: str) -> str:
    """Return the fixture `kind` (bad or good) of a code as a fenced block, or an empty text."""
    found = sorted((FIXTURES / code).glob(f"{kind}.*"))
    if not found or found[0].is_dir():
        return ""
    try:
        lines = found[0].read_text(encoding="utf-8").strip("\n").splitlines()
    except UnicodeDecodeError:
        return ""
    if any("\x00" in line for line in lines):
        return ""
    if len(lines) > LONGEST_EXAMPLE:
        lines = [*lines[:LONGEST_EXAMPLE], "…"]
    fence = "````" if any("```" in line for line in lines) else "```"
    language = {".policy": "text", ".yaml": "yaml"}.get(found[0].suffix, "text")
    return f"{fence}{language}\n" + "\n".join(lines) + f"\n{fence}\n"


def page(code: Code) -> str:
    """Return the page of a code."""
    zh, en = SEVERITIES[code.severity.value]
    parts = [
        f"# {code.id} {code.slug}\n",
        f"**{zh}** · {en}\n",
        f"> {code.zh}\n>\n> {code.en}\n",
        f"## 为什么要管\n\n{code.why_zh}\n\n{code.why_en}\n",
    ]
    if code.help_zh:
        parts.append(f"## 怎么改\n\n{code.help_zh}\n\n{code.help_en}\n")
    for kind, title in (("bad", "有毛病的写法"), ("good", "改好之后")):
        block = example(code.id, kind)
        if block:
            parts.append(f"## {title}\n\n{block}")
    return "\n".join(parts)


def index(codes: list[Code]) -> str:
    """Return the table of all codes."""
    rows = [
        f"| [{c.id}]({c.id}.md) | {SEVERITIES[c.severity.value][0]} | {c.zh} | {c.en} |".replace(
            "\n", " "
        )
        for c in codes
    ]
    head = (
        "# 提示代码 / Diagnostic codes\n\n"
        "花括号里的词会换成文件里的实际内容。Words in braces stand for what the file says.\n\n"
        "| 代码 | 程度 | 说明 | in English |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """Return every page by file name."""
    codes = sorted(CODES.values(), key=lambda code: code.id)
    return {"README.md": index(codes)} | {f"{code.id}.md": page(code) for code in codes}


def main() -> None:
    """Write the pages and remove those of codes that are gone."""
    PAGES.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in PAGES.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
