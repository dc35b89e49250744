"""What the commands about workbooks and reports say, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "import": (
        "把表（.xlsx、.csv、.docx）变成规则文本，存疑的格子逐一标出。",
        "Turn a table (.xlsx, .csv, .docx) into policy text; every doubtful cell is marked.",
    ),
    "import.as": (
        "读成什么：list 清单、units 单位、register 台账。",
        "What to read it as: list, units or register.",
    ),
    "import.name": ("清单或者台账的名称，不写则用文件名。", "Name; default that of the file."),
    "import.sheet": (
        "只读这张工作表（文档里是表1、表2……）。",
        "Read only this worksheet (table of a document).",
    ),
    "import.columns": (
        "栏目对照文件；不写则用旁边的 文件名.栏目.yaml。",
        "File of columns; default FILE.columns.yaml beside it.",
    ),
    "import.out": ("写进文件（已有的不覆盖）。", "Write to a file (never over another)."),
    "export": ("把规则集里的内容导出给别人用。", "Write what a set holds for others."),
    "export.list": ("把清单导出成公布用的表。", "Write a list as the table that is published."),
    "report": (
        "一个时期的报告：来件、负担、三率、超期、排名。",
        "Report of a period: requests, burden, three rates, overdue, ranking.",
    ),
    "report.store": ("办件所在的存储。", "Store of the cases."),
    "report.history": (
        "以往来件和办件的台账（xlsx、csv、jsonl）。",
        "File of past requests and cases (xlsx, csv, jsonl).",
    ),
    "report.data": ("评价的评分所在的文件或者文件夹。", "File or folder of ratings."),
    "report.from": ("从哪天起。", "First day."),
    "report.to": ("到哪天止。", "Last day."),
    "report.html": (
        "写成带图的网页（一个文件，不用联网）。",
        "Page with charts; one file, no network.",
    ),
    "report.xlsx": ("写成工作簿。", "Workbook to write."),
    "export.xlsx": ("写进这个工作簿。", "Workbook to write."),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "export.suffix": (
        "写出的是 .xlsx 工作簿，文件名“{path}”请以 .xlsx 结尾。",
        "what is written is an .xlsx workbook: let the name `{path}` end in .xlsx",
    ),
    "import.clean": ("读入 {rows} 条，没有存疑。", "{rows} row(s) read, nothing doubtful."),
    "import.nothing": (
        "没有读入任何一条：表头下面没有内容，或者都不能读取。",
        "nothing was read: there are no rows below the headings, or none can be read.",
    ),
    "import.doubtful": (
        "读入 {rows} 条，{doubtful} 处待核对，已在文本里标出。",
        "{rows} row(s) read, {doubtful} place(s) to be looked at, marked in the text.",
    ),
    "report.source": (
        "请写 --store 或者 --history，两样写一样。",
        "give either --store or --history",
    ),
    "report.order": ("--from 不能晚于 --to。", "--from is after --to"),
    "report.head": ("{code}：{start} 至 {end}", "{code}: {start} to {end}"),
    "report.unread": (
        "有 {n} 行读不了，没有计入。",
        "{n} row(s) could not be read and are not counted.",
    ),
    "report.row": ("{file} 第 {row} 行：", "{file} row {row}: "),
    "report.row_of_sheet": (
        "{file} 工作表“{sheet}”第 {row} 行：",
        "{file} sheet `{sheet}` row {row}: ",
    ),
    "report.nothing": ("这一期没有来件，也没有办件。", "There were no requests and no cases."),
    "report.more": (
        "另有 {n} 行，见 --html、--xlsx 或者 --format json。",
        "{n} more; see --html, --xlsx or --format json.",
    ),
    "failure.write": (
        "{path} 写不进去：请核对文件夹在不在、能不能写、磁盘满不满。",
        "{path} cannot be written: does the folder exist, may you write to it, is the disk full?",
    ),
    "failure.full": (
        "结果没有写完：磁盘满了，或者文件大到了上限。腾出地方再运行一次。",
        "the result is not complete: the disk is full or the file as large as it may be. "
        "Make room and run it again.",
    ),
    "failure.no_folder": (
        "现在所在的文件夹已经不在了：请换到另一个文件夹再运行。",
        "the folder that you are in is gone: change to another and run it again.",
    ),
    "export.which": (
        "请写明导出哪一张清单。有：{known}",
        "name the list to write; there are: {known}",
    ),
    "export.written": ("已写出 {path}：{title}，{n} 条。", "wrote {path}: {title}, {n} entries."),
}
