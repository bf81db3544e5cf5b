"""GET and POST /wechat: WeChat's deliveries, answered within the budget and once.

not from WeChat, stale, replayed ........ 403
too large ............................... 413
safe mode, cannot be decrypted .......... 400
from WeChat, but no message we know ..... 200 `success`, counted
a message ............................... 200 with XML, or `success` and the answer pushed later
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from channels.wechat import parse
from channels.wechat.deliveries import Deliveries, Delivery, Standing
from channels.wechat.keeping import STORE_TROUBLE
from channels.wechat.security import Cipher, RefusedError, Signed, UnreadableError, verify
from channels.wechat.sending import Sender
from channels.wechat.settings import WeChatSettings
from channels.wechat.turn import Turns, place_of
from channels.wechat.xml import SUCCESS, Passive, passive_xml

log = structlog.get_logger()

_PLAIN = {"X-Content-Type-Options": "nosniff"}


class _Door:
    """The attempt that waits for its answer: open until it is answered, gives up at the budget, or is cut."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.answer: asyncio.Future[Passive] = asyncio.get_running_loop().create_future()
        self.closed = False

    async def somebody_waits(self) -> bool:
        return not self.closed and not await self._request.is_disconnected()

    def hand_out(self, passive: Passive) -> bool:
        """False when nobody waits any more."""
        if self.closed:
            return False
        self.answer.set_result(passive)
        return True


