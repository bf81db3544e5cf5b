"""The trial page in a real Chromium, before the whole service as a newcomer starts it: `onestop serve` with its own servers."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from onestop.app import build
from onestop.modes import Mode
from onestop.settings import Settings

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"
ID_NUMBER = "11010519491231002X"  # the example of GB 11643
MOBILE = "13800138000"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Service:
    """A running `onestop serve`; `log` is everything it wrote."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._out = folder / "service.log"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ONESTOP_") and name not in {"DATABASE_URL", "REDIS_URL"}
        }
        settings = {"ONESTOP_VAR": str(folder / "var"), "ONESTOP_CACHE": str(folder / "cache"), "ONESTOP_PORT": str(self.port)}
        settings |= {"ONESTOP_ASTERISK": "off", "ONESTOP_RECOGNISERS": "0", "ONESTOP_VOICE": "off"}
        with self._out.open("wb") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "onestop", "serve"], env=kept | settings | more, stdout=out, stderr=out)

    @property
    def log(self) -> str:
        return self._out.read_text("utf-8", "replace")

    def wait(self) -> None:
        """Until it serves; fails with its log when it ends instead."""
        for _ in range(600):
            if self.process.poll() is not None:
                pytest.fail(f"onestop serve ended with {self.process.returncode}:\n{self.log[-3000:]}")
            try:
                if httpx.get(f"{self.base}/healthz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        pytest.fail(f"onestop serve did not begin to serve:\n{self.log[-3000:]}")

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=40)


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="onestop-trial-", ignore_cleanup_errors=True) as folder:
        # as root the embedded PostgreSQL runs as a user of its own, which must be able to walk here
        Path(folder).chmod(0o755)
        running = Service(Path(folder))
        running.wait()
        yield running
        running.stop()


@pytest.fixture
async def page(service: Service, chromium: Browser) -> AsyncIterator[Page]:
    opened = await chromium.new_page(viewport={"width": 1440, "height": 900}, base_url=service.base)
    troubles: list[str] = []
    opened.on("pageerror", lambda wrong: troubles.append(str(wrong)))
    opened.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    await opened.goto("/")
    await expect(opened.locator("#chat li.theirs").first).to_be_visible(timeout=15_000)
    yield opened
    assert troubles == []


async def _say(page: Page, text: str) -> str:
    """Writes in the chat; gives the text of what came last."""
    theirs = page.locator("#chat li.theirs")
    before = await theirs.count()
    await page.fill("#words", text)
    await page.press("#words", "Enter")
    await expect(theirs.nth(before)).to_be_visible(timeout=15_000)
    return await theirs.last.inner_text()


async def _answer(page: Page, shown: str) -> str:
    """What a resident without hesitation replies to a form's question."""
    if re.search(r"^1\. ", shown, re.M):
        return await _say(page, "1")
    return await _say(page, ID_NUMBER if "身份证" in shown else MOBILE)


@pytest.mark.browser
async def test_a_chat_turn_goes_through_the_real_webhook(page: Page) -> None:
    answer = await _say(page, "我想办老年优待证")
    assert "老年优待证" in answer
    health = await (await page.request.get("/healthz")).json()
    assert health["parts"]["wechat"]["facts"]["mode"] == "safe"
    assert health["parts"]["wechat"]["facts"]["text"] >= 1


@pytest.mark.browser
async def test_a_request_by_wechat_appears_in_the_records_and_a_move_comes_back_as_a_notice(page: Page) -> None:
    shown = await _say(page, "我想办老年优待证")
    for _ in range(12):
        if await page.locator("#cases li").count():
            break
        shown = await _answer(page, shown)
        await page.wait_for_timeout(1600)  # the records are looked at every 1.5 s
    case = page.locator("#cases li").first
    await expect(case.locator(".chip")).to_have_text("已提交")
    await expect(case).to_contain_text("老年优待证")
    assert not re.search(r"\d{10}", await case.inner_text()), "the whole case number is shown"
    await case.get_by_role("button", name="受理").click()
    await expect(page.locator("#cases li").first.locator(".chip")).to_have_text("已受理", timeout=10_000)
    await expect(page.locator("#chat li.push").last).to_contain_text("已经受理", timeout=20_000)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / "trial-page.png", full_page=True)


