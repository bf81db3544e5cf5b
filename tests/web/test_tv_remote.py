"""The television in a real browser, walked with the remote: arrows, OK, digits and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from dialogs.contract import Keys, Pick
from tests.channels.tv.small_engine import CASE, ID, TAIL, SmallEngine
from tests.web.tv_walk import name, ok, on, press

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(chromium: Browser, tv_site: str) -> AsyncIterator[Page]:
    """A television of 1280x720; an error of its script fails the test."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 720}, device_scale_factor=1)
    opened = await context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if said.type == "error" and "503" not in said.text else None)
    yield opened
    await context.close()
    assert errors == []


async def test_a_case_is_looked_up_with_arrows_and_ok_alone(page: Page, tv_site: str, engine: SmallEngine, screenshots: Path) -> None:
    await page.goto(f"{tv_site}/tv")
    await page.screenshot(path=screenshots / "tv-1-menu.png")
    await press(page, "查进度")
    await page.screenshot(path=screenshots / "tv-2-keypad.png")
    for digit in CASE:
        await press(page, digit)
    await page.screenshot(path=screenshots / "tv-3-number.png")
    await press(page, "完成")
    for digit in TAIL[:3]:
        await press(page, digit)
    await page.screenshot(path=screenshots / "tv-4-masked.png")
    await press(page, TAIL[3])
    await press(page, "完成")
    await page.screenshot(path=screenshots / "tv-5-status.png")
    assert "现在是“办理”" in await page.inner_text("#text")
    await press(page, "没有了")
    await page.screenshot(path=screenshots / "tv-6-bye.png")
    assert [t.event for t in engine.turns[1:]] == [Pick("status", "main.menu"), Keys(CASE), Keys(TAIL), Pick("finish", "main.more")]
    assert page.url == f"{tv_site}/tv"


async def test_the_remotes_digits_type_as_fast_as_a_finger(page: Page, tv_site: str, engine: SmallEngine, screenshots: Path) -> None:
    await page.goto(f"{tv_site}/tv")
    await ok(page, "2")
    await page.screenshot(path=screenshots / "tv-7-six.png")
    await ok(page, "6")
    await page.keyboard.type(ID[:17])  # all at once: they queue
    await expect(page.locator("#count")).to_contain_text("已按 17 位")
    await page.screenshot(path=screenshots / "tv-8-identity.png")
    await ok(page, "x")
    await page.screenshot(path=screenshots / "tv-9-full.png")
    assert await on(page) == "完成"
    await ok(page)
    assert engine.turns[-1].event == Keys(ID.replace("X", "*"))


async def test_the_back_key_answers_and_does_not_walk_the_browsers_history(page: Page, tv_site: str, engine: SmallEngine) -> None:
    await page.goto("about:blank")
    await page.goto(f"{tv_site}/tv")
    await press(page, "查进度")
    await ok(page, "Backspace")
    assert await name(page) == "main.menu"
    assert page.url == f"{tv_site}/tv"
    assert engine.turns[-1].event == Pick("!back")


async def test_a_long_text_is_paged_with_ok_alone(page: Page, tv_site: str, screenshots: Path) -> None:
    await page.goto(f"{tv_site}/tv")
    await press(page, "看要带什么材料")
    await page.screenshot(path=screenshots / "tv-10-reading.png")
    assert await on(page) == "下一页"
    while await on(page) == "下一页":
        await ok(page)
    await page.screenshot(path=screenshots / "tv-11-read.png")
    assert await on(page) == "现在申请"


async def test_a_person_and_a_breakdown_have_screens_of_their_own(page: Page, tv_site: str, engine: SmallEngine, screenshots: Path) -> None:
    await page.goto(f"{tv_site}/tv")
    await press(page, "找人工")
    await page.screenshot(path=screenshots / "tv-12-person.png")
    await press(page, "接着办")
    engine.down = True
    await press(page, "办事")
    await page.screenshot(path=screenshots / "tv-13-down.png")
    assert await on(page) == "再试一次"
