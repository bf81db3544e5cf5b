"""What may come over the wire: twice, late, forged, too fast, too big, while Redis is down. A viewer always gets a page that helps."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from channels.tv import Television, TvSettings, health, router
from channels.tv.page import MOST_BYTES
from channels.tv.remote import Seen, read_page
from channels.tv.web import allowed
from dialogs.contract import Choice, Keys, Outcome, Pick
from dialogs.words import load_words
from records.vault import Vault
from tests.channels.tv.small_engine import CASE, ID, MENU, SIX, SmallEngine, asked


def href(seen: Seen, label: str) -> str:
    return next(item.href for item in seen.items if item.label == label)


async def get(client: httpx.AsyncClient, address: str, method: str = "GET") -> Seen:
    answer = await client.request(method, address)
    return read_page(answer.text, answer.status_code)


# --- once


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_following_a_link_twice_is_one_turn(client: httpx.AsyncClient, tv: Television, engine: SmallEngine, method: str) -> None:
    await tv.open()
    link = href(tv.seen, "查进度")
    first, second = await get(client, link, method), await get(client, link, method)
    assert first.name == second.name == "status.number"
    assert [turn.event for turn in engine.turns[1:]] == [Pick("status", "main.menu")]


async def test_the_same_link_pressed_twice_at_once_is_one_turn(client: httpx.AsyncClient, tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await asyncio.gather(*(get(client, href(tv.seen, "查进度")) for _ in range(5)))
    assert len(engine.turns) == 2


async def test_of_two_links_of_one_screen_followed_at_once_one_counts(
    client: httpx.AsyncClient, tv: Television, engine: SmallEngine
) -> None:
    await tv.open()
    await asyncio.gather(*(get(client, href(tv.seen, label)) for label in ("查进度", "办事", "看要带什么材料", "找人工")))
    assert len(engine.turns) == 2


async def test_an_old_screen_leads_to_the_current_one_without_a_turn(
    client: httpx.AsyncClient, tv: Television, engine: SmallEngine
) -> None:
    await tv.open()
    old = href(tv.seen, "办事")
    await tv.follow("查进度")
    assert (await get(client, old)).name == "status.number"
    assert len(engine.turns) == 2


async def test_a_keypad_key_pressed_twice_at_once_is_one_digit(client: httpx.AsyncClient, tv: Television) -> None:
    await tv.open()
    await tv.follow("查进度")
    link = href(tv.seen, "7")
    await asyncio.gather(*(get(client, link) for _ in range(4)))
    assert (await get(client, link)).value == "7"
    await tv.open()
    assert tv.seen.value == "7"


async def test_a_broken_down_turn_can_be_taken_again_by_another_link(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    engine.down = True
    await tv.follow("查进度")
    engine.down = False
    await tv.open()
    await tv.follow("办事")
    assert tv.seen.name == "request.item"


# --- numbers


async def test_a_number_that_is_too_short_is_not_sent_and_says_how_much_is_missing(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await tv.follow("查进度")
    await tv.enter("2611")
    assert "还差 6 位" in tv.seen.count
    assert len(engine.turns) == 2


async def test_forty_digits_are_cut_at_the_length_of_the_number(tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await tv.follow("查进度")
    await tv.enter("2611230427" * 4)
    assert engine.turns[-1].event == Keys(CASE)


async def test_a_wrong_number_is_asked_for_again_from_nothing(tv: Television) -> None:
    await tv.open()
    await tv.follow("查进度")
    await tv.enter("2611230428")
    assert "不对" in tv.text
    assert tv.seen.value == ""


async def test_neither_addresses_nor_redis_hold_the_number_being_entered(tv: Television, client: httpx.AsyncClient, redis: Redis) -> None:
    asked_for: list[str] = []
    client.event_hooks["request"] = [lambda request: _note(asked_for, request)]
    await tv.open()
    await tv.follow("办事")
    await tv.follow("老年优待证")
    await tv.enter(ID, done="")
    assert len(asked_for) > 17
    assert not [url for url in asked_for if "1949" in url or "YL-001" in url]
    held = b""
    for key in [k async for k in redis.scan_iter(b"*")]:
        held += key + b"".join((await redis.hgetall(key)).values() if await redis.type(key) == b"hash" else [await redis.get(key)])
    assert b"11010519491231002" not in held
    assert b"1949" not in held


async def _note(into: list[str], request: httpx.Request) -> None:
    into.append(str(request.url))


# --- who


async def test_the_cookie_is_signed_kept_from_scripts_and_from_other_sites(client: httpx.AsyncClient) -> None:
    cookie = (await client.get("/tv")).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/tv" in cookie


async def test_a_changed_cookie_is_a_stranger(client: httpx.AsyncClient, tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    await tv.follow("查进度")
    value = client.cookies["onestop_tv"]
    client.cookies.clear()
    client.cookies.set("onestop_tv", value[:-3] + "abc", path="/tv")
    await tv.open()
    assert tv.seen.name == "main.menu"
    assert len({turn.address for turn in engine.turns}) == 2


async def test_a_link_of_another_television_does_nothing_here(app: FastAPI, tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    stolen = href(tv.seen, "结束")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tv") as other:
        await other.get("/tv")
        assert (await get(other, stolen)).name == "main.menu"
    assert len(engine.turns) == 2  # two arrivals


@pytest.mark.parametrize(
    "path", ["/tv/nonsense", "/tv/go", "/tv/go?r=x&c=1&t=ä", "/tv/go?r=1&c=1&t=wrong", "/tv/s?r=99999999999&p=-1", "/tv/key?n=0&k=é"]
)
async def test_what_makes_no_sense_shows_the_current_screen(
    client: httpx.AsyncClient, tv: Television, engine: SmallEngine, path: str
) -> None:
    assert (await get(client, path)).name == "main.menu"
    await tv.open()
    assert (await get(client, path)).name == "main.menu"
    assert all(type(turn.event).__name__ == "Arrive" for turn in engine.turns)


async def test_a_forged_choice_of_the_current_screen_does_nothing(client: httpx.AsyncClient, tv: Television, engine: SmallEngine) -> None:
    await tv.open()
    assert (await get(client, href(tv.seen, "办事").replace("c=2", "c=22"))).name == "main.menu"
    assert len(engine.turns) == 1


# --- headers, sizes


async def test_a_page_is_not_stored_not_framed_elsewhere_and_small(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tv")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert len(answer.content) <= MOST_BYTES


async def test_what_a_reply_says_cannot_become_markup(tv: Television, client: httpx.AsyncClient, engine: SmallEngine) -> None:
    nasty = "<script>alert(1)</script>"
    await tv.open()
    address = engine.turns[0].address
    engine.states[address] = asked("x", nasty, title=nasty, choices=(Choice("a", nasty, hint=nasty),))
    page = (await client.get("/tv")).text
    assert nasty not in page
    assert html.escape(nasty) in page


async def test_a_megabyte_is_refused_plainly(client: httpx.AsyncClient) -> None:
    answer = await client.post("/tv/go", content=b"x" * 1_000_000)
    assert answer.status_code == 413
    assert read_page(answer.text).choices == ("开始",)
    assert (await client.get("/tv?scene=" + "x" * 5000)).status_code == 413


async def test_hammering_one_television_is_slowed_and_loses_nothing(
    tv: Television, client: httpx.AsyncClient, settings: TvSettings
) -> None:
    await tv.open()
    for _ in range(settings.rate_turns):
        await tv.follow("主菜单")
    seen = await tv.follow("主菜单")
    assert seen.status == 429
    assert "太快" in tv.text
    await tv.follow("接着办")
    assert tv.seen.name == "main.menu"


# --- ways out


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://epg.example:8080/index.html?a=1", True),
        ("http://epg.example/", False),
        ("http://evil.example/", False),
        ("//epg.example:8080/", False),
        ("javascript:alert(1)//epg.example:8080", False),
        ("http://epg.example:8080@evil.example/", False),
        ("http://evil.example\\@epg.example:8080/", False),
        ("http://epg.example:8080/\r\nSet-Cookie: a=b", False),
        ("http://[/", False),
    ],
)
def test_only_the_named_portal_is_returned_to(url: str, good: bool) -> None:
    assert bool(allowed(url, ("epg.example:8080",))) is good


async def test_the_portal_is_an_item_and_a_key_and_the_conversation_waits(tv: Television, client: httpx.AsyncClient) -> None:
    await tv.open(returnUrl="http://epg.example:8080/home")
    await tv.follow("查进度")
    answer = await client.get(href(tv.seen, "退出"))
    assert answer.status_code == 303
    assert answer.headers["location"] == "http://epg.example:8080/home"
    await tv.open()
    assert tv.seen.name == "status.number"


async def test_no_portal_no_way_out_of_our_pages(tv: Television, client: httpx.AsyncClient) -> None:
    await tv.open(returnUrl="http://evil.example/")
    assert "退出" not in tv.seen.labels
    assert (await get(client, "/tv/leave")).name == "main.menu"


# --- parts that are down


@pytest.fixture
async def without_redis(settings: TvSettings, engine: SmallEngine, vault: Vault) -> AsyncIterator[httpx.AsyncClient]:
    app, nowhere = FastAPI(), Redis.from_url("redis://127.0.0.1:1")
    app.include_router(router(settings, engine, load_words(), nowhere, vault))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tv") as client:
        yield client
    await nowhere.aclose()


async def test_without_redis_the_page_says_so_and_how_a_person_is_reached(without_redis: httpx.AsyncClient) -> None:
    tv = Television(without_redis)
    await tv.open()
    await tv.follow("查进度")
    assert tv.seen.status == 503
    assert "3000" in tv.text
    assert tv.seen.choices == ("再试一次",)


async def test_an_entry_sealed_with_another_secret_is_entered_again(
    tv: Television, settings: TvSettings, engine: SmallEngine, redis: Redis, client: httpx.AsyncClient
) -> None:
    await tv.open()
    await tv.follow("查进度")
    await tv.enter("261", done="")
    app = FastAPI()
    app.include_router(router(settings, engine, load_words(), redis, Vault("w" * 40)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tv", cookies=client.cookies) as again:
        assert read_page((await again.get("/tv")).text).value == ""


# --- what a television asks for


async def test_the_key_map_and_the_screen_are_chosen_by_address_and_kept(client: httpx.AsyncClient) -> None:
    page = (await client.get("/tv?keys=ipanel&size=sd")).text
    assert re.search(r'"340": "back"', page)
    assert 'content="640*530"' in page
    page = (await client.get("/tv/s")).text
    assert re.search(r'"340": "back"', page)
    assert 'content="640*530"' in page
    assert '"37": "left"' in (await client.get("/tv?keys=unheard-of")).text


def test_without_a_hotline_health_says_what_is_missing(settings: TvSettings) -> None:
    assert health(settings).state == "ok"
    poor = health(TvSettings(secret="s" * 40))
    assert poor.state == "degraded"
    assert "hotline" in poor.reason


def test_settings_that_would_be_unsafe_are_refused() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        TvSettings(secret="short")
    with pytest.raises(ValueError, match="warn_seconds"):
        TvSettings(secret="s" * 40, idle_seconds=20)


def test_the_small_engine_offers_what_the_tests_say() -> None:
    assert MENU.outcome is Outcome.WAIT
    assert len(SIX) == 6
