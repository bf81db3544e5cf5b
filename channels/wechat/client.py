"""Calls to the platform (api.weixin.qq.com): wechatpy's client with its measured defects mended.

wechatpy's own client refetches tokens without end while the platform answers 40001, lets several processes invalidate each other's token,
fetches without a time limit, and puts the AppSecret into exceptions. Here: stable_token, kept sealed in Redis and fetched under a lock
that all processes share; one refresh and one retry; time limits on every call; errors without secrets. wechatpy is synchronous, so its
calls run in threads.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import requests  # what wechatpy calls through
from redis.exceptions import LockError
from urllib3.exceptions import MaxRetryError, NewConnectionError
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException

from channels.wechat.errors import STALE_TOKEN, ApiError, Fault, classify
from channels.wechat.keeping import Keeping
from channels.wechat.settings import WeChatSettings

T = TypeVar("T")

_BUSY_RETRIES = 2
_THREADS = 8
"""Calls at the same time, in one process; as many as `requests` keeps connections for, less two."""
_NO_PARAMETERS = ()
"""Not a dict: wechatpy adds a token of its own to parameters that are one."""
_FETCH_S = 30.0
"""Longest time for one file; a platform that drips bytes must not hold a thread for ever."""
_CHUNK = 64 * 1024
_RENEW_EARLY_S = 300
"""stable_token may be renewed 5 minutes before its end, and the old one still works then (official page api_getstableaccesstoken)."""


class PlatformClient(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy's client without its token logic: every call brings its token, every failure is an ApiError."""

    def __init__(self, settings: WeChatSettings) -> None:
        super().__init__(settings.app_id, "", timeout=(settings.connect_s, settings.read_s), auto_retry=False)
        self.API_BASE_URL = settings.api_base.rstrip("/") + "/cgi-bin/"
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="wechat")

    @property
    def access_token(self) -> str:
        """wechatpy would fetch one here, unlocked and without a time limit. AttributeError, because its constructor looks at every property."""
        raise AttributeError("give the token with the call: client.call(endpoint, token, data)")

    def fetch_access_token(self) -> None:
        raise AttributeError("the token comes from AccessToken")

    async def ask(self, endpoint: str, token: str | None, data: dict[str, Any]) -> dict[str, Any]:
        """`call` in one of our own threads: a platform that stalls must not take the event loop's, which look up names for everyone."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.call, endpoint, token, data)

    async def fetch(self, endpoint: str, token: str, parameters: dict[str, str], most: int) -> bytes | None:
        """`download` in one of our own threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.download, endpoint, token, parameters, most)

    def close(self) -> None:
        """Closes kept connections; calls that are under way end by their time limits."""
        self._threads.shutdown(wait=False)
        self._http.close()

    def call(self, endpoint: str, token: str | None, data: dict[str, Any]) -> dict[str, Any]:
        """POSTs JSON (blocking); the answer's JSON. Raises ApiError, and nothing that holds an address with a token in it."""
        try:
            answer = self.post(endpoint, params={"access_token": token} if token else _NO_PARAMETERS, data=data, allow_redirects=False)
        except (WeChatClientException, requests.RequestException) as wrong:
            trouble = _trouble(endpoint, wrong)
        else:
            if isinstance(answer, dict):
                return answer
            trouble = ApiError(endpoint, Fault.UNKNOWN, message="answered something that is not JSON")
        raise trouble  # outside the except: no context with a secret in it hangs on

    def download(self, endpoint: str, token: str, parameters: dict[str, str], most: int) -> bytes | None:
        """GETs a file (blocking); None when it has more than `most` bytes, of which no more are read. Raises ApiError as `call` does."""
        deadline = time.monotonic() + _FETCH_S
        try:
            answer = self.get(endpoint, params={"access_token": token, **parameters}, allow_redirects=False, stream=True)
            if isinstance(answer, requests.Response):
                with answer:
                    content = bytearray()
                    for chunk in answer.iter_content(_CHUNK):
                        content += chunk
                        if len(content) > most:
                            return None
                        if time.monotonic() > deadline:
                            raise requests.ReadTimeout
                return bytes(content)
            trouble = ApiError(endpoint, Fault.UNKNOWN, message="answered JSON instead of a file")
        except (WeChatClientException, requests.RequestException) as wrong:
            trouble = _trouble(endpoint, wrong)
        raise trouble

    def _decode_result(self, res: requests.Response) -> Any:
        """wechatpy's own reads everything, whatever its size, to see whether it is JSON: files are handed out unread."""
        kind = res.headers.get("Content-Type", "").partition("/")[0].lower()
        return res if kind == "image" else super()._decode_result(res)


