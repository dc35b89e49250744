"""Word documents (.docx) written by hand, for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def paragraph(text: str, properties: str = "") -> str:
    """Return a paragraph."""
    return (
        f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def cell(inside: str, properties: str = "") -> str:
    """Return a cell of a table."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """Return a row of cells, plain texts or made by `cell`."""
    made = [each if each.startswith("<w:tc>") else cell(paragraph(each)) for each in cells]
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(made)}</w:tr>"


def table(*rows: str) -> str:
    """Return a table."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def plain(rows: list[list[str]]) -> str:
    """Return a table of texts."""
    return table(*(row(*each) for each in rows))


def document(path: Path, *body: str, namespace: str = NAMESPACE) -> Path:
    """Write a document."""
    text = f'<w:document xmlns:w="{namespace}"><w:body>{"".join(body)}</w:body></w:document>'
    return packed(path, text.encode())


def packed(path: Path, text: bytes) -> Path:
    """Write the packed file that a document is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("word/document.xml", text)
    return path
