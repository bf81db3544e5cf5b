"""The hotline in a process of its own that tests may kill or freeze: the real call code, a scripted engine, tones for a voice.

    hotline_app.py CONFIG.json         {"port", "ami_port", "ami_secret", "media_secret", "script": {event: reply}, "events": FILE}

The script maps what happened ("arrive", "silence", "garbled", "speech", the keys pressed) to [text, outcome or kind of question]; "*" is
the rest; the key 9 freezes the event loop. A text "600 for 3" is spoken as three seconds of 600 Hz, anything else as a tenth of a second of nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI

from dialogs.contract import Address, Expectation, Incoming, Keys, Outcome, Prompt, Reply, Wants
from dialogs.words import load_words
from ivr.ami import Ami, AmiSettings
from ivr.contract import RATE, Final, Heard, Listener, Partial
from ivr.hotline import Hotline, HotlineSettings
from onestop.watchdog import Watchdog

CONFIG: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())


class Script:
    """A `Talk` from a table."""

    async def take(self, incoming: Incoming) -> Reply:
        event = incoming.event
        name = event.keys if isinstance(event, Keys) else type(event).__name__.lower()
        with Path(CONFIG["events"]).open("a") as out:  # noqa: ASYNC230
            print(json.dumps({"event": name, "call": incoming.address.user, "known": dict(incoming.known)}), file=out)
        if name == "9":  # the event loop stands still
            time.sleep(600)  # noqa: ASYNC251
        script = CONFIG["script"]
        text, then = script.get(name) or script.get("*") or script["arrive"]
        if then in {want.value for want in Wants}:
            expect = Expectation(name, Wants(then), "choice" if then == "choice" else "digits", least=4, most=4)
            return Reply((Prompt(text),), Outcome.WAIT, expect)
        return Reply((Prompt(text),), Outcome(then))

    async def current(self, address: Address) -> Reply | None:
        return None


class Tones:
    """A `Voice`."""

    async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
        if match := re.match(r"(\d+) for (\d+)", text):
            hz, seconds = int(match[1]), int(match[2])
            samples = 6000 * np.sin(2 * np.pi * hz * np.arange(RATE * seconds) / RATE)
            return samples.astype("<i2").tobytes()
        return bytes(RATE // 10 * 2)


class LoudnessEar:
    """A `Listener` that takes 60 ms of loud sound for a word, and 400 ms of quiet for the end of the utterance."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Heard] = asyncio.Queue()
        self.on, self.loud, self.quiet = False, 0, 0

    async def begin(self, phrases: tuple[str, ...]) -> None:
        self.on, self.loud, self.quiet = True, 0, 0

    def feed(self, pcm: bytes) -> None:
        if not self.on:
            return
        if np.sqrt((np.frombuffer(pcm, "<i2").astype("f8") ** 2).mean()) > 500:
            self.loud, self.quiet = self.loud + 1, 0
            if self.loud == 3:
                self.events.put_nowait(Partial("查"))
        elif self.loud:
            self.quiet += 1
            if self.quiet == 20:
                if self.loud >= 3:
                    self.events.put_nowait(Final((("查 进度", 0.9),)))
                self.loud = 0

    async def end(self) -> None:
        self.on = False

    async def close(self) -> None:
        self.on = False


class LoudnessHearing:
    async def open(self) -> Listener | None:
        return LoudnessEar()


def build(watchdog: Watchdog) -> FastAPI:
    ami = Ami(AmiSettings(port=CONFIG["ami_port"], secret=CONFIG["ami_secret"]), alive=lambda: hotline.open)
    hotline = Hotline(
        talk=Script(),
        voice=Tones(),
        hearing=LoudnessHearing(),
        switchboard=ami,
        words=load_words(),
        settings=HotlineSettings(media_secret=CONFIG["media_secret"]),
    )

    @asynccontextmanager
    async def life(_: FastAPI):  # type: ignore[no-untyped-def]
        await ami.start()
        watch = asyncio.create_task(watchdog.watch())
        yield
        watch.cancel()
        await hotline.stop()
        await ami.stop()

    app = FastAPI(lifespan=life)
    app.include_router(hotline.router)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        steering, calls = ami.health(), hotline.health()
        return {"ami": steering.state, "connects": steering.facts["connects"], "calls": calls.facts}

    return app


if __name__ == "__main__":
    with Watchdog(5.0) as guard:
        uvicorn.run(build(guard), host="127.0.0.1", port=CONFIG["port"], log_level="info", ws_per_message_deflate=False)
