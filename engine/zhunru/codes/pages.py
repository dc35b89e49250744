"""91x: forms of the pages that cannot be taken."""

from __future__ import annotations

from zhunru.codes.entry import Code
from zhunru.diagnostics import Severity

CODES: tuple[Code, ...] = (
    Code(
        id="ZR911",
        slug="form-of-another-session",
        severity=Severity.ERROR,
        zh="页面已经过期，填写的内容没有提交",
        en="the page is too old, and nothing of it was sent",
        help_zh="请返回上一页，刷新后再提交；长时间没有操作的，需要重新登录。",
        help_en="go back, reload the page and send it again; after a long time, sign in again",
        why_zh="只有本系统自己的页面才能提交，别的网站不能借用登录。",
        why_en="only pages of this service may send forms: no other site may borrow a sign-in",
    ),
    Code(
        id="ZR912",
        slug="token-not-known",
        severity=Severity.ERROR,
        zh="口令不对，或者已经过期",
        en="the token is not known, or has come to its end",
        help_zh="请核对口令；过期的，请向管理员领取新的口令。",
        help_en="look at the token again, or ask for a new one",
        why_zh="没有有效口令，就不知道是谁在看、谁在办。",
        why_en="without a token that holds, nobody knows who looks and who acts",
    ),
    Code(
        id="ZR913",
        slug="no-file-of-a-set",
        severity=Severity.ERROR,
        zh="选的文件都不是规则集的文件：{names}",
        en="none of these files is a file of a set: {names}",
        help_zh="请选规则集的文件夹，或者其中的 .policy、.yaml、.csv 文件；"
        "压缩包先解压，Excel 表格先用 zhunru import 转成规则文件。",
        help_en="choose the folder of a set, or its .policy, .yaml and .csv files; unpack "
        "archives, and turn workbooks into rules by zhunru import first",
        why_zh="表格里哪一栏是什么意思，要先读准、核对，才能当作规则。",
        why_en="what the columns of a workbook mean has to be read and looked at before they rule",
    ),
    Code(
        id="ZR914",
        slug="no-file-chosen",
        severity=Severity.ERROR,
        zh="没有选文件",
        en="no file was chosen",
        help_zh="请选规则集的文件夹，或者其中的文件。",
        help_en="choose the folder of a set, or its files",
        why_zh="草案是一组规则文件，没有文件就没有可以检查的。",
        why_en="a draft is a set of files: without any there is nothing to check",
    ),
    Code(
        id="ZR915",
        slug="two-files-of-one-name",
        severity=Severity.ERROR,
        zh="选了两个内容不同的文件，都叫“{name}”",
        en="two files of different content are both called `{name}`",
        help_zh="只留要用的那一个，或者合成一个，再提交一次。",
        help_en="leave the one you mean, or make one of both, and hand in again",
        why_zh="同名的只能留下一个，另一个里的内容会不声不响地丢掉。",
        why_en="only one of them could be kept, and what the other holds would be lost unseen",
    ),
)
