"""A way to run the command line, and to write workbooks as office programs do."""

import re
import zipfile
from pathlib import Path

from tests.cli.conftest import zhunru  # noqa: F401

_OWN = re.compile(r'<c r="(\w+)" t="(?:inlineStr|s)">(?:<is>(.*?)</is>|<v>(\d+)</v>)</c>', re.S)
_SHARED = re.compile(r"<si>(.*?)</si>", re.S)


def share_texts(path: Path) -> None:
    """Let the cells of the first worksheet share their texts, as office programs write them."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    texts = _SHARED.findall(parts.get("xl/sharedStrings.xml", ""))

    def shared(cell: re.Match[str]) -> str:
        if cell[2] is not None:
            texts.append(cell[2])
        number = cell[3] or len(texts) - 1
        return f'<c r="{cell[1]}" t="s"><v>{number}</v></c>'

    name = "xl/worksheets/sheet1.xml"
    parts[name] = _OWN.sub(shared, parts[name])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = "".join(f"<si>{text}</si>" for text in texts)
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{items}</sst>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, text in parts.items():
            packed.writestr(part, text)
