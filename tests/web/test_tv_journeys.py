"""Both journeys at the television, in a real browser, by keys, through the real engine to rows in a real PostgreSQL."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from channels.tv import Television
from onestop.app import build
from onestop.settings import load
from records.database import Database
from records.tables import CaseRow, HandOverRow
from tests.web.conftest import serve
from tests.web.tv_walk import ok, press, steer

pytestmark = pytest.mark.browser

ID = "11010519491231002X"  # the example of GB 11643
MOBILE = "13800138000"


@pytest.fixture
def site(database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The whole service as a trial on the test's own stores, without telephone, voice and ears."""
    given = {"VAR": str(tmp_path / "var"), "CACHE": str(tmp_path / "cache"), "ASTERISK": "off", "RECOGNISERS": "0", "VOICE": "off"}
    for name in [name for name in os.environ if name.startswith("ONESTOP_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(f"ONESTOP_{name}", value)
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("REDIS_URL", redis_url)
    yield from serve(build(load(tmp_path / "none.env")), lifespan="on")


@pytest.fixture
async def page(chromium: Browser, site: str) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 1280, "height": 720}, device_scale_factor=1)
    yield await context.new_page()
    await context.close()


async def number(page: Page, digits: str) -> None:
    """Types a number with the remote's digits, fast, and finishes it with OK on 完成."""
    await page.keyboard.type(digits.lower())
    await expect(page.locator("#count")).to_contain_text(f"已按 {len(digits)} 位")
    await steer(page, "完成")
    await ok(page)


async def request(page: Page, screenshots: Path) -> str:
    """Requests 老年优待证 by the menu; the case number that is shown."""
    await press(page, "办事")
    await page.screenshot(path=screenshots / "journey-1-themes.png")
    await press(page, "养老助残看病")
    await page.screenshot(path=screenshots / "journey-2-domains.png")
    await press(page, "养老服务")
    await page.screenshot(path=screenshots / "journey-2-items.png")
    await press(page, "老年优待证")
    await page.screenshot(path=screenshots / "journey-3-about.png")
    await press(page, "材料")
    await page.screenshot(path=screenshots / "journey-4-materials.png")
    while await page.locator("a.on span").inner_text() == "下一页":
        await ok(page)
    await press(page, "申请")
    await page.screenshot(path=screenshots / "journey-5-form.png")
    while (await page.get_attribute("#view", "data-name") or "").startswith("request.fill_in"):
        asked = await page.inner_text("#view")
        if "一共 18 位" in asked or "一共 11 位" in asked:
            await number(page, ID if "一共 18 位" in asked else MOBILE)
        else:
            await ok(page)
    await page.screenshot(path=screenshots / "journey-6-check.png")
    await press(page, "是的")
    await page.screenshot(path=screenshots / "journey-7-done.png")
    found = re.search(r"(\d{3}) (\d{3}) (\d{4})", await page.inner_text("#text"))
    assert found is not None, await page.inner_text("#text")
    return "".join(found.groups())


async def test_a_request_by_remote_is_a_row_and_its_status_is_the_one_in_the_records(
    page: Page, site: str, database: Database, screenshots: Path
) -> None:
    await page.goto(f"{site}/tv")
    case = await request(page, screenshots)
    async with database.session() as session:
        rows = (await session.scalars(select(CaseRow))).all()
    assert [(row.number, row.item_code, row.state, row.channel) for row in rows] == [(case, "YL-001", "submitted", "tv")]

    await press(page, "记好了")
    await press(page, "查进度")
    await number(page, case)
    await number(page, MOBILE[-4:])
    await page.screenshot(path=screenshots / "journey-8-status.png")
    assert "提交" in await page.inner_text("#text")
    assert MOBILE not in (await page.content()).replace(" ", "")


async def test_a_wish_for_a_person_is_a_row_too(page: Page, site: str, database: Database) -> None:
    await page.goto(f"{site}/tv")
    await press(page, "找人工")
    async with database.session() as session:
        rows = (await session.scalars(select(HandOverRow))).all()
    assert [(row.channel, row.state) for row in rows] == [("tv", "waiting")]
    await press(page, "接着办")
    await expect(page.locator("#view")).to_have_attribute("data-name", "main.menu")


async def test_the_viewer_of_the_plays_makes_the_same_journey(site: str, database: Database) -> None:
    async with httpx.AsyncClient(base_url=site, trust_env=False) as client:
        tv = Television(client)
        await tv.open()
        for said in ("办事", "户口证明生活", "户口证件", "1", "申请"):
            await tv.answer(said)
        while tv.seen.name.startswith("request.fill_in"):
            await tv.answer((ID if "18" in tv.seen.count else MOBILE) if tv.seen.keypad else tv.seen.choices[0])
        assert ID not in tv.text
        await tv.answer("是的")
        assert "提交好了" in tv.text
        await tv.answer("记好了")
        await tv.answer("没有了")
        assert "再见" in tv.text
    async with database.session() as session:
        assert len((await session.scalars(select(CaseRow))).all()) == 1
