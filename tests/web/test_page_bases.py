"""What an answer cites and why, on the page and in the letter."""

from __future__ import annotations

import re

from tests.web.conftest import Served
from tests.web.test_pages import console, send, text_of

__all__ = ["console"]  # the fixture


def test_an_open_answer_cites_what_holds_however_it_turns_out(console: Served) -> None:
    """Before the matter is known nearly every law may apply: that is no ground to ask for it."""
    unknown = {"f:类别": "行政任务", "f:目标社区": "幸福社区"}
    known = {**unknown, "f:事项": "协助老年人助餐需求摸底", "f:来文单位": "区民政局"}
    for path in ("/intake", "/intake/letter"):
        page = text_of(send(console, path, unknown, page="/intake"))
        assert "还需补正" in page and "民发20" not in page, path
        assert "依据 依哪一条，补正后才能确定（可能的共 " in page, path
        page = text_of(send(console, path, known, page="/intake"))
        assert "还需补正" in page and "依据 威海社区建设意见" in page, path


def test_a_letter_leaves_out_no_reason_without_a_word(console: Served) -> None:
    sent = {"f:来文单位": "区市场监管局", "f:类别": "系统应用"}
    page = text_of(send(console, "/intake", sent))
    letter = text_of(send(console, "/intake/letter", sent, page="/intake"))
    (more,) = re.findall("还有 [0-9]+ 种情形", page)
    assert f"{more}。" in letter
