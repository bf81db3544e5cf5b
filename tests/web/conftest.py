"""A real Chromium before the real pages, served by a real uvicorn on a port of its own."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright
from redis.asyncio import Redis

from channels.tv import TvSettings, router
from dialogs.words import load_words
from records.vault import Vault
from tests.channels.tv.small_engine import SmallEngine

PROJECT = Path(__file__).parents[2]
SCREENSHOTS = PROJECT / "var" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", "--force-device-scale-factor=1"]


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where screenshots are kept for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return SCREENSHOTS


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium: the system's, or the one Playwright knows."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    async with async_playwright() as playwright:
        if found is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip(
                "not run: no Chromium on this machine (sudo apt-get install chromium fonts-wqy-zenhei, "
                "or without root .venv/bin/playwright install chromium)"
            )
        browser = await playwright.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
        yield browser
        await browser.close()


def serve(app: FastAPI, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Serves an application on a free port in a thread; yields its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan=lifespan))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the application did not start; its log says why"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def engine() -> SmallEngine:
    return SmallEngine()


@pytest.fixture
def tv_settings() -> TvSettings:
    return TvSettings(secret="s" * 40, hotline="3000", rate_turns=200, rate_keys=200)


@pytest.fixture
def tv_site(engine: SmallEngine, redis_url: str, tv_settings: TvSettings) -> Iterator[str]:
    """The address of the television's pages over a small engine."""
    app = FastAPI()
    client = Redis.from_url(redis_url, decode_responses=False)
    app.include_router(router(tv_settings, engine, load_words(), client, Vault("v" * 40)))
    yield from serve(app)