class Webhook:
    """The two routes. `counts` is what the health page shows; `background` are turns and pushes that outlive their request."""

    def __init__(
        self,
        settings: WeChatSettings,
        turns: Turns,
        deliveries: Deliveries,
        sender: Sender,
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._turns = turns
        self._deliveries = deliveries
        self._sender = sender
        self._clock = clock
        self._cipher = Cipher(settings.token, settings.aes_key, settings.app_id) if settings.mode == "safe" and settings.aes_key else None
        self.counts: Counter[str] = Counter()
        self.background: set[asyncio.Task[None]] = set()

    def router(self) -> APIRouter:
        """GET and POST /wechat."""
        router = APIRouter()
        router.add_api_route("/wechat", self.greet, methods=["GET"], include_in_schema=False, response_model=None)
        router.add_api_route("/wechat", self.receive, methods=["POST"], include_in_schema=False, response_model=None)
        return router

    async def greet(self, request: Request) -> Response:
        """The console's check of our address: echoes echostr, to WeChat only (unverified it would reflect anything)."""
        try:
            self._verify(request)
        except RefusedError as refused:
            return self._no(403, refused.reason)
        echo = request.query_params.get("echostr", "")
        if not re.fullmatch(r"[!-~]{1,256}", echo):
            return self._no(400, "no_echostr")
        return Response(echo, media_type="text/plain", headers=_PLAIN)

    async def receive(self, request: Request) -> Response:
        """One attempt to deliver one message."""
        deadline = time.monotonic() + self._settings.answer_budget_s
        try:
            signed = self._verify(request)
            body = await self._body(request)
            if body is None:
                return self._no(413, "too_large")
            message = parse.parse(self._opened(body, signed))
            passive = await self._attempt(request, message, signed, deadline)
        except RefusedError as refused:
            return self._no(403, refused.reason)
        except UnreadableError as wrong:
            log.error("wechat.unreadable", reason=wrong.reason, mend="compare EncodingAESKey and AppID with the console")
            return self._no(400, wrong.reason)
        except ClientDisconnect:
            return self._no(400, "cut_while_sending")
        except parse.BadMessageError as bad:
            self.counts["bad"] += 1
            log.warning("wechat.bad_message", reason=bad.reason)
            return self._success()
        xml = passive_xml(passive, openid=message.openid, account=message.account, now=self._clock())
        if not xml:
            return self._success()
        if self._cipher:
            xml = self._cipher.encrypt(xml, str(int(self._clock())), str(secrets.randbelow(10**10)))
        return Response(xml, media_type="application/xml")

    async def close(self, grace_s: float = 10.0) -> None:
        """Lets running turns and pushes end, then stops them."""
        if self.background:
            _, late = await asyncio.wait(set(self.background), timeout=grace_s)
            for task in late:
                task.cancel()

    def _verify(self, request: Request) -> Signed:
        return verify(request.query_params, self._settings.token, self._clock(), self._settings.freshness_s)

    async def _body(self, request: Request) -> bytes | None:
        """The body, None when it is larger than any message."""
        most = self._settings.body_bytes
        announced = request.headers.get("content-length", "")
        if re.fullmatch("[0-9]+", announced) and int(announced[:12]) > most:
            return None
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                return None
        return bytes(body)

    def _opened(self, body: bytes, signed: Signed) -> str:
        """The message's XML. In safe mode only the encrypted part counts; a plain message is then an attempt to go round it."""
        if self._cipher is None:
            return parse.decode(body)
        try:
            encrypted = parse.encrypted_part(parse.decode(body))
        except parse.BadMessageError as bad:
            trouble = bad.reason
        else:
            return parse.decode(self._cipher.decrypt(encrypted, signed).encode())
        raise UnreadableError(trouble)

    async def _attempt(self, request: Request, message: parse.Message, signed: Signed, deadline: float) -> Passive:
        """What this attempt is answered with."""
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                delivery, standing, given = await self._deliveries.claim(message.identity, signed.signature)
        except STORE_TROUBLE as wrong:
            self.counts["down"] += 1
            log.error("wechat.store_down", error=type(wrong).__name__)
            return Passive() if message.kind in (parse.Kind.UNSUBSCRIBE, parse.Kind.OTHER_EVENT) else self._turns.down[0]
        if standing is Standing.REPLAYED:
            raise RefusedError("replayed")
        if standing is not Standing.MINE:
            self.counts["repeated"] += 1
            return Passive(**given) if given else Passive()
        self.counts[message.kind.value] += 1
        door = _Door(request)
        self._begin(self._turn(message, delivery, door))
        try:
            return await asyncio.wait_for(asyncio.shield(door.answer), max(deadline - time.monotonic(), 0))
        except TimeoutError:
            if door.answer.done():
                return door.answer.result()
            self.counts["slow"] += 1
            return Passive()
        finally:
            door.closed = True

    async def _turn(self, message: parse.Message, delivery: Delivery, door: _Door) -> None:
        """Runs the engine, once; answers through the door, or pushes; then sends what else waits for this resident."""
        async with self._deliveries.alive(delivery):
            passive, rest = await self._turns.take(message, delivery.name)
            answered = await self._answered(passive, delivery, door)
        if answered is None:
            return
        if answered:
            await asyncio.sleep(self._settings.page_pause_s)
        elif passive.text:
            rest = (passive.text, *rest)
        if rest:
            result = await self._sender.deliver(message.openid, rest, key=f"answer|{delivery.name}")
            self.counts[f"pushed_{result}"] += 1
        if message.kind is not parse.Kind.UNSUBSCRIBE:
            await self._sender.flush(message.openid)

    async def _answered(self, passive: Passive, delivery: Delivery, door: _Door) -> bool | None:
        """True: answered through the door. False: to be pushed by us. None: another process has taken the message over."""
        try:
            if await door.somebody_waits() and await self._deliveries.give(delivery, asdict(passive)):
                return door.hand_out(passive)
            mine = await self._deliveries.finish_late(delivery)
        except STORE_TROUBLE:  # nothing can be remembered; an answer is better than none
            return door.hand_out(passive)
        door.hand_out(Passive())  # whoever is still there need not wait for the budget
        return False if mine else None

    def _begin(self, turn: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(turn)
        self.background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.background.discard(task)
        wrong = None if task.cancelled() else task.exception()
        if wrong is not None:
            self.counts["failed"] += 1
            log.error("wechat.background_failed", error=type(wrong).__name__, place=place_of(wrong))

    def _no(self, status: int, reason: str) -> Response:
        self.counts[f"refused_{status}"] += 1
        log.warning("wechat.refused", status=status, reason=reason)
        return Response(status_code=status, headers=_PLAIN)

    def _success(self) -> Response:
        return Response(SUCCESS, media_type="text/plain", headers=_PLAIN)
