"""A whole WeChat around the part under test: a local platform over real HTTP, a real Valkey, and a small engine of numbered choices."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from channels.wechat import PhotoKeeper, WeChat, WeChatSettings
from channels.wechat.simulator import Account, Phone, Platform, serving
from dialogs.contract import Address, Card, Choice, Event, Expectation, Incoming, Leave, Outcome, Photo, Pick, Prompt, Reply, Text, Wants
from dialogs.words import Words, load_words
from records.vault import Vault

TOKEN, APP_ID, SECRET = "trialtoken", "wx0123456789abcdef", "s3cr3ts3cr3ts3cr3ts3cr3ts3cr3t00"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

MENU = (Choice("status", "查办事进度", "1"), Choice("apply", "申请办事", "2", hint="要带身份证"))
UNIVERSALS = (Choice("!back", "返回"), Choice("!menu", "主菜单"), Choice("!help", "帮助"), Choice("!person", "人工"))


@dataclass
class LittleEngine:
    """Talk with two choices, an echo, a person, and a will to be slow. Takes an event once for its key, like the real one."""

    delay_s: float = 0.0
    turns: list[Event] = field(default_factory=list)
    given: dict[str, Reply] = field(default_factory=dict)
    with_person: set[str] = field(default_factory=set)
    answers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    last: dict[str, Reply] = field(default_factory=dict)
    broken: bool = False

    async def take(self, incoming: Incoming) -> Reply:
        if incoming.key in self.given:
            return replace(self.given[incoming.key], repeated=True)
        self.turns.append(incoming.event)
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        if self.broken:
            raise RuntimeError(f"secret=abc of {incoming.address.user} broke")
        reply = self._answer(incoming)
        self.given[incoming.key] = self.last[incoming.address.user] = reply
        return reply

    async def current(self, address: Address) -> Reply | None:
        return self.last.get(address.user)

    def _answer(self, incoming: Incoming) -> Reply:
        user, event = incoming.address.user, incoming.event
        said = event.text if isinstance(event, Text) else event.choice if isinstance(event, Pick) else ""
        if isinstance(event, Leave):
            return Reply((), Outcome.END)
        if said in ("主菜单", "!menu"):
            self.with_person.discard(user)
        if said in ("人工", "!person") or user in self.with_person:
            self.with_person.add(user)
            return Reply((Prompt("正在为您转接工作人员，请稍等。"),), Outcome.HAND_OVER, card=Card(f"case-{user}", "asked"))
        if said in ("1", "status"):
            number = Expectation("status.number", Wants.DIGITS, "case_number", universals=UNIVERSALS, least=10, most=10)
            return Reply((Prompt("请发十位办件编号。"),), Outcome.WAIT, number)
        if said == "照片":
            return Reply((Prompt("请发一张近照。"),), Outcome.WAIT, Expectation("photo", Wants.PHOTO, "photo", universals=UNIVERSALS))
        if isinstance(event, Photo):
            return Reply((Prompt("收到照片。"),), Outcome.WAIT)
        if said in self.answers:
            return Reply(tuple(Prompt(text) for text in self.answers[said]), Outcome.WAIT)
        if said and said != "!menu" and said != "主菜单":
            return Reply((Prompt(f"您说的是：{said}"),), Outcome.WAIT)
        return Reply((Prompt("您要办什么事？"),), Outcome.WAIT, Expectation("menu", Wants.CHOICE, "choice", MENU, UNIVERSALS))


@dataclass
class House:
    """Everything a test needs of one account."""

    settings: WeChatSettings
    account: Account
    platform: Platform
    engine: LittleEngine
    wechat: WeChat
    app: FastAPI
    address: str | None
    stack: contextlib.AsyncExitStack
    clock: list[float]

    def phone(self, *, in_process: bool = False, **options: Any) -> Phone:
        options.setdefault("platform", self.platform)
        account = options.pop("account", self.account)
        if in_process or self.address is None:
            phone = Phone.in_process(account, self.app, **options)
        else:
            phone = Phone.over_http(account, self.address, **options)
        self.stack.push_async_callback(phone.close)
        return phone


Build = Callable[..., Any]


@pytest.fixture
def words() -> Words:
    return load_words()


@pytest.fixture
def vault() -> Vault:
    return Vault("a secret for the tests, long enough to be taken")


@pytest.fixture
async def build(redis: Redis, words: Words, vault: Vault) -> AsyncIterator[Build]:
    """Builds a House: `await build(mode="plain", answer_budget_s=0.3)`. Its clock is the real one plus `house.clock[0]` seconds.

    served=False spares both servers: phones call the application in process, and there is nobody to push to.
    """
    async with contextlib.AsyncExitStack() as stack:

        async def make(
            *,
            served: bool = True,
            compatible: bool = False,
            redis_client: Redis | None = None,
            photos: PhotoKeeper | None = None,
            **options: Any,
        ) -> House:
            offset = [0.0]

            def clock() -> float:
                return time.time() + offset[0]

            account_of = {"token": TOKEN, "app_id": APP_ID, "app_secret": SECRET, "aes_key": AES_KEY, "mode": "safe"}
            draft = WeChatSettings(**account_of | {"page_pause_s": 0.05} | options)
            account = replace(Account.of(draft), compatible=compatible)
            if compatible:
                account = replace(account, aes_key=AES_KEY)
            platform = Platform(account, clock=clock)
            settings = replace(draft, api_base=await stack.enter_async_context(serving(platform.app))) if served else draft
            engine = LittleEngine()
            wechat = WeChat(settings, engine, words, redis_client or redis, vault, photos=photos, clock=clock)
            app = FastAPI()
            app.include_router(wechat.router())
            address = await stack.enter_async_context(serving(app)) if served else None
            stack.push_async_callback(wechat.close)
            return House(settings, account, platform, engine, wechat, app, address, stack, offset)

        yield make


@pytest.fixture(params=["plain", "safe"])
async def house(request: pytest.FixtureRequest, build: Build) -> House:
    """A House in each of the two modes."""
    made: House = await build(mode=request.param)
    return made
