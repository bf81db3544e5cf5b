"""A resident's phone, with the platform's delivery in front of it: what is written here is what a real phone would show.

Rules (official pages 被动回复用户消息 and 消息加解密说明): a delivery is cut after 5 s and attempted three times in all, under one MsgId. The body
`success` or an empty one shows nothing; anything that is no reply XML, or no answer at all, shows the failure text. That a failed
connection is attempted again at the cut's pace, and that an HTTP error is not, is our assumption.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import secrets
import time
from collections.abc import Callable
from typing import Any, Self
from xml.etree import ElementTree

import httpx
from wechatpy.crypto import WeChatCrypto

from channels.wechat.simulator.account import Account
from channels.wechat.simulator.platform import Platform

FAILURE_TEXT = "该公众号暂时无法提供服务，请稍后再试"
"""What WeChat itself shows when the account did not answer. Not our words."""

_PATIENCE_S = 60.0
"""Of the HTTP client itself; the cut comes long before."""

_LINK = re.compile(r'<a href="(?P<href>[^"]*)">(?P<label>[^<]*)</a>')


class Seen(list[str]):
    """The texts that one action brought at once (pushes come later, to the phone's inbox).

    attempts: how often it was delivered. failed: the failure text was shown. transferred: the message went to customer service (客服).
    """

    def __init__(self, texts: tuple[str, ...] = (), *, attempts: int = 1, failed: bool = False, transferred: bool = False) -> None:
        super().__init__(texts)
        self.attempts = attempts
        self.failed = failed
        self.transferred = transferred


class Phone:
    """One resident of one account.

    web: an httpx client whose base address is the service's. platform: where pushes come from; without one there are none.
    cut_s, attempts: the platform's patience. same_nonce: attempts repeat timestamp and nonce (not known of the real one).
    inbox: all that was ever shown, in order, answers and pushes. transferred: how many messages went to customer service.
    """

    def __init__(
        self,
        account: Account,
        web: httpx.AsyncClient,
        *,
        platform: Platform | None = None,
        openid: str | None = None,
        path: str = "/wechat",
        cut_s: float = 5.0,
        attempts: int = 3,
        same_nonce: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.account = account
        self.openid = openid or "o" + secrets.token_urlsafe(21)[:27]
        self.inbox: list[str] = []
        self.transferred = 0
        self._raw: list[str] = []
        self._last = ""
        self._web = web
        self._platform = platform
        self._path = path
        self._cut_s = cut_s
        self._attempts = attempts
        self._same_nonce = same_nonce
        self._clock = clock
        self._ids = itertools.count(secrets.randbelow(10**18) + 10**18)
        self._news = asyncio.Event()
        self._crypto = WeChatCrypto(account.token, account.aes_key, account.app_id) if account.aes_key else None
        if platform:
            platform.follow(self.openid, self._show)

    @classmethod
    def over_http(cls, account: Account, address: str, **options: Any) -> Self:
        """A phone that delivers to a running service, such as "http://127.0.0.1:8000"."""
        return cls(account, httpx.AsyncClient(base_url=address, timeout=_PATIENCE_S, trust_env=False), **options)

    @classmethod
    def in_process(cls, account: Account, app: Any, **options: Any) -> Self:
        """A phone that calls an ASGI application without a network. The cut then cancels the application's handler."""
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return cls(account, httpx.AsyncClient(transport=transport, base_url="http://wechat.local", timeout=_PATIENCE_S), **options)

    async def close(self) -> None:
        """Closes connections."""
        await self._web.aclose()

    # --- what a resident does -----------------------------------------------------------------------------------------------------

    async def send(self, text: str) -> Seen:
        """Writes a message."""
        return await self._message("text", Content=text)

    async def ask(self, text: str, timeout_s: float = 20.0) -> Seen:
        """Writes a message and, when nothing is shown at once, waits for the first push; the failure of waiting is TimeoutError."""
        before = len(self.inbox)
        seen = await self.send(text)
        if not seen:
            await self.until(lambda inbox: len(inbox) > before, timeout_s)
            seen.extend(self.inbox[before:])
        return seen

    async def tap(self, label: str) -> Seen:
        """Taps the newest link with this label (weixin://bizmsgmenu). Raises LookupError when none is shown."""
        for raw in reversed(self._raw):
            for link in _LINK.finditer(raw):
                found = re.fullmatch(r"weixin://bizmsgmenu\?msgmenucontent=(.*?)&msgmenuid=(.*)", link["href"])
                if link["label"] == label and found:
                    return await self._message("text", window="touch", Content=found[1], bizmsgmenuid=found[2])
        raise LookupError(f"no link {label!r} is shown")

    async def say(self, recognition: str = "") -> Seen:
        """Sends a voice message; the platform may or may not have recognised it."""
        return await self._message("voice", MediaId=secrets.token_urlsafe(24), Format="amr", Recognition=recognition)

    async def send_photo(self, content: bytes, media_type: str = "image/jpeg") -> Seen:
        """Sends a picture. Without a platform nobody can fetch it."""
        media_id = self._platform.hold(content, media_type) if self._platform else secrets.token_urlsafe(24)
        return await self._message("image", MediaId=media_id, PicUrl="http://mmbiz.qpic.cn/simulated")

    async def subscribe(self, scene: str = "") -> Seen:
        """Follows the account, perhaps by scanning a code with a scene."""
        if self._platform:
            self._platform.subscribed(self.openid, True)
        return await self._event("subscribe", f"qrscene_{scene}" if scene else "")

    async def scan(self, scene: str) -> Seen:
        """Scans a code with a scene, following the account already."""
        return await self._event("SCAN", scene)

    async def click(self, key: str) -> Seen:
        """Touches a button of the custom menu."""
        return await self._event("CLICK", key)

    async def again(self) -> Seen:
        """The platform delivers the last message once more, under its old MsgId, as after a lost answer."""
        return await self.deliver(self._last)

    async def unsubscribe(self) -> Seen:
        """Leaves the account."""
        if self._platform:
            self._platform.subscribed(self.openid, False)
        return await self._event("unsubscribe", "", window=None)

    async def until(self, satisfied: Callable[[list[str]], bool], timeout_s: float = 20.0) -> list[str]:
        """Waits until the inbox is as wished, and gives it. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not satisfied(self.inbox):
                self._news.clear()
                await self._news.wait()
        return self.inbox

    # --- what the platform makes of it --------------------------------------------------------------------------------------------

    def compose(self, kind: str, **fields: str) -> str:
        """The XML of a message from this resident, with a new MsgId (events have none)."""
        parts = {"ToUserName": self.account.name, "FromUserName": self.openid, "MsgType": kind, **fields}
        xml = "".join(f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>" for name, value in parts.items())
        msg_id = "" if kind == "event" else f"<MsgId>{next(self._ids)}</MsgId>"
        return f"<xml>{xml}<CreateTime>{int(self._clock())}</CreateTime>{msg_id}</xml>"

    def sealed(self, xml: str) -> tuple[dict[str, str], bytes]:
        """A signed, and in safe mode encrypted, delivery of this XML: query and body."""
        timestamp, nonce = str(int(self._clock())), str(secrets.randbelow(10**10))
        query = {"signature": _sha1(self.account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce, "openid": self.openid}
        if self._crypto is None:
            return query, xml.encode()
        envelope = ElementTree.fromstring(self._crypto.encrypt_message(xml, nonce, timestamp))  # noqa: S314  # made by ourselves
        encrypted = envelope.findtext("Encrypt", "")
        query |= {"encrypt_type": "aes", "msg_signature": _sha1(self.account.token, timestamp, nonce, encrypted)}
        clear = (
            xml.removeprefix("<xml>").removesuffix("</xml>")
            if self.account.compatible
            else f"<ToUserName><![CDATA[{self.account.name}]]></ToUserName>"
        )
        return query, f"<xml>{clear}<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()

    async def post(self, query: dict[str, str], body: bytes) -> httpx.Response:
        """One bare attempt, for whoever wants to see the answer itself."""
        return await self._web.post(self._path, params=query, content=body, headers={"Content-Type": "text/xml"})

    async def deliver(self, xml: str) -> Seen:
        """Delivers XML as the platform does, and shows the answer."""
        self._last = xml
        delivery = self.sealed(xml)
        for attempt in range(1, self._attempts + 1):
            began = time.monotonic()
            try:
                response = await asyncio.wait_for(self.post(*delivery), self._cut_s)
            except (TimeoutError, httpx.TransportError):
                await asyncio.sleep(max(0.0, self._cut_s - (time.monotonic() - began)))
                if not self._same_nonce:
                    delivery = self.sealed(xml)
                continue
            return self._shown(response, attempt)
        self._show(FAILURE_TEXT)
        return Seen((FAILURE_TEXT,), attempts=self._attempts, failed=True)

    async def _message(self, kind: str, window: str = "message", **fields: str) -> Seen:
        if self._platform:
            self._platform.interacted(self.openid, window)
        return await self.deliver(self.compose(kind, **fields))

    async def _event(self, event: str, key: str, window: str | None = "touch") -> Seen:
        if self._platform and window:
            self._platform.interacted(self.openid, window)
        return await self.deliver(self.compose("event", Event=event, EventKey=key))

    def _shown(self, response: httpx.Response, attempts: int) -> Seen:
        if response.status_code == 200 and response.text.strip() in ("", "success"):
            return Seen(attempts=attempts)
        reply = self._reply(response) if response.status_code == 200 else None
        if reply is None:
            self._show(FAILURE_TEXT)
            return Seen((FAILURE_TEXT,), attempts=attempts, failed=True)
        if reply.findtext("MsgType") == "transfer_customer_service":
            self.transferred += 1
            return Seen(attempts=attempts, transferred=True)
        self._show(reply.findtext("Content", ""))
        return Seen((self.inbox[-1],), attempts=attempts)

    def _reply(self, response: httpx.Response) -> ElementTree.Element | None:
        """The reply's XML, decrypted; None when WeChat would not accept it."""
        try:
            reply = ElementTree.fromstring(response.text)  # noqa: S314  # a service of our own, on trial
            if self._crypto is not None:
                signature, timestamp, nonce = (reply.findtext(name, "") for name in ("MsgSignature", "TimeStamp", "Nonce"))
                reply = ElementTree.fromstring(self._crypto.decrypt_message(response.text, signature, timestamp, nonce))  # noqa: S314
        except Exception:  # whatever is wrong with it, WeChat shows the same text
            return None
        mine = reply.findtext("ToUserName") == self.openid and reply.findtext("FromUserName") == self.account.name
        numbered = reply.findtext("CreateTime", "").isdigit()
        kind = reply.findtext("MsgType")
        text = reply.findtext("Content", "")
        good = kind == "transfer_customer_service" or (kind == "text" and text and len(text.encode()) <= 2048)
        return reply if mine and numbered and good else None

    def _show(self, text: str) -> None:
        self._raw.append(text)
        self.inbox.append(_LINK.sub(lambda link: link["label"], text))
        self._news.set()


def _sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()
