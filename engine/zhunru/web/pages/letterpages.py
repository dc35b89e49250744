"""死信: the letters that no receiver took, and sending them once more by hand."""

from __future__ import annotations

from starlette.responses import Response

from zhunru.web import letters
from zhunru.web.pages.visit import Visit
from zhunru.web.paths import named
from zhunru.web.problems import reject
from zhunru.web.reading import whole_number

_PAGE = 100
_TEXTS = {
    "title": ("死信", "Dead letters"),
    "hint": (
        "对方没有收下、已经不再重试的外送通知。对方修好以后，可以一封一封再送。",
        "Notifications that were not taken and are tried no more. Once the receiver is mended, "
        "they can be sent again, one by one.",
    ),
    "nothing": ("没有死信。", "There are no dead letters."),
    "number": ("编号", "Number"),
    "hook": ("送往", "To"),
    "case": ("办件", "Case"),
    "topic": ("事由", "Topic"),
    "status": ("对方答复", "Answer"),
    "no_answer": ("没有答复", "none"),
    "attempts": ("试过", "Attempts"),
    "again": ("再送一次", "Send again"),
    "sent": ("已经送到。", "It was taken."),
    "not_sent": ("对方还是没有收下。", "It was not taken this time either."),
}
_TOPICS = {
    "enter": "登记",
    "cancel": "注销",
    "issue": "出具文书",
    "notify": "通知",
    "copy": "抄送",
    "inform": "告知",
    "record": "记录",
    "open": "开立",
    "supervise": "督办",
    "urge": "催办",
    "remind": "提醒",
    "unopened": "没有开成",
    "task": "申请的结果",
}


def show(visit: Visit) -> Response:
    """Show a page of the dead letters."""
    outbox = letters.outbox_of(visit.service, visit.tenant)
    after = whole_number(visit.query.get("after", "")) or 0
    rows = outbox.ledger(visit.tenant).dead(after, _PAGE)
    said = visit.query.get("said", "")
    english = visit.language == "en"
    return visit.page(
        "letters.html",
        here="letters",
        text={key: both[english] for key, both in _TEXTS.items()},
        rows=[letters.shown(row) for row in rows],
        topics={} if english else _TOPICS,
        following=str(rows[-1].number) if len(rows) == _PAGE else "",
        said=said if said in ("sent", "not_sent") else "",
    )


def again(visit: Visit) -> Response:
    """Send one of them once more, and say what came of it."""
    outbox = letters.outbox_of(visit.service, visit.tenant)
    number = whole_number(visit.params["number"])
    taken = None if number is None else outbox.again(visit.tenant, number)
    if taken is None:
        reject(404, "ZR884", path=named(visit.request.url.path)[:200])
    return visit.move("/letters", said="sent" if taken else "not_sent")