@pytest.mark.browser
async def test_the_remote_on_the_page_walks_the_television(page: Page) -> None:
    inside = page.frame_locator("#tv")
    await expect(inside.locator("a.on")).to_be_visible()
    first = await inside.locator("a.on").inner_text()
    await page.get_by_role("button", name="下").click()
    await expect(inside.locator("a.on")).not_to_have_text(first)
    chosen = await inside.locator("a.on").inner_text()
    await page.get_by_role("button", name="确定").click()
    await expect(inside.locator("body")).not_to_contain_text("您要办什么事？", timeout=10_000)
    assert chosen


@pytest.mark.browser
async def test_the_page_says_that_it_is_a_trial_and_how_to_dial(page: Page) -> None:
    await expect(page.get_by_role("note")).to_contain_text("试用模式")
    await expect(page.locator(".hotline")).to_contain_text("3000")
    await expect(page.locator("#hotline-off")).to_contain_text("微信和电视照常可用")
    password = page.locator(".reveal")
    assert await password.inner_text() == "点开看"
    await password.click()
    assert re.fullmatch(r"[A-Za-z0-9]{24}", await page.locator(".how code").last.inner_text())


@pytest.mark.browser
async def test_a_narrow_window_has_no_sideways_scroll(service: Service, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 390, "height": 844}, base_url=service.base)
    await page.goto("/")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


def test_another_page_of_the_browser_cannot_move_a_case(service: Service) -> None:
    for headers in (
        {},
        {"X-Onestop-Trial": "1", "Origin": "http://evil.example"},
        {"X-Onestop-Trial": "1", "Sec-Fetch-Site": "cross-site"},
        {"Origin": service.base},
    ):
        answer = httpx.post(f"{service.base}/trial/wechat/open", json={}, headers=headers, trust_env=False)
        assert answer.status_code == 403, headers


def test_a_strangers_name_for_this_machine_does_not_open_the_trial(service: Service) -> None:
    for path in ("/", "/trial/state", "/trial/static/page.js"):
        assert httpx.get(service.base + path, headers={"Host": f"evil.example:{service.port}"}, trust_env=False).status_code == 403


def test_the_trial_page_allows_nothing_from_elsewhere(service: Service) -> None:
    policy = httpx.get(service.base + "/", trust_env=False).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_the_log_of_a_whole_trial_names_nobody(service: Service) -> None:
    """Last in this file: everything above has been written by now."""
    log = service.log
    assert MOBILE not in log
    assert ID_NUMBER not in log
    assert not re.search(r"(?<![\w-])o[A-Za-z0-9_-]{27}(?![\w-])", log)
    secrets = dict(line.split("=", 1) for line in (Path(service._out).parent / "var" / "trial.env").read_text().splitlines() if "=" in line)
    for name, value in secrets.items():
        assert value not in log, name


def test_serving_ends_cleanly_and_a_second_start_keeps_the_catalogue() -> None:
    with tempfile.TemporaryDirectory(prefix="onestop-twice-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        for _ in range(2):
            service = Service(Path(folder))
            service.wait()
            health = httpx.get(f"{service.base}/healthz", trust_env=False).json()
            assert health["parts"]["catalogue"]["facts"]["items"] >= 12
            assert service.stop() == 0, service.log[-2000:]


def test_a_taken_port_is_told_in_one_sentence(service: Service) -> None:
    with tempfile.TemporaryDirectory(prefix="onestop-port-", ignore_cleanup_errors=True) as folder:
        second = Service(Path(folder), ONESTOP_PORT=str(service.port))
        assert second.process.wait(timeout=60) == 1
        assert "Another port" in second.log
        assert "Traceback" not in second.log


def test_a_database_that_is_not_there_is_told_in_one_sentence_without_its_password() -> None:
    with tempfile.TemporaryDirectory(prefix="onestop-nowhere-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        service = Service(Path(folder), DATABASE_URL=f"postgresql://onestop:hunter2@127.0.0.1:{_free_port()}/onestop")
        assert service.process.wait(timeout=60) == 1
        assert "Onestop could not start: postgres: PostgreSQL cannot be used" in service.log
        assert "check DATABASE_URL" in service.log.replace("\n", " ")
        assert "hunter2" not in service.log
        assert "Traceback" not in service.log


async def test_production_has_no_trial_page(tmp_path: Path) -> None:
    settings = Settings(mode=Mode.PRODUCTION, var=tmp_path)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(build(settings)), base_url="http://127.0.0.1") as client:
        for path in ("/", "/trial/state", "/trial/static/page.js"):
            assert (await client.get(path)).status_code == 404
    assert not (tmp_path / "trial.env").exists()
