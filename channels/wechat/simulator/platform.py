"""The platform's HTTP interface, with its rules: tokens, quotas, lengths, menus, and errors on demand.

Rules and numbers come from the official pages api_getstableaccesstoken, api_sendcustommessage and api_createcustommenu. They are written
here a second time, not imported from the code they check.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from channels.wechat.simulator.account import Account

TOKEN_S = 7200
OVERLAP_S = 300  # a token is renewed this long before its end, and both are good for this long
FORCED_A_DAY, FORCED_APART_S = 20, 30
TEXT_BYTES = 2048
MEDIA_S = 3 * 24 * 3600  # how long a file that a resident sent can be fetched
WINDOWS = {"message": (5, 48 * 3600), "touch": (3, 60)}  # messages, seconds


@dataclass(slots=True)
class _Fault:
    code: int | None
    delay_s: float
    times: int
    after: bool


@dataclass(slots=True)
class _Person:
    subscribed: bool = True
    windows: dict[str, list[float]] = field(default_factory=dict)  # name → [left, ends]
    show: Callable[[str], None] = lambda text: None


class Platform:
    """A platform with one account. `app` is served wherever `api_base` points; state is in memory.

    calls: how often each endpoint was called. menu: the custom menu in force. token_fetches: how many new tokens were made.
    """

    def __init__(self, account: Account, *, clock: Callable[[], float] = time.time) -> None:
        self.account = account
        self.calls: Counter[str] = Counter()
        self.menu: dict[str, Any] | None = None
        self.token_fetches = 0
        self._clock = clock
        self._people: dict[str, _Person] = defaultdict(_Person)
        self._tokens: dict[str, float] = {}  # token → its end
        self._current = ""
        self._forced: list[float] = []
        self._faults: dict[str, _Fault] = {}
        self._media: dict[str, tuple[bytes, str, float]] = {}  # media_id → content, media type, end
        self.app = self._application()

    # --- the resident's side ------------------------------------------------------------------------------------------------------

    def follow(self, openid: str, show: Callable[[str], None]) -> None:
        """A phone wants to be shown what is sent to this openid."""
        self._people[openid].show = show

    def interacted(self, openid: str, window: str) -> None:
        """The resident wrote ("message") or touched a menu, scanned or subscribed ("touch"): the window begins anew."""
        most, seconds = WINDOWS[window]
        self._people[openid].windows[window] = [most, self._clock() + seconds]

    def subscribed(self, openid: str, value: bool) -> None:
        """The resident subscribed or left."""
        self._people[openid].subscribed = value
        if not value:
            self._people[openid].windows.clear()

    def hold(self, content: bytes, media_type: str) -> str:
        """A resident's phone has sent a file; its MediaId."""
        media_id = secrets.token_urlsafe(48)
        self._media[media_id] = (content, media_type, self._clock() + MEDIA_S)
        return media_id

    # --- trouble on demand --------------------------------------------------------------------------------------------------------

    def fail(self, endpoint: str, code: int, times: int = 1) -> None:
        """The next calls of an endpoint ("stable_token", "message/custom/send" …) answer with this errcode and do nothing."""
        self._faults[endpoint] = _Fault(code, 0, times, after=False)

    def stall(self, endpoint: str, seconds: float, times: int = 1) -> None:
        """The next calls of an endpoint are done, but answered so late that the caller has given up: nobody can know."""
        self._faults[endpoint] = _Fault(None, seconds, times, after=True)

    def invalidate_tokens(self) -> None:
        """Every token made so far stops working, as when somebody else refreshes by force."""
        self._tokens.clear()
        self._current = ""

    # --- endpoints ----------------------------------------------------------------------------------------------------------------

    def _application(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        for endpoint, method, needs_token, answer in (
            ("stable_token", "POST", False, self._stable_token),
            ("message/custom/send", "POST", True, self._custom_send),
            ("message/custom/typing", "POST", True, lambda body: {}),
            ("menu/create", "POST", True, self._menu_create),
            ("menu/get", "GET", True, self._menu_get),
            ("media/get", "GET", True, self._media_get),
        ):
            app.add_api_route(f"/cgi-bin/{endpoint}", self._route(endpoint, needs_token, answer), methods=[method])
        return app

    def _route(self, endpoint: str, needs_token: bool, answer: Callable[[dict[str, Any]], dict[str, Any] | Response]) -> Callable[..., Any]:
        async def handle(request: Request) -> Response:
            self.calls[endpoint] += 1
            fault = self._faults.get(endpoint)
            if fault and fault.times > 0:
                fault.times -= 1
            else:
                fault = None
            if fault and fault.code is not None:
                return _json(fault.code, "injected")
            wrong = self._token_trouble(request.query_params.get("access_token", "")) if needs_token else None
            if wrong:
                return _json(wrong, "access_token is invalid or not latest")
            try:
                body = await request.json() if request.method == "POST" else dict(request.query_params)
            except ValueError:
                return _json(47001, "data format error")
            result = answer(body)
            if fault and fault.after:
                await asyncio.sleep(fault.delay_s)
            if isinstance(result, Response):
                return result
            return JSONResponse({"errcode": 0, "errmsg": "ok"} | result if needs_token else result)

        return handle

    def _token_trouble(self, token: str) -> int | None:
        if token not in self._tokens:
            return 40001
        return 42001 if self._tokens[token] <= self._clock() else None

    def _stable_token(self, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("grant_type") != "client_credential":
            return _error(40002, "invalid grant_type")
        if body.get("appid") != self.account.app_id:
            return _error(40013, "invalid appid")
        if body.get("secret") != self.account.app_secret:
            return _error(40125, "invalid appsecret")
        now = self._clock()
        forced = bool(body.get("force_refresh"))
        if forced:
            self._forced = [at for at in self._forced if now - at < 24 * 3600]
            if len(self._forced) >= FORCED_A_DAY:
                return _error(45009, "reach max api daily quota limit")
            if self._forced and now - self._forced[-1] < FORCED_APART_S:
                return _error(45011, "api minute-quota reach limit")
            self._forced.append(now)
            self._tokens.clear()
        if forced or self._tokens.get(self._current, 0) - now <= OVERLAP_S:
            self._current = secrets.token_hex(68)
            self._tokens[self._current] = now + TOKEN_S
            self.token_fetches += 1
        return {"access_token": self._current, "expires_in": int(self._tokens[self._current] - now)}

    def _custom_send(self, body: dict[str, Any]) -> dict[str, Any]:
        openid, kind = body.get("touser", ""), body.get("msgtype")
        if openid not in self._people:
            return _error(40003, "invalid openid")
        person = self._people[openid]
        if not person.subscribed:
            return _error(43004, "require subscribe")
        text = (body.get("text") or {}).get("content", "")
        if kind != "text" or not isinstance(text, str) or not text:
            return _error(40008, "invalid message type")
        if len(text.encode()) > TEXT_BYTES:
            return _error(45002, "content size out of limit")
        open_windows = [window for _, window in sorted(person.windows.items(), reverse=True) if window[1] > self._clock()]
        if not open_windows:
            return _error(45015, "response out of time limit or subscription is canceled")
        for window in open_windows:
            if window[0] > 0:
                window[0] -= 1
                person.show(text)
                return {}
        return _error(45047, "out of response count limit")

    def _menu_create(self, body: dict[str, Any]) -> dict[str, Any]:
        buttons = body.get("button")
        if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
            return _error(40016, "invalid button size")
        for button in buttons:
            children = button.get("sub_button") or []
            if len(children) > 5:
                return _error(40023, "invalid sub button size")
            for each, most, code in [(button, 16, 40018), *((child, 60, 40025) for child in children)]:
                if not 1 <= len(str(each.get("name", "")).encode()) <= most:
                    return _error(code, "invalid button name size")
            for each in children or [button]:
                if each.get("type") not in ("click", "view"):
                    return _error(40017, "invalid button type")
                if each["type"] == "click" and not 1 <= len(str(each.get("key", "")).encode()) <= 128:
                    return _error(40019, "invalid button key size")
                if each["type"] == "view" and not 1 <= len(str(each.get("url", "")).encode()) <= 1024:
                    return _error(40020, "invalid button url size")
        self.menu = body
        return {}

    def _menu_get(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"menu": self.menu} if self.menu else _error(46003, "menu no exist")

    def _media_get(self, query: dict[str, Any]) -> dict[str, Any] | Response:
        content, media_type, ends = self._media.get(query.get("media_id", ""), (b"", "", 0.0))
        if ends <= self._clock():
            return _error(40007, "invalid media_id")
        name = f'attachment; filename="{query["media_id"]}.jpg"'
        return Response(content, media_type=media_type, headers={"Content-disposition": name})


def _error(code: int, message: str) -> dict[str, Any]:
    return {"errcode": code, "errmsg": message}


def _json(code: int, message: str) -> JSONResponse:
    return JSONResponse(_error(code, message))
