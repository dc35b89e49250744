"""9xx: mistakes of the program itself."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

CODES: tuple[Code, ...] = (
    Code(
        id="ZR901",
        slug="internal-error",
        severity=Severity.ERROR,
        zh="程序内部出错（参考号 {reference}），不是文件的问题",
        en="internal error (reference {reference}); this is not the fault of your file",
        help_zh="请加 --debug 重新运行一次，把参考号和细节告诉维护人员；文件没有被改动。",
        help_en="run again with --debug and report the reference with the details; "
        "no file was changed",
        why_zh="程序遇到了没有料到的情形，宁可停下，也不给出靠不住的结论。",
        why_en="the program met a case that nobody foresaw; it stops rather than answer wrongly",
    ),
)
