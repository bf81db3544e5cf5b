"""One real Asterisk for all call tests; telephones and hotline processes for each. Not run, with the reason, where there can be none."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dialogs.words import load_words
from ivr.asterisk import AsteriskServer, AsteriskSettings, CannotSetUp, install_sentences, prepare
from onestop.settings import Settings
from tests.calls.stage import HotlineProcess, Telephone, free_port

DOWN_HZ, NO_AGENT_HZ, AGENT_HZ = 1300, 1500, 900


class LoopThread:
    """An event loop beside the tests, for the server that outlives each of them."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Awaitable[Any], seconds: float = 180.0) -> Any:
        async def whole() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(whole(), self.loop).result(seconds)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)
        self.loop.close()


@dataclass(frozen=True, slots=True)
class Exchange:
    """The running Asterisk."""

    server: AsteriskServer
    settings: AsteriskSettings
    media_port: int
    loop: LoopThread

    @property
    def hotline(self) -> str:
        return f"sip:{self.settings.hotline}@127.0.0.1:{self.settings.sip_port}"

    def cli(self, command: str) -> str:
        return str(self.loop.run(self.server.cli(command)))


async def _tone_for(text: str, *, pace: float = 1.0) -> bytes:
    hz = DOWN_HZ if "转接" in text else NO_AGENT_HZ
    return (6000 * np.sin(2 * np.pi * hz * np.arange(8000) / 8000)).astype("<i2").tobytes()


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    pytest.importorskip("pjsua2", reason="not run: the test telephone pjsua2 has no wheel for this machine")
    root = Settings(_env_file=None).asterisk_folder  # type: ignore[call-arg]  # the same as `make run` uses
    try:
        prepare(root, lambda text, share: print(f"{share:4.0%} {text}"))
    except CannotSetUp as why:
        pytest.skip(f"not run: {why}")
    media_port = free_port()
    first = 30_000 + (os.getpid() % 100) * 200
    settings = AsteriskSettings(
        root=root,
        name=f"test-{os.getpid()}",
        media_uri=f"ws://127.0.0.1:{media_port}/media",
        media_secret=secrets.token_hex(16),
        ami_secret=secrets.token_hex(16),
        agent_password=secrets.token_hex(16),
        sip_port=free_port(socket.SOCK_DGRAM),
        ami_port=free_port(),
        rtp=(first, first + 199),
        agents=("127.0.0.1",),
        ring_seconds=8,
    )
    loop = LoopThread()
    server = AsteriskServer(settings)
    try:
        loop.run(install_sentences(settings, load_words(), _tone_for))
        loop.run(server.start())
        yield Exchange(server, settings, media_port, loop)
    finally:
        loop.run(server.stop())
        loop.close()
        shutil.rmtree(settings.outside, ignore_errors=True)


@pytest.fixture
def telephone(exchange: Exchange) -> Iterator[Callable[..., Telephone]]:
    """Makes telephones that are put away after the test."""
    made: list[Telephone] = []

    def make(user: str = "13800138000", bind: str = "127.0.0.1") -> Telephone:
        made.append(Telephone(bind))
        made[-1].be(user)
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def agent(exchange: Exchange) -> Iterator[Telephone]:
    """A person's telephone, registered with its password."""
    one = Telephone()
    assert one.be("agent", f"127.0.0.1:{exchange.settings.sip_port}", exchange.settings.agent_password) == 200
    yield one
    one.close()


@pytest.fixture
def hotline(exchange: Exchange, tmp_path: Path) -> Iterator[Callable[..., HotlineProcess]]:
    """Starts the hotline's process with a script."""
    made: list[HotlineProcess] = []

    def make(script: dict[str, list[str]], media_secret: str = "") -> HotlineProcess:
        settings = exchange.settings
        made.append(
            HotlineProcess(
                tmp_path,
                script,
                port=exchange.media_port,
                ami_port=settings.ami_port,
                ami_secret=settings.ami_secret,
                media_secret=media_secret or settings.media_secret,
            )
        )
        return made[-1].start()

    yield make
    for one in made:
        one.close()
        print(one.log.read_text("utf-8", "replace"))  # shown when the test failed