def _trouble(endpoint: str, wrong: WeChatClientException | requests.RequestException) -> ApiError:
    if isinstance(wrong, requests.RequestException):
        return ApiError(endpoint, Fault.UNREACHED if _never_connected(wrong) else Fault.UNKNOWN, message=type(wrong).__name__)
    if wrong.errcode is None:
        return ApiError(endpoint, Fault.UNKNOWN, message="an HTTP error without an errcode")
    return ApiError(endpoint, classify(wrong.errcode), wrong.errcode, str(wrong.errmsg))


def _never_connected(wrong: requests.RequestException) -> bool:
    """True when certainly nothing was sent."""
    if isinstance(wrong, requests.ConnectTimeout):
        return True
    cause = wrong.args[0] if wrong.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


class AccessToken:
    """The account's access_token, one for all processes."""

    def __init__(self, settings: WeChatSettings, keeping: Keeping, client: PlatformClient, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._keeping = keeping
        self._client = client
        self._clock = clock
        self._key = keeping.key("token", settings.app_id)

    async def get(self, stale: str | None = None) -> str:
        """A token that is believed good and is not `stale`; fetched by one process only. Raises ApiError."""
        token = await self._kept()
        if token and token != stale:
            return token
        patience = self._settings.connect_s + self._settings.read_s + 1
        try:
            async with self._keeping.redis.lock(f"{self._key}:lock", timeout=patience, blocking_timeout=patience, sleep=0.05):
                token = await self._kept()
                if token and token != stale:
                    return token
                return await self._fetch()
        except LockError:
            trouble = ApiError("stable_token", Fault.TOKEN, message="another process did not finish fetching the token in time")
        raise trouble

    async def _kept(self) -> str | None:
        sealed = await self._keeping.redis.get(self._key)
        if not sealed:
            return None
        kept = self._keeping.open("token", sealed)
        return str(kept["token"]) if kept["until"] > self._clock() else None

    async def _fetch(self) -> str:
        """Normal mode: the platform gives the same token until shortly before its end, so that an unneeded fetch harms nobody."""
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret,
            "force_refresh": False,
        }
        answer = await self._client.ask("stable_token", None, body)
        token, lifetime = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(token, str) or not token or not isinstance(lifetime, int):
            raise ApiError("stable_token", Fault.OTHER, message="answered without an access_token")
        lasts = max(lifetime - _RENEW_EARLY_S, min(lifetime, 30))
        sealed = self._keeping.seal("token", {"token": token, "until": self._clock() + lasts})
        await self._keeping.redis.set(self._key, sealed, ex=max(lasts, 1))
        return token


class Api:
    """The calls we make. Safe to use from many tasks at once. Every method raises ApiError."""

    def __init__(self, settings: WeChatSettings, keeping: Keeping, *, clock: Callable[[], float] = time.time) -> None:
        self._client = PlatformClient(settings)
        self._token = AccessToken(settings, keeping, self._client, clock)
        self.last_fault: Fault | None = None
        self.calls = 0

    async def send_text(self, openid: str, text: str) -> None:
        """One customer-service text message (客服消息 custom/send)."""
        await self._post("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}})

    async def create_menu(self, payload: dict[str, Any]) -> None:
        """Replaces the account's custom menu (menu/create)."""
        await self._post("menu/create", payload)

    async def picture(self, media_id: str, most: int) -> bytes | None:
        """A picture that a resident sent (获取临时素材 media/get; the platform keeps it for three days). None: larger than `most` bytes."""
        return await self._call(lambda token: self._client.fetch("media/get", token, {"media_id": media_id}, most))

    def close(self) -> None:
        """Closes kept connections; no call may follow."""
        self._client.close()

    async def _post(self, endpoint: str, data: dict[str, Any]) -> None:
        await self._call(lambda token: self._client.ask(endpoint, token, data))

    async def _call(self, call: Callable[[str], Awaitable[T]]) -> T:
        self.calls += 1
        try:
            answer = await self._retried(call)
        except ApiError as wrong:
            self.last_fault = wrong.fault
            raise
        self.last_fault = None
        return answer

    async def _retried(self, call: Callable[[str], Awaitable[T]]) -> T:
        """At most one retry for a stale token, and two when the platform said that it was busy and did nothing."""
        token = await self._token.get()
        refreshed, busy = False, 0
        while True:
            try:
                return await call(token)
            except ApiError as wrong:
                stale = wrong.code in STALE_TOKEN and not refreshed
                if not stale and (wrong.fault is not Fault.BUSY or busy == _BUSY_RETRIES):
                    raise
            if stale:
                refreshed = True
                token = await self._token.get(stale=token)
            else:
                busy += 1
                await asyncio.sleep(busy * 0.2 * (0.5 + random.random()))  # noqa: S311  # jitter, no secret
