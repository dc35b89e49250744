"""The six pages driven end to end in headless Chromium; nothing is asked of another host.

ZHUNRU_CHROMIUM=required: a machine without Chromium fails; else the tests are left out.
ZHUNRU_SCREENSHOTS=FOLDER keeps a picture of each page.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn

from zhunru.web import Settings, create_app

POLICIES = Path(__file__).parents[2] / "policies"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DEMANDED = os.environ.get("ZHUNRU_CHROMIUM") == "required"

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and not DEMANDED, reason="Chromium is not installed (apt-get install chromium)"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a service with everything a console needs."""
    folder = tmp_path_factory.mktemp("console")
    settings = Settings(
        sets={"": ["weihai"]},
        store=str(folder / "store.db"),
        drafts=folder / "drafts",
        log=folder,
        journal=lambda line: None,
    )
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return a browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as programs:
        opened = programs.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Visitor:
    """A window of the browser, and what it asked for and complained about."""

    def __init__(self, browser: Any, address: str) -> None:
        self.page = browser.new_page(viewport={"width": 1280, "height": 1000}, locale="zh-CN")
        self.address = address
        self.hosts: set[str] = set()
        self.said: list[str] = []
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()
        self.page.wait_for_load_state()

    def keep(self, name: str) -> None:
        folder = os.environ.get("ZHUNRU_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def sees(self, *words: str) -> bool:
        text = self.page.inner_text("body")
        return all(word in text for word in words)


@pytest.fixture
def visitor(browser: Any, address: str) -> Iterator[Visitor]:
    """Return a window; afterwards it has asked for nothing elsewhere, and nothing went wrong."""
    made = Visitor(browser, address)
    yield made
    made.page.close()
    assert made.hosts == {urlsplit(address).netloc}
    assert [said for said in made.said if "Failed to load" not in said] == []


def test_a_clerk_takes_a_letter_from_intake_to_the_first_review(visitor: Visitor) -> None:
    visitor.open("/intake")
    visitor.page.get_by_label("来文单位").fill("区市场监管局")
    visitor.page.get_by_label("事项").first.fill("食品安全宣传入户")
    visitor.page.get_by_label("目标社区").fill("幸福社区")
    visitor.press("判定")
    visitor.page.get_by_label("类别").first.select_option("行政任务")
    visitor.press("判定")
    assert visitor.sees("不予准入", "可以申请")
    visitor.keep("intake")
    visitor.page.get_by_role("link", name="社区工作准入").click()
    visitor.page.locator("figure img").wait_for()
    visitor.page.go_back()  # asked to send the form again, the browser would show nothing
    visitor.page.reload()
    assert visitor.sees("不予准入", "可以申请")
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("button", name="出具告知书").click()
    assert "不予承接告知书" in opened.value.inner_text("body")
    printed = opened.value.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1  # one sheet of paper
    visitor.press("登记并转办")
    visitor.page.get_by_role("link", name="社区工作准入 · 草拟").click()
    visitor.page.get_by_text("提交 → 初审").click()
    step = visitor.page.locator("details[open]").first
    step.get_by_label("审批表").fill("附件1")
    step.get_by_label("范围").fill("幸福社区")
    step.get_by_role("button").click()
    assert visitor.page.get_by_role("alert").is_visible()  # the day of entry is not known
    assert visitor.page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert visitor.page.get_by_label("拟进入日期").first.get_attribute("type") == "date"
    visitor.keep("case")
    visitor.page.emulate_media(media="print")
    assert visitor.sees("经过") and not visitor.sees("可以办的"), "what may be done is no record"
    visitor.page.emulate_media(media="screen")
    visitor.open("/cases")
    assert visitor.sees("食品安全宣传入户", "社区工作准入", "草拟")
    visitor.page.get_by_label("编号或者事项").fill("没有这样的事项")
    visitor.press("查找")
    assert visitor.sees("没有待办")
    visitor.page.get_by_role("link", name="清除条件").click()
    visitor.page.get_by_label("流程、环节").select_option(label="草拟（1）")
    visitor.press("查找")
    assert visitor.sees("食品安全宣传入户", "共 1 件")
    visitor.page.get_by_role("link", name="定期任务").click()
    assert visitor.sees("全日值班") and not visitor.sees("食品安全宣传入户")
    visitor.open("/cases")
    visitor.keep("cases")
    visitor.open("/board")
    assert visitor.page.locator(".chart canvas").first.is_visible()
    assert visitor.sees("以下评上", "没有数据")
    visitor.keep("board")
    printed = visitor.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3
    visitor.page.get_by_role("link", name="去年").click()
    assert visitor.sees("12-31", "这段时间没有记录")


def test_lists_and_workflows_are_looked_through(visitor: Visitor) -> None:
    visitor.open("/lists")
    visitor.page.get_by_label("事项").fill("老年人优待证")
    visitor.press("查找")
    assert visitor.sees("共找到 1 条")
    visitor.keep("lists")
    visitor.page.get_by_role("link", name="老年人优待证代办").click()
    assert visitor.sees("要求", "否则", "威海服务大厅规范")
    visitor.keep("entry")
    visitor.open("/flows")
    visitor.page.get_by_role("link", name="吹哨报到").click()
    drawing = visitor.page.locator("figure img")
    drawing.wait_for()
    assert drawing.evaluate("image => image.complete && image.naturalWidth > 300")
    visitor.keep("flow")
    before = drawing.bounding_box()["width"]
    visitor.press("放大")
    assert drawing.bounding_box()["width"] > before


def test_a_draft_is_handed_in_as_a_folder(visitor: Visitor, tmp_path: Path) -> None:
    folder = tmp_path / "weihai"
    shutil.copytree(POLICIES / "weihai", folder)
    rules = folder / "规则.policy"
    text = rules.read_text(encoding="utf-8")
    before, after = "严禁向社区摊派安装使用政务APP", "政务APP不得要求社区安装"
    assert before in text
    rules.write_text(text.replace(before, after), encoding="utf-8")
    visitor.open("/drafts")
    visitor.page.get_by_label("规则集文件夹").set_input_files(folder)
    visitor.page.get_by_label("说明").fill("试改一处理由")
    visitor.press("提交检查")
    assert visitor.sees("检查通过，等第二人批准")
    # The page comes back by itself once the sets are compared.
    visitor.page.get_by_text("WH-01严禁摊派安装应用").first.wait_for(timeout=120_000)
    visitor.keep("draft")
    visitor.page.get_by_role("link", name="分部门").click()
    history = tmp_path / "来件.csv"
    history.write_text("来文单位,目标社区,类别\n示例区民政局,幸福社区,系统应用\n", encoding="utf-8")
    visitor.page.get_by_label("以往来件").set_input_files(history)
    visitor.press("测算")
    assert visitor.sees("文件里的 1 件按现行规则和草案各判一遍")
    visitor.keep("impact")
    visitor.page.get_by_role("link", name="返回").click()
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("link", name="一页对比").click()
    opened.value.set_viewport_size({"width": 320, "height": 600})
    assert opened.value.evaluate("document.documentElement.scrollWidth") <= 320
    opened.value.close()
    visitor.press("批准")
    assert visitor.sees("ZR795")


def test_the_keyboard_alone_is_enough(visitor: Visitor) -> None:
    visitor.open("/intake")
    keys = visitor.page.keyboard
    keys.press("Tab")
    assert visitor.page.evaluate("document.activeElement.className") == "skip"
    visitor.page.get_by_label("来文单位").focus()
    keys.type("区市场监管局")
    keys.press("Enter")
    visitor.page.wait_for_load_state()
    visitor.page.locator(".outcome").wait_for()
    unnamed = visitor.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(field => !field.labels || !field.labels.length).length"
    )
    assert unnamed == 0


