"""The worksheet by which a list that we wrote is read back whole: its head and its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zhunru.syntax.columns_file import Columns, bare
from zhunru.syntax.workbook import Workbook

SHEET = "清单说明"
HEAD = "规则文本（清单的题名、类型和总的规定，请勿改动）"
COLUMN, MEANS = "栏目", "含义"
RUNNING, OTHER = "不读", "另列"
ENGLISH, FORCE = "英文", "约束"


@dataclass
class Marks:
    """What the worksheet says: the lines of the list's head, and what its columns mean."""

    lines: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[Sequence[str]]:
        """Yield the rows of the worksheet."""
        yield HEAD, COLUMN, MEANS
        pairs = list(self.columns.items())
        for at in range(max(len(self.lines), len(pairs))):
            line = self.lines[at] if at < len(self.lines) else ""
            yield line, *(pairs[at] if at < len(pairs) else ("", ""))

    def said(self) -> Columns:
        """Return what each heading means, as a file of columns would say it."""
        plain = {
            bare(h): None if m == RUNNING else m for h, m in self.columns.items() if m != OTHER
        }
        return Columns(
            names=plain,
            other={bare(h): h for h, m in self.columns.items() if m == OTHER},
            exact=True,
        )


def marks_in(book: Workbook) -> Marks | None:
    """Return the marks of a workbook that we wrote, else None."""
    sheet = book.named(SHEET)
    rows = [row.texts for row in sheet.rows()] if sheet is not None else []
    if not rows or rows[0][:3] != [HEAD, COLUMN, MEANS]:
        return None
    # Cells are read without the blanks around them; all under the first line stands one step in.
    first, *under = [row[0] for row in rows[1:] if row[0]] or [""]
    marks = Marks(lines=[first, *(f"  {line}" for line in under)])
    marks.columns = {row[1]: row[2] for row in rows[1:] if row[1]}
    return marks
