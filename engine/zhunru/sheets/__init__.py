"""Between workbooks and policies: a sheet as policy text, a list as the table that is published."""

from __future__ import annotations

from zhunru.sheets.exporting import Exported, export_list
from zhunru.sheets.importing import Imported, import_sheet

__all__ = ["Exported", "Imported", "export_list", "import_sheet"]
