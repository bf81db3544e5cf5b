"""Where plays are performed: a fresh instance with real stores, and a resident at each of its terminals.

WeChat goes through the signed webhook, the television through its pages' links, the telephone through the real call (without its sound).
"""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from channels.tv import TvSettings
from channels.tv import router as tv_router
from channels.tv.remote import CannotFollow, Television
from channels.wechat import WeChat, WeChatSettings
from channels.wechat.simulator import Account, Phone, Platform, serving
from dialogs.book import read_universals
from dialogs.contract import Address, Choice, Talk
from dialogs.slots.table import field_slot
from dialogs.tools.play import Act, CannotDo, Given, Performance, PlayError, Script, read_play
from dialogs.tools.play import perform as perform_play
from dialogs.words import Words
from ivr.handset import Handset
from onestop.modes import AsteriskMode, Mode
from onestop.parts import Parts
from onestop.photos import Photos
from onestop.settings import Settings
from onestop.stores import Stores, open_stores
from onestop.talk import Shelf, budgets, build_talk
from records.cases import Act as CaseAct
from records.cases import Submission
from records.catalogue.items import FormField
from records.forms import applies


class WeChatStage:
    """A resident who writes to the official account."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def do(self, act: Act) -> Sequence[str]:
        match act.kind:
            case "arrives":
                return await self._phone.subscribe()
            case "leaves":
                return await self._phone.unsubscribe()
            case "again":
                return await self._phone.again()
            case "waits":
                return ()
            case "noise":
                return await self._phone.say()
        return await self._phone.ask(act.what)

    async def close(self) -> None:
        await self._phone.close()


class TelevisionStage:
    """A family before the television. Nobody can write on it: what is said must be on the screen."""

    MORE_PAGES = 6

    def __init__(self, client: httpx.AsyncClient, words: Words) -> None:
        self._client = client
        self._television = Television(client)
        #: The universals have shorter names on a television's bottom row.
        self._bar = {u.label: words(f"tv.bar_{u.id[1:]}") for u in read_universals() if f"tv.bar_{u.id[1:]}" in words.sentences}

    async def do(self, act: Act) -> Sequence[str]:
        television = self._television
        try:
            await self._act(act)
        except CannotFollow as wrong:
            raise CannotDo(str(wrong)) from wrong
        return (*television.told, television.seen.notice, *television.seen.labels)

    async def _act(self, act: Act) -> None:
        television = self._television
        match act.kind:
            case "arrives":
                await television.open()
            case "pick":
                await self._pick(act.what)
            case "enter":
                await television.enter(act.what)
            case "again":
                await television.again()
            case "waits" | "leaves":
                pass
            case _:
                raise CannotDo(f"nobody can {act.kind} on a television; write a line of its own: {{tv: …, otherwise: …}}")

    async def _pick(self, label: str) -> None:
        label = self._bar.get(label, label)
        for _ in range(self.MORE_PAGES):
            if label in self._television.seen.labels or "更多" not in self._television.seen.labels:
                break
            await self._television.follow("更多")
        await self._television.follow(label)

    async def close(self) -> None:
        await self._client.aclose()


class TelephoneStage:
    """A caller: picks by the key that was named, enters numbers by keys, says the rest."""

    def __init__(self, handset: Handset, talk: Talk) -> None:
        self._handset, self._talk = handset, talk

    async def do(self, act: Act) -> Sequence[str]:
        handset = self._handset
        if handset.ended is not None:
            return handset.heard
        match act.kind:
            case "arrives":
                return await handset.dial()
            case "leaves":
                await handset.hang_up()
                return ()
            case "waits":
                return await handset.silence()
            case "noise":
                return await handset.say()
            case "again":
                return handset.heard
            case "press":
                return await handset.press(act.what)
            case "enter":
                return await handset.press(act.what.replace("X", "*").replace("x", "*"))
            case "pick":
                return await self._pick(act.what)
        return await handset.say(act.what)

    async def _pick(self, label: str) -> Sequence[str]:
        assert self._handset.call is not None
        now = await self._talk.current(Address("telephone", self._handset.call.call_id))
        offered: tuple[Choice, ...] = (*now.expect.choices, *now.expect.universals) if now and now.expect else ()
        key = next((choice.key for choice in offered if choice.label == label), "")
        return await (self._handset.press(key) if key else self._handset.say(label))

    async def close(self) -> None:
        if self._handset.call is not None and self._handset.ended is None:
            await self._handset.hang_up()


class House:
    """A running instance as plays see it (`dialogs.tools.play.World`)."""

    def __init__(self, stores: Stores, talk: Talk, words: Words, app: FastAPI, account: Account, platform: Platform) -> None:
        self.stores, self.talk, self.words, self.app = stores, talk, words, app
        self._account, self._platform = account, platform

    async def prepare(self, given: Given) -> str:
        """Makes a case as a finished request would, and moves it on as a clerk."""
        item = await self.stores.catalogue.item(given.item)
        if item is None:
            raise PlayError(f"given: no item {given.item!r} in the catalogue")
        answers: dict[str, str] = {}
        for field in item.form:
            if not field.optional and applies(field.when, answers):
                answers[field.name] = _answer(field, given)
        case = await self.stores.cases.submit(
            Submission(f"play-{secrets.token_hex(8)}", item.code, item.version, answers, "play", given.mobile, None, "0" * 32)
        )
        for act in given.acts:
            await self.stores.cases.move(case.number, CaseAct(act), "示例办事员", given.note)
        return case.number

    async def stage(self, terminal: str, known: Mapping[str, str]) -> WeChatStage | TelevisionStage | TelephoneStage:
        """A new resident at a terminal."""
        if terminal == "wechat":
            return WeChatStage(Phone.in_process(self._account, self.app, platform=self._platform))
        if terminal == "tv":
            transport = httpx.ASGITransport(app=self.app)
            return TelevisionStage(httpx.AsyncClient(transport=transport, base_url="http://tv.local", follow_redirects=True), self.words)
        return TelephoneStage(Handset(self.talk, self.words, caller=known.get("mobile", "")), self.talk)

    async def records(self) -> Mapping[str, Any]:
        """How many cases residents (not plays' preparations) have submitted, and the last of them."""
        rows = [row for row in await self.stores.cases.recent(500) if row.channel != "play"]
        if not rows:
            return {"cases": 0}
        detail = await self.stores.cases.detail(rows[0].id)
        return {
            "cases": len(rows),
            "item": detail.item_code if detail else "",
            "state": str(rows[0].state),
            "channel": rows[0].channel,
        }


def _answer(field: FormField, given: Given) -> str:
    """A valid answer to a form's field, for a case that a play begins with."""
    match field.type:
        case "choice":
            return field.choices[0].id
        case "mobile":
            return given.mobile
        case "yes_no":
            return "yes"
    return str(field_slot(field.model_dump()).sample)


def instance_settings(folder: Path) -> Settings:
    """Settings of a fresh instance in a folder, whatever the environment says: plays must not touch anybody's records."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        mode=Mode.TRIAL,
        var=folder,
        secret=SecretStr(secrets.token_urlsafe(48)),
        database_url=SecretStr(""),
        redis_url=SecretStr(""),
        asterisk=AsteriskMode.OFF,
    )


@asynccontextmanager
async def house(stores: Stores, mode: Literal["plain", "safe"] = "safe") -> AsyncIterator[House]:
    """An instance on these stores: the engine, the webhook (`mode`: 明文 or 安全) with a local WeChat behind it, the television's pages."""
    shelf = Shelf(stores.catalogue)
    await shelf.refresh()
    talk, words = build_talk(stores, shelf, budgets()), shelf.book().words
    app = FastAPI()
    tv = TvSettings(secret=secrets.token_hex(32), hotline="3000")
    app.include_router(tv_router(tv, talk, words, stores.redis, stores.vault))
    settings = WeChatSettings(
        token=secrets.token_hex(12),
        app_id="wx" + secrets.token_hex(8),
        app_secret=secrets.token_hex(16),
        aes_key=secrets.token_hex(32)[:43] if mode == "safe" else None,
        mode=mode,
        api_base="http://127.0.0.1",
    )
    account = Account.of(settings)
    platform = Platform(account)
    async with serving(platform.app) as address:
        wechat = WeChat(replace(settings, api_base=address), talk, words, stores.redis, stores.vault, photos=Photos(stores))
        app.include_router(wechat.router())
        try:
            yield House(stores, talk, words, app, account, platform)
        finally:
            await wechat.close()


@asynccontextmanager
async def fresh_house() -> AsyncIterator[House]:
    """An instance of its own in a folder that goes when the plays are over."""
    with tempfile.TemporaryDirectory(prefix="onestop-play-", ignore_cleanup_errors=True) as folder:
        async with Parts() as parts:
            async with house(await open_stores(instance_settings(Path(folder)), parts)) as made:
                yield made


async def perform(paths: Sequence[Path], terminals: Sequence[str] | None = None) -> list[Performance]:
    """Performs plays on a fresh instance, on the terminals they name (or those given). Raises PlayError."""
    scripts: list[Script] = [read_play(path) for path in paths]
    performances = []
    async with fresh_house() as world:
        for script in scripts:
            for terminal in script.play.terminals:
                if terminals is None or terminal in terminals:
                    performances.append(await perform_play(script, terminal, world))
    return performances
