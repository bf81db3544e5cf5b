"""The hotline as a part of the service: takes the lines Asterisk opens to `/media`, runs their calls, and gives them back when it stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, WebSocket

from dialogs.contract import PartHealth, Talk
from dialogs.words import Words
from ivr.call import Call, CallSettings
from ivr.contract import Hearing, Switchboard, Voice
from ivr.media import SUBPROTOCOL, WebSocketMedia, is_asterisk, unanswered

log = structlog.get_logger()

REFUSED = 1008  # policy violation; before the handshake it becomes HTTP 403


@dataclass(frozen=True, slots=True)
class HotlineSettings:
    """media_secret: the same as Asterisk's. sources: addresses that Asterisk connects from. path: of the WebSocket.

    most_calls: above it a call is refused at once, and the dialplan brings the caller to a person. 60 is the target for 16 cores. A caller
    whom that person left waiting is let in all the same: refused again, there would be nobody left to talk to.
    """

    media_secret: str = field(repr=False)
    sources: tuple[str, ...] = ("127.0.0.1",)
    path: str = "/media"
    most_calls: int = 60
    call: CallSettings = field(default_factory=CallSettings)


class Hotline:
    """Include `router` in the application; call `stop()` before the event loop ends."""

    def __init__(
        self,
        *,
        talk: Talk,
        voice: Voice,
        hearing: Hearing,
        switchboard: Switchboard,
        words: Words,
        settings: HotlineSettings,
        ended: Callable[[Call], None] = lambda call: None,
    ) -> None:
        self.router = APIRouter()
        self.calls: set[Call] = set()
        self.endings: Counter[str] = Counter()
        self._talk, self._voice, self._hearing, self._switchboard, self._words = talk, voice, hearing, switchboard, words
        self._settings, self._ended = settings, ended
        self._open = True
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.router.add_api_websocket_route(settings.path, self._media)

    @property
    def open(self) -> bool:
        """Whether new calls are taken; the heartbeat tells the dialplan."""
        return self._open

    async def stop(self, seconds: float = 5.0) -> None:
        """Takes no more calls, gives the running ones back to the dialplan (each goes to a person), and waits for them to end."""
        self._open = False
        running = tuple(self.calls)
        await asyncio.gather(*(call.give_back() for call in running), return_exceptions=True)
        try:
            async with asyncio.timeout(seconds):
                await self._quiet.wait()
        except TimeoutError:
            log.warning("calls_do_not_end", calls=len(self.calls))

    def health(self) -> PartHealth:
        """For /healthz."""
        facts: dict[str, str | int | float] = {"calls": len(self.calls), **{f"ended_{end}": n for end, n in self.endings.items()}}
        if not self._open:
            return PartHealth("off", "the hotline is stopping; callers go to a person", facts)
        if len(self.calls) >= self._settings.most_calls:
            return PartHealth("degraded", "as many calls as allowed; further callers go to a person", facts)
        return PartHealth("ok", facts=facts)

    async def _media(self, websocket: WebSocket) -> None:
        settings = self._settings
        if not is_asterisk(websocket, settings.media_secret, settings.sources):
            log.warning("media_refused", source=websocket.client.host if websocket.client else "")
            await websocket.close(REFUSED)
            return
        if not self._open or (len(self.calls) >= settings.most_calls and not unanswered(websocket)):
            log.warning("call_not_taken", calls=len(self.calls), open=self._open)
            await websocket.close(REFUSED)
            return
        await websocket.accept(subprotocol=SUBPROTOCOL)
        call = Call(
            WebSocketMedia(websocket),
            talk=self._talk,
            voice=self._voice,
            hearing=self._hearing,
            switchboard=self._switchboard,
            words=self._words,
            settings=settings.call,
        )
        self.calls.add(call)
        self._quiet.clear()
        try:
            end = await call.run()
            self.endings[str(end)] += 1
        finally:
            self.calls.discard(call)
            if not self.calls:
                self._quiet.set()
            self._ended(call)