def test_what_is_filled_in_goes_along_into_the_other_language(visitor: Visitor) -> None:
    visitor.open("/intake")
    visitor.page.get_by_role("link", name="English").click()
    visitor.page.wait_for_url("**/intake?lang=en")
    assert visitor.page.locator(".outcome").count() == 0, "nothing was filled in yet"
    visitor.page.get_by_label("来文单位").fill("区市场监管局")
    visitor.page.get_by_role("link", name="中文").click()
    visitor.page.get_by_text("已填内容").wait_for()
    assert visitor.page.get_by_label("来文单位").input_value() == "区市场监管局"
    assert visitor.page.locator("html").get_attribute("lang") == "zh-CN"


def test_what_is_typed_on_a_case_goes_along_and_is_not_sent(visitor: Visitor) -> None:
    visitor.open("/intake")
    for name, text in (
        ("来文单位", "区市场监管局"),
        ("目标社区", "幸福社区"),
        ("事项", "换语言的事项"),
    ):
        visitor.page.get_by_label(name).first.fill(text)
    visitor.press("判定")
    visitor.page.get_by_label("类别").first.select_option("行政任务")
    visitor.press("判定")
    visitor.press("登记并转办")
    visitor.page.get_by_role("link", name="社区工作准入 · 草拟").click()
    visitor.page.get_by_text("提交 → 初审").click()
    visitor.page.locator("details[open]").first.get_by_label("审批表").fill("附件1")
    visitor.page.get_by_role("link", name="English").click()
    visitor.page.wait_for_url("**lang=en*")
    step = visitor.page.locator("details[open]").first
    assert step.get_by_label("审批表").input_value() == "附件1"
    assert visitor.page.locator("ol.timeline li").count() == 1, "nothing was done"
    visitor.page.get_by_role("link", name="中文").click()
    visitor.page.wait_for_url("**lang=zh*")
    step = visitor.page.locator("details[open]").first
    assert step.get_by_label("审批表").input_value() == "附件1"


