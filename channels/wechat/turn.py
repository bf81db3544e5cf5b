"""One message's turn: into the engine, and its reply as what WeChat can show."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable

import structlog

from channels.wechat.budget import BUDGET
from channels.wechat.handover import HandOvers, first_page
from channels.wechat.keeping import STORE_S, STORE_TROUBLE
from channels.wechat.ledger import Ledger, window_of
from channels.wechat.parse import Kind, Message, to_event
from channels.wechat.photos import Photos
from channels.wechat.render import pages
from channels.wechat.sending import Sender
from channels.wechat.settings import WeChatSettings
from channels.wechat.xml import Passive
from dialogs.contract import Address, Incoming, Photo, Talk
from dialogs.words import Words

log = structlog.get_logger()

Answer = tuple[Passive, tuple[str, ...]]
"""What answers the delivery, and the further pages that are pushed."""


def place_of(wrong: BaseException) -> str:
    """File and line where an exception arose; its text may hold personal data and is not logged."""
    frames = traceback.extract_tb(wrong.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""


class Turns:
    """Takes messages to the engine. Holds no state of its own."""

    def __init__(
        self,
        settings: WeChatSettings,
        talk: Talk,
        words: Words,
        ledger: Ledger,
        sender: Sender,
        hand_overs: HandOvers,
        photos: Photos,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._talk = talk
        self._words = words
        self._ledger = ledger
        self._sender = sender
        self._hand_overs = hand_overs
        self._photos = photos
        self._clock = clock

    @property
    def down(self) -> Answer:
        """What a resident reads when we cannot work."""
        return Passive(self._words("common.down")), ()

    async def take(self, message: Message, key: str) -> Answer:
        """The answer to a message; `key` names the message for ever, without personal data. Never raises: a fault of ours is said plainly."""
        try:
            return await self._take(message, key)
        except Exception as wrong:
            log.error("wechat.turn_failed", kind=message.kind.value, error=type(wrong).__name__, place=place_of(wrong))
            return self.down

    async def _take(self, message: Message, key: str) -> Answer:
        try:
            async with asyncio.timeout(STORE_S):
                refusal = await self._admit(message)
        except STORE_TROUBLE:
            refusal = None  # the engine will say itself that it is down, if it is
        if refusal is not None:
            return refusal
        event = to_event(message)
        if event is None:
            return (Passive(self._words("wechat.voice_not_heard")), ()) if message.kind is Kind.VOICE else (Passive(), ())
        address = Address(BUDGET.channel, message.openid)
        if isinstance(event, Photo):
            taken = await self._photos.take(address, event, message.media_id)
            if isinstance(taken, str):
                return Passive(self._words(taken)), ()
            event = taken
        reply = await self._talk.take(Incoming(address, event, f"wechat:{key}"))
        if message.kind is Kind.UNSUBSCRIBE:
            await self._sender.forget(message.openid)
            return Passive(), ()
        texts = pages(reply, self._words, page_bytes=self._settings.page_bytes, tappable=self._settings.tappable)
        try:
            return await self._hand_overs.answer(message.openid, reply, texts)
        except STORE_TROUBLE:
            return first_page(texts)

    async def _admit(self, message: Message) -> Answer | None:
        """Opens the window for our own messages, and refuses what comes too fast."""
        now = self._clock()
        window = window_of(message)
        if window is None:
            return None
        await self._ledger.opened(message.openid, window, now)
        settings = self._settings
        if await self._ledger.may_speak(message.openid, now, settings.rate_per_minute, settings.rate_burst):
            return None
        return Passive(self._words("wechat.too_fast")), ()
