"""The local WeChat is as strict as the real one: what would fail there fails here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from channels.wechat.simulator import Account, Phone, Platform
from channels.wechat.simulator.phone import FAILURE_TEXT

ACCOUNT = Account("trialtoken", "wx1", "the-secret", name="gh_1")
GOOD = "<xml><ToUserName>{to}</ToUserName><FromUserName>gh_1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType>{text}</xml>"


def service(answer: Any) -> FastAPI:
    app = FastAPI()

    @app.post("/wechat")
    async def wechat(request: Request) -> Response:
        made = answer(request)
        return await made if asyncio.iscoroutine(made) else made

    return app


@pytest.mark.parametrize(
    "body",
    [
        '{"text": "hello"}',
        "hello",
        "<xml>",
        "<xml></xml>",
        GOOD.format(to="somebody else", text="<Content>你好</Content>"),
        GOOD.format(to="oMe", text=""),
        GOOD.format(to="oMe", text="<Content>" + "字" * 700 + "</Content>"),
        GOOD.format(to="oMe", text="<Content>\x08</Content>"),
    ],
)
async def test_what_is_no_reply_shows_the_failure_text(body: str) -> None:
    phone = Phone.in_process(ACCOUNT, service(lambda _: Response(body)), openid="oMe")
    seen = await phone.send("你好")
    assert seen.failed
    assert seen == [FAILURE_TEXT] == phone.inbox
    await phone.close()


@pytest.mark.parametrize("status", [201, 400, 403, 500])
async def test_any_other_status_shows_the_failure_text(status: int) -> None:
    phone = Phone.in_process(ACCOUNT, service(lambda _: Response("success", status_code=status)))
    assert await phone.send("你好") == [FAILURE_TEXT]
    await phone.close()


@pytest.mark.parametrize("body", ["", "success"])
async def test_success_and_emptiness_show_nothing(body: str) -> None:
    phone = Phone.in_process(ACCOUNT, service(lambda _: Response(body)))
    assert await phone.send("你好") == []
    assert phone.inbox == []
    await phone.close()


async def test_a_reply_for_this_phone_is_shown() -> None:
    phone = Phone.in_process(ACCOUNT, service(lambda _: Response(GOOD.format(to="oMe", text="<Content>你好</Content>"))), openid="oMe")
    assert await phone.send("你好") == ["你好"]
    await phone.close()


async def test_a_plain_reply_in_safe_mode_shows_the_failure_text() -> None:
    account = Account("trialtoken", "wx1", "s", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", name="gh_1")
    phone = Phone.in_process(account, service(lambda _: Response(GOOD.format(to="oMe", text="<Content>你好</Content>"))), openid="oMe")
    assert await phone.send("你好") == [FAILURE_TEXT]
    await phone.close()


async def test_a_silent_service_is_tried_three_times_under_one_msgid() -> None:
    bodies: list[bytes] = []

    async def never(request: Request) -> Response:
        bodies.append(await request.body())
        await asyncio.sleep(9)
        return Response("success")

    phone = Phone.in_process(ACCOUNT, service(never), cut_s=0.05)
    seen = await phone.send("你好")
    assert (seen.attempts, seen.failed) == (3, True)
    assert len(bodies) == 3
    assert len(set(bodies)) == 1
    await phone.close()


async def test_a_service_that_comes_back_is_reached_by_a_later_attempt() -> None:
    phone = Phone.over_http(ACCOUNT, "http://127.0.0.1:1", cut_s=0.05)
    seen = await phone.send("你好")
    assert (seen.attempts, seen.failed) == (3, True)
    await phone.close()


# --- the platform -----------------------------------------------------------------------------------------------------------------


class Console:
    """A platform with a clock that can be moved, and calls to it."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0
        self.platform = Platform(ACCOUNT, clock=lambda: self.now)
        self.web = httpx.AsyncClient(transport=httpx.ASGITransport(self.platform.app), base_url="http://platform.local/cgi-bin/")

    async def token(self, **changed: Any) -> dict[str, Any]:
        body = {"grant_type": "client_credential", "appid": "wx1", "secret": "the-secret"} | changed
        return dict((await self.web.post("stable_token", json=body)).json())

    async def post(self, endpoint: str, body: Any, token: str | None = None) -> int:
        token = token or (await self.token())["access_token"]
        return int((await self.web.post(endpoint, params={"access_token": token}, json=body)).json()["errcode"])

    async def text(self, content: str = "通知", openid: str = "oMe", token: str | None = None) -> int:
        return await self.post("message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": content}}, token)


