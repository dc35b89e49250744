"""What the commands about workbooks and reports say, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "import": (
        "把工作簿（.xlsx、.csv）变成规则文本，存疑的格子逐一标出。",
        "Turn a workbook (.xlsx, .csv) into policy text; every doubtful cell is marked.",
    ),
    "import.as": (
        "读成什么：list 清单、units 单位、register 台账。",
        "What to read it as: list, units or register.",
    ),
    "import.name": ("清单或者台账的名称，不写则用文件名。", "Name; default that of the file."),
    "import.sheet": ("只读这张工作表。", "Read only this worksheet."),
    "import.columns": (
        "栏目对照文件；不写则用旁边的 文件名.栏目.yaml。",
        "File of columns; default FILE.columns.yaml beside it.",
    ),
    "import.out": ("写进文件（已有的不覆盖）。", "Write to a file (never over another)."),
    "export": ("把规则集里的内容导出给别人用。", "Write what a set holds for others."),
    "export.list": ("把清单导出成公布用的表。", "Write a list as the table that is published."),
    "export.xlsx": ("写进这个工作簿。", "Workbook to write."),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "import.clean": ("读入 {rows} 条，没有存疑。", "{rows} row(s) read, nothing doubtful."),
    "import.doubtful": (
        "读入 {rows} 条，{doubtful} 处待核对，已在文本里标出。",
        "{rows} row(s) read, {doubtful} place(s) to be looked at, marked in the text.",
    ),
    "export.which": (
        "请写明导出哪一张清单。有：{known}",
        "name the list to write; there are: {known}",
    ),
    "export.written": ("已写出 {path}：{title}，{n} 条。", "wrote {path}: {title}, {n} entries."),
}
