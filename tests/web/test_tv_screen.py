"""What a television's screen looks like, measured on the DOM of a real browser, and how it behaves when things go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from channels.tv import TvSettings
from tests.channels.tv.small_engine import CASE, SIX, SmallEngine, asked

pytestmark = pytest.mark.browser

MEASURE = """() => {
    const round = r => ({left: r.left, top: r.top, right: r.right, bottom: r.bottom});
    const texts = [];
    const walker = document.createTreeWalker(document.getElementById('screen'), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode;
        if (!node.textContent.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect(), item = node.parentElement.closest('a');
        texts.push({text: node.textContent, size: parseFloat(getComputedStyle(node.parentElement).fontSize),
            color: getComputedStyle(node.parentElement).color, box: round(box), item: item ? round(item.getBoundingClientRect()) : null});
    }
    return {texts: texts, width: document.documentElement.scrollWidth, height: document.documentElement.scrollHeight};
}"""


async def television(chromium: Browser, *, width: int = 1280, height: int = 720, script: bool = True) -> Page:
    context = await chromium.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, java_script_enabled=script)
    return await context.new_page()


async def check(page: Page, *, least: int, side: int, top: int, width: int, height: int) -> None:
    """Every piece of text is large enough, inside the safe area, and inside its item; the page does not scroll."""
    measured = await page.evaluate(MEASURE)
    assert (measured["width"], measured["height"]) == (width, height)
    assert measured["texts"]
    for text in measured["texts"]:
        box = text["box"]
        assert text["size"] >= least, text
        assert side <= box["left"] + 0.5, text
        assert box["right"] <= width - side + 0.5, text
        assert top <= box["top"] + 0.5, text
        assert box["bottom"] <= height - top + 0.5, text
        if text["item"]:
            assert text["item"]["left"] <= box["left"], text
            assert box["right"] <= text["item"]["right"], text
            assert box["bottom"] <= text["item"]["bottom"] + 6, text  # a line box is taller than its characters
    assert await page.locator("a.on").count() == 1


SCREENS = {
    "menu": [],
    "six": ["2"],
    "identity": ["2", "1"],
    "number": ["1"],
    "reading": ["3"],
    "person": ["F4"],
    "bye": ["1", "Backspace"],
}


@pytest.mark.parametrize("frame", ["hd", "sd"])
async def test_every_screen_is_readable_from_the_sofa(
    chromium: Browser, tv_site: str, engine: SmallEngine, screenshots: Path, frame: str
) -> None:
    width, height, side, top, least = (1280, 720, 64, 36, 28) if frame == "hd" else (640, 530, 32, 27, 20)
    for name, keys in SCREENS.items():
        page = await television(chromium, width=width, height=height)
        await page.goto(f"{tv_site}/tv?size={frame}")
        for key in keys:
            async with page.expect_response("**/tv/**"):
                await page.keyboard.press(key)
            await expect(page.locator("a.pressed")).to_have_count(0)
        await page.screenshot(path=screenshots / f"tv-{frame}-{name}.png")
        await check(page, least=least, side=side, top=top, width=width, height=height)
        await page.context.close()


async def test_six_long_choices_and_a_long_number_stay_in_their_places(
    chromium: Browser, tv_site: str, engine: SmallEngine, screenshots: Path
) -> None:
    page = await television(chromium)
    await page.goto(f"{tv_site}/tv")
    address = engine.turns[0].address
    choices = tuple(type(c)(c.id, c.label + "（含补领和换发）", hint="六十岁以上的老年人") for c in SIX)
    engine.states[address] = asked("x", "请问您要办的是下面哪一项？" * 8, title="一个特别长的标题会被截短" * 4, choices=choices)
    await page.goto(f"{tv_site}/tv")
    while await page.locator("a.on span").inner_text() == "下一页":
        async with page.expect_response("**/tv/**"):
            await page.keyboard.press("Enter")
    await page.screenshot(path=screenshots / "tv-hd-long.png")
    await check(page, least=28, side=64, top=36, width=1280, height=720)


async def test_without_script_the_links_alone_do_everything(
    chromium: Browser, tv_site: str, engine: SmallEngine, screenshots: Path
) -> None:
    page = await television(chromium, script=False)
    await page.goto(f"{tv_site}/tv")
    await page.screenshot(path=screenshots / "tv-plain.png")
    await page.click("text=查进度")
    for digit in [*CASE, "完成", "8", "0", "0", "0", "完成"]:
        await page.locator("a.key", has_text=digit).click()
    assert "现在是“办理”" in await page.inner_text("#text")
    await page.go_back()  # to a keypad key that was pressed already
    assert await page.get_attribute("#view", "data-name") == "main.more"
    assert len(engine.turns) == 4


async def test_tab_and_enter_walk_the_page_without_script(chromium: Browser, tv_site: str) -> None:
    page = await television(chromium, script=False)
    await page.goto(f"{tv_site}/tv")
    focused = "[document.activeElement.textContent, getComputedStyle(document.activeElement).backgroundColor]"
    await expect(page.locator("a:focus")).to_have_count(1)  # autofocus comes with the first frame, not with the page's load
    assert await page.evaluate(focused) == ["1查进度看看办到哪一步了", "rgb(255, 210, 74)"]
    await page.keyboard.press("Tab")
    assert await page.evaluate(focused) == ["2办事申请一项服务", "rgb(255, 210, 74)"]
    await page.keyboard.press("Enter")
    await expect(page.locator("#view")).to_have_attribute("data-name", "request.item")


async def test_cable_boxes_steer_with_their_own_key_codes(chromium: Browser, tv_site: str, engine: SmallEngine) -> None:
    page = await television(chromium)
    await page.goto(f"{tv_site}/tv?keys=ipanel")
    box = await page.context.new_cdp_session(page)

    async def press(code: int) -> None:
        await box.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": code})

    await press(2)  # down
    assert await page.locator("a.on span").inner_text() == "办事"
    await press(768)  # a player message
    async with page.expect_response("**/tv/**"):
        await press(13)
    await expect(page.locator("#view")).to_have_attribute("data-name", "request.item")
    async with page.expect_response("**/tv/**"):
        await press(340)  # back
    await expect(page.locator("#view")).to_have_attribute("data-name", "main.menu")


async def test_a_lost_connection_keeps_the_screen_and_ok_tries_again(chromium: Browser, tv_site: str, engine: SmallEngine) -> None:
    page = await television(chromium)
    await page.goto(f"{tv_site}/tv")

    async def lose(route: Route) -> None:
        await route.abort()

    await page.route("**/tv/go*", lose)
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("没有连上")
    await page.unroute("**/tv/go*")
    await page.keyboard.press("Enter")
    await expect(page.locator("#view")).to_have_attribute("data-name", "status.number")
    assert len(engine.turns) == 2


async def test_a_proxys_error_page_is_not_shown_to_the_viewer(chromium: Browser, tv_site: str) -> None:
    page = await television(chromium)
    await page.goto(f"{tv_site}/tv")

    async def proxy(route: Route) -> None:
        await route.fulfill(status=502, body="<h1>Bad Gateway</h1>")

    await page.route("**/tv/go*", proxy)
    await page.keyboard.press("Enter")
    await expect(page.locator("#notice")).to_contain_text("没有连上")
    assert await page.locator("a.on span").inner_text() == "查进度"


@pytest.fixture
def tv_settings() -> TvSettings:
    return TvSettings(secret="s" * 40, hotline="3000", idle_seconds=300, warn_seconds=30, rate_turns=200, rate_keys=200)


async def test_a_screen_nobody_watches_warns_then_wipes_itself(
    chromium: Browser, tv_site: str, engine: SmallEngine, screenshots: Path
) -> None:
    page = await television(chromium)
    await page.clock.install()
    await page.goto(f"{tv_site}/tv")
    await page.keyboard.press("1")
    await expect(page.locator("#view")).to_have_attribute("data-name", "status.number")
    await page.clock.run_for(269_000)
    await expect(page.locator("#warn")).to_be_hidden()
    await page.clock.run_for(2_000)
    await expect(page.locator("#warn")).to_be_visible()
    await page.screenshot(path=screenshots / "tv-warning.png")
    turns = len(engine.turns)
    await page.keyboard.press("Enter")  # any key: it only says that somebody is there
    await expect(page.locator("#warn")).to_be_hidden()
    assert len(engine.turns) == turns
    await page.clock.run_for(299_000)
    await expect(page.locator("#warn")).to_be_visible()
    await page.clock.run_for(2_000)
    await expect(page.locator("#view")).to_have_attribute("data-name", "wiped")
    await page.screenshot(path=screenshots / "tv-wiped.png")
    await page.keyboard.press("Enter")
    await expect(page.locator("#view")).to_have_attribute("data-name", "main.menu")
    assert len({turn.address for turn in engine.turns}) == 2


async def test_the_trial_pages_remote_steers_the_framed_television(chromium: Browser, tv_site: str) -> None:
    page = await television(chromium)
    await page.route("**/trial", lambda route: route.fulfill(body="<iframe id=tv src=/tv></iframe>", content_type="text/html"))
    await page.goto(f"{tv_site}/trial")
    frame = page.frame_locator("#tv")
    await expect(frame.locator("a.on span")).to_have_text("查进度")
    await page.evaluate("document.getElementById('tv').contentWindow.onestopKey('down')")
    await expect(frame.locator("a.on span")).to_have_text("办事")
    await page.evaluate(
        "document.getElementById('tv').contentWindow.document.dispatchEvent(new KeyboardEvent('keydown', {keyCode: 40, bubbles: true}))"
    )
    await expect(frame.locator("a.on span")).to_have_text("看要带什么材料")
