"""Messages that we begin: late answers, further pages, notices. Nothing is sent twice, nothing that can wait is lost.

A message has a key. Its state is kept under a hash of the key for `pending_days`: `sending`, `sent`, `pending`, `unknown` or `refused`. A
process that dies between sending and writing leaves `sending`, which is read as `unknown`: whether the resident saw it cannot be known,
and doubles are worse than silence here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import structlog

from channels.wechat.client import Api
from channels.wechat.errors import ALARMS, ApiError, Fault
from channels.wechat.keeping import STORE_TROUBLE, Keeping
from channels.wechat.ledger import Ledger
from channels.wechat.render import split
from channels.wechat.settings import WeChatSettings
from channels.wechat.xml import legal

log = structlog.get_logger()

_MOST_PENDING = 20
"""Messages that wait for one resident; the oldest give way. Five can be sent per message of theirs."""


class Delivered(StrEnum):
    """What became of a message.

    SENT: WeChat took it. PENDING: kept; it goes out after the resident's next message. UNKNOWN: perhaps shown; do not send it again.
    REFUSED: this resident cannot be written to here (not subscribed, blacklisted, no permission): use another way.
    FAILED: certainly not sent, for a passing reason (WeChat unreachable, quota, our token): try again later with the same key.
    """

    SENT = "sent"
    PENDING = "pending"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    FAILED = "failed"


class Sender:
    """Sends within the resident's quota. Texts of any length are split into pages."""

    def __init__(self, settings: WeChatSettings, keeping: Keeping, ledger: Ledger, api: Api, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._keeping = keeping
        self._ledger = ledger
        self._api = api
        self._clock = clock
        self._keep_s = settings.pending_days * 24 * 3600

    async def deliver(self, openid: str, text: str | tuple[str, ...], key: str) -> Delivered:
        """Sends a text once for its key; calling it again with the key tells what became of it. Never raises for WeChat's troubles."""
        pages = (text,) if isinstance(text, str) else text
        pages = tuple(piece for page in pages for piece in split(legal(page), self._settings.page_bytes))
        state = self._keeping.key("sent", key)
        redis: Any = self._keeping.redis
        if not await redis.set(state, b"sending", nx=True, ex=self._keep_s):
            return await self._became(state)
        result, rest = await self._send_pages(openid, pages)
        if result is Delivered.FAILED and len(rest) < len(pages):
            result = Delivered.PENDING  # the first pages are there: only the rest may be sent again
        if result is Delivered.PENDING:
            await self._keep(openid, key, rest)
        if result is Delivered.FAILED:
            await redis.delete(state)
        else:
            await redis.set(state, result.value, ex=self._keep_s)
        return result

    async def attempt(self, openid: str, pages: tuple[str, ...]) -> tuple[Delivered, tuple[str, ...]]:
        """Sends pages now or not at all: what became of them, and those that were not certainly shown. Keeps nothing for later."""
        return await self._send_pages(openid, pages)

    async def flush(self, openid: str) -> None:
        """Sends what waited for this resident, oldest first, as far as the quota goes. One process at a time for one resident."""
        waiting = self._keeping.key("pending", openid)
        if not await self._keeping.redis.exists(waiting):
            return
        lock = self._keeping.redis.lock(f"{waiting}:lock", timeout=60, blocking=False)
        if not await lock.acquire():
            return
        try:
            more = True
            while more:
                more = await self._flush_one(openid, waiting)
        finally:
            await lock.release()

    async def forget(self, openid: str) -> None:
        """The resident unsubscribed: nothing may be sent and nothing is kept for later."""
        await self._ledger.close(openid)
        await self._keeping.redis.delete(self._keeping.key("pending", openid))

    async def pending(self, openid: str) -> int:
        """How many messages wait for this resident."""
        return int(await self._keeping.redis.llen(self._keeping.key("pending", openid)))

    async def _became(self, state: str) -> Delivered:
        """What became of an earlier sending; one that is under way is given the time that a call may take."""
        redis: Any = self._keeping.redis
        for _ in range(int((self._settings.connect_s + self._settings.read_s) * 10) + 1):
            earlier = bytes(await redis.get(state) or b"failed").decode()
            if earlier != "sending":
                return Delivered(earlier)
            await asyncio.sleep(0.1)
        return Delivered.UNKNOWN

    async def _flush_one(self, openid: str, waiting: str) -> bool:
        """Sends the oldest waiting message; True when the next may follow."""
        redis: Any = self._keeping.redis
        sealed = await redis.lindex(waiting, 0)
        if sealed is None:
            return False
        entry = self._keeping.open("pending", sealed)
        state = self._keeping.key("sent", entry["key"])
        if await redis.get(state) == b"sending":  # a process died while it sent this one
            result, rest = Delivered.UNKNOWN, tuple(entry["pages"])
            log.warning("wechat.pending_unknown", key=self._keeping.index(entry["key"], "sent")[:12])
        else:
            await redis.set(state, b"sending", ex=self._keep_s)
            result, rest = await self._send_pages(openid, tuple(entry["pages"]))
        if result in (Delivered.PENDING, Delivered.FAILED):
            await redis.lset(waiting, 0, self._keeping.seal("pending", {"key": entry["key"], "pages": rest}))
            await redis.set(state, Delivered.PENDING.value, ex=self._keep_s)
            return False
        await redis.lpop(waiting)
        await redis.set(state, result.value, ex=self._keep_s)
        return True

    async def _keep(self, openid: str, key: str, pages: tuple[str, ...]) -> None:
        waiting = self._keeping.key("pending", openid)
        async with self._keeping.redis.pipeline(transaction=True) as pipe:
            pipe.rpush(waiting, self._keeping.seal("pending", {"key": key, "pages": pages}))
            pipe.ltrim(waiting, -_MOST_PENDING, -1)
            pipe.expire(waiting, self._keep_s)
            await pipe.execute()

    async def _send_pages(self, openid: str, pages: tuple[str, ...]) -> tuple[Delivered, tuple[str, ...]]:
        """Sends page after page up to the first that fails; what became of that one, and it with those behind it."""
        for place, page in enumerate(pages):
            result = await self._send(openid, page)
            if result is not Delivered.SENT:
                return result, pages[place:]
        return Delivered.SENT, ()

    async def _send(self, openid: str, page: str) -> Delivered:
        window = await self._ledger.spend(openid, self._clock())
        if not window:
            return Delivered.PENDING
        try:
            await self._api.send_text(openid, page)
        except ApiError as wrong:
            log.warning("wechat.send_failed", fault=wrong.fault.value, code=wrong.code, mend=ALARMS.get(wrong.fault, ""))
            fault = wrong.fault
        except STORE_TROUBLE:  # the token's store: nothing was sent
            fault = Fault.UNREACHED
        else:
            return Delivered.SENT
        if fault is Fault.UNKNOWN:
            return Delivered.UNKNOWN
        if fault in (Fault.WINDOW, Fault.PERMANENT):
            await self._ledger.close(openid)
            return Delivered.PENDING if fault is Fault.WINDOW else Delivered.REFUSED
        await self._ledger.refund(openid, window)
        return Delivered.REFUSED if fault is Fault.OURS else Delivered.FAILED