PAGES = ("/intake", "/lists", "/lists/findings", "/flows", "/cases", "/drafts", "/board")
_NAMELESS = """[
  ...[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter(field => !field.labels || !field.labels.length),
  ...[...document.querySelectorAll("table")].filter(table => !table.caption),
  ...[...document.querySelectorAll("img")].filter(image => !image.alt),
  ...[...document.querySelectorAll("nav")].filter(nav => !nav.getAttribute("aria-label")),
  ...[...document.querySelectorAll("th")].filter(head => !head.scope),
].map(node => node.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_screen_reader_finds_a_name_for_everything(visitor: Visitor, language: str) -> None:
    for path in PAGES:
        visitor.open(f"{path}?lang={language}")
        assert visitor.page.evaluate(_NAMELESS) == [], path
        assert visitor.page.locator("h1").count() == visitor.page.locator("main").count() == 1
    visitor.open("/cases?q=1&lang=en")
    visitor.page.get_by_role("link", name="中文").click()
    assert visitor.page.get_by_label("编号或者事项").input_value() == "1"


def test_on_a_telephone_names_in_tables_keep_some_width(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 360, "height": 800})
    visitor.open("/lists")
    name = visitor.page.locator("table.entries tbody th").first
    assert name.bounding_box()["width"] >= 200


@pytest.mark.parametrize("width", [1024, 800, 360, 320])
def test_a_narrow_window_needs_no_scrolling_sideways(visitor: Visitor, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        visitor.open(path)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path


def test_a_page_that_waits_is_left_alone_until_it_is_another_one(visitor: Visitor) -> None:
    asked: list[str] = []
    mark = '<meta name="ask-again" content="1"><script src="/static/console.js" defer></script>'
    body = [f"{mark}<h1>waiting</h1><input>"]

    def answer(route: Any) -> None:
        asked.append(route.request.resource_type)
        route.fulfill(body=body[0], content_type="text/html")

    visitor.page.route("**/waiting", answer)
    visitor.open("/waiting")
    visitor.page.locator("input").fill("half a word")
    for _ in range(600):
        if len(asked) >= 3:
            break
        visitor.page.wait_for_timeout(100)
    assert visitor.page.locator("input").input_value() == "half a word"
    body[0] = "<h1>ready</h1>"
    visitor.page.get_by_text("ready").wait_for()
    assert asked[0] == asked[-1] == "document" and set(asked[1:-1]) == {"xhr"}


def test_a_refusal_is_a_list_inside_of_what_is_read_out(visitor: Visitor) -> None:
    for path in ("/cases/none", "/lists/entry?list=none"):
        visitor.open(path)
        alert = visitor.page.get_by_role("alert")
        assert alert.get_by_role("listitem").count() == 1, path


def test_long_words_stay_on_the_paper(visitor: Visitor) -> None:
    address = "https://www.example.gov.cn/" + "a1b2c3d4" * 40
    visitor.open("/intake")
    visitor.page.get_by_label("来文单位").fill("区市场监管局")
    visitor.page.get_by_label("事项").first.fill(address)
    visitor.page.get_by_label("目标社区").fill("幸福社区")
    visitor.press("判定")
    visitor.page.get_by_label("类别").first.select_option("行政任务")
    visitor.press("判定")
    with visitor.page.expect_popup() as opened:
        visitor.page.get_by_role("button", name="出具告知书").click()
    visitor.press("登记并转办")
    for page in (visitor.page, opened.value):
        assert address in page.inner_text("main").replace("\n", "")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def test_a_drawing_is_printed_whole_on_one_sheet(visitor: Visitor) -> None:
    visitor.open("/flows")
    visitor.page.get_by_role("link", name="社区工作准入").click()
    visitor.page.wait_for_load_state("networkidle")  # with its drawing
    for _ in range(4):
        visitor.press("放大")
    visitor.page.emulate_media(media="print")
    visitor.page.set_viewport_size({"width": 590, "height": 945})  # what a sheet of A4 leaves
    box = visitor.page.locator(".drawing img").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 590 and box["height"] <= 945
    drawn = visitor.page.locator(".drawing img").evaluate("i => i.naturalWidth / i.naturalHeight")
    assert abs(box["width"] / box["height"] / drawn - 1) < 0.01, "and not pulled out of shape"
    assert not visitor.page.get_by_role("button", name="放大").is_visible()


def test_no_column_of_a_table_is_cut_off_on_paper(visitor: Visitor) -> None:
    visitor.page.emulate_media(media="print")
    visitor.page.set_viewport_size({"width": 590, "height": 900})  # less than a sheet leaves
    for path in PAGES:
        visitor.open(path)
        wide = visitor.page.locator("table").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().right)"
        )
        assert max(wide, default=0) <= 590, path


def test_without_scripts_no_room_is_kept_for_what_they_would_show(
    browser: Any, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/intake")
    page.get_by_label("来文单位").fill("区市场监管局")
    page.get_by_label("事项").first.fill("反诈应用推广")
    page.get_by_role("button", name="判定").click()
    for language in ("English", "中文"):
        page.get_by_role("link", name=language).click()
        assert page.locator('input[value="区市场监管局"]').is_visible()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="出具告知书").click()
    assert opened.value.locator("article.letter").is_visible()
    opened.value.get_by_role("link", name="English").click()
    assert opened.value.locator("article.letter").is_visible()
    opened.value.get_by_role("link", name="中文").click()
    assert not opened.value.locator("[data-print]").is_visible()
    page.get_by_role("button", name="登记").click()
    page.goto(address + "/board")
    assert page.locator("table").first.is_visible()
    assert not any(chart.is_visible() for chart in page.locator(".chart").all())
    context.close()


def test_in_high_contrast_charts_and_drawings_keep_their_ground(visitor: Visitor) -> None:
    visitor.page.emulate_media(forced_colors="active", color_scheme="dark")
    ground = "node => getComputedStyle(node).backgroundColor"
    visitor.open("/flows")
    visitor.page.get_by_role("link", name="吹哨报到").click()
    assert visitor.page.locator(".drawing .sheet").evaluate(ground) == "rgb(255, 255, 255)"
    assert visitor.page.locator("body").evaluate(ground) != "rgb(255, 255, 255)"
    visitor.open("/cases")
    lines = visitor.page.locator(".tabs a").evaluate_all(
        "tabs => tabs.map(tab => getComputedStyle(tab).borderBottomColor)"
    )
    assert len(set(lines)) == 2 and lines.count(lines[0]) == 1
    visitor.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<div class=chart></div>')"
    )
    assert visitor.page.locator(".chart").evaluate(ground) == "rgb(255, 255, 255)"