@pytest.fixture
async def console() -> AsyncIterator[Console]:
    made = Console()
    made.platform.follow("oMe", lambda text: None)
    yield made
    await made.web.aclose()


async def test_stable_token_gives_the_same_token_until_shortly_before_its_end(console: Console) -> None:
    first = await console.token()
    console.now += 6000
    again = await console.token()
    assert again["access_token"] == first["access_token"]
    assert again["expires_in"] == 1200
    console.now += 1000
    renewed = await console.token()
    assert renewed["access_token"] != first["access_token"]
    assert await console.text(token=first["access_token"]) == 45015  # both are good for these minutes
    console.now += 300
    assert await console.text(token=first["access_token"]) == 42001


async def test_a_forced_refresh_ends_the_old_token_and_is_rationed(console: Console) -> None:
    first = (await console.token())["access_token"]
    assert (await console.token(force_refresh=True))["access_token"] != first
    assert await console.text(token=first) == 40001
    assert (await console.token(force_refresh=True))["errcode"] == 45011
    for _ in range(19):
        console.now += 31
        assert "access_token" in await console.token(force_refresh=True)
    console.now += 31
    assert (await console.token(force_refresh=True))["errcode"] == 45009


@pytest.mark.parametrize(("changed", "code"), [({"appid": "wx2"}, 40013), ({"secret": "x"}, 40125), ({"grant_type": "x"}, 40002)])
async def test_wrong_credentials_get_no_token(console: Console, changed: dict[str, str], code: int) -> None:
    assert (await console.token(**changed))["errcode"] == code


async def test_messages_are_counted_and_windows_close(console: Console) -> None:
    assert await console.text() == 45015
    console.platform.interacted("oMe", "message")
    assert [await console.text() for _ in range(6)] == [0] * 5 + [45047]
    console.platform.interacted("oMe", "touch")
    assert [await console.text() for _ in range(4)] == [0] * 3 + [45047]
    console.platform.interacted("oMe", "touch")
    console.now += 61
    assert await console.text() == 45047  # the other window is still open, and empty
    console.now += 48 * 3600
    assert await console.text() == 45015


async def test_messages_the_platform_would_not_take(console: Console) -> None:
    console.platform.interacted("oMe", "message")
    assert await console.text("字" * 683) == 45002
    assert await console.text("") == 40008
    assert await console.text(openid="oNobody") == 40003
    console.platform.subscribed("oMe", False)
    assert await console.text() == 43004


@pytest.mark.parametrize(
    ("menu", "code"),
    [
        ({}, 40016),
        ({"button": [{"type": "click", "name": "查", "key": "k"}] * 4}, 40016),
        ({"button": [{"type": "click", "name": "六个字的名字", "key": "k"}]}, 40018),
        ({"button": [{"type": "dance", "name": "查", "key": "k"}]}, 40017),
        ({"button": [{"type": "click", "name": "查", "key": ""}]}, 40019),
        ({"button": [{"type": "view", "name": "查", "url": "h" * 1025}]}, 40020),
        ({"button": [{"name": "查", "sub_button": [{"type": "click", "name": "一", "key": "k"}] * 6}]}, 40023),
        ({"button": [{"type": "click", "name": "查", "key": "k"}]}, 0),
    ],
)
async def test_menus_are_checked(console: Console, menu: dict[str, Any], code: int) -> None:
    assert await console.post("menu/create", menu) == code
    assert (console.platform.menu is not None) == (code == 0)


async def test_a_body_that_is_no_json_is_refused(console: Console) -> None:
    token = (await console.token())["access_token"]
    assert (await console.web.post("menu/create", params={"access_token": token}, content=b"{")).json()["errcode"] == 47001


def test_signatures_are_those_of_the_protocol() -> None:
    """The worked example of every integrator: sha1 over the sorted parts."""
    phone = Phone(ACCOUNT, httpx.AsyncClient(), clock=lambda: 1_700_000_000)
    query, _ = phone.sealed("<xml></xml>")
    from hashlib import sha1

    assert query["signature"] == sha1("".join(sorted(["trialtoken", "1700000000", query["nonce"]])).encode()).hexdigest()
