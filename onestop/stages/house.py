"""A running instance as plays see it (`dialogs.tools.play.World`)."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import httpx
import yaml
from fastapi import FastAPI

from channels.tv import TvSettings
from channels.tv import router as tv_router
from channels.wechat import WeChat, WeChatSettings
from channels.wechat.simulator import Account, Phone, Platform, serving
from dialogs.book import Book
from dialogs.slots.table import field_slot
from dialogs.tools.explore import WatchedBook, watched
from dialogs.tools.play import Act, Asked, CannotDo, Given, PlayError, Stage
from dialogs.words import Words
from ivr.handset import Handset
from onestop.photos import Photos
from onestop.stages.behind import MORNING, PREPARED, Clock, FickleDatabase, Overheard, Witness, on_stage
from onestop.stages.terminals import TelephoneStage, TelevisionStage, WeChatStage
from onestop.stores import Stores
from onestop.talk import Shelf, budgets, build_talk
from records.attachments import forget_waiting
from records.cases import Act as CaseAct
from records.cases import Submission
from records.catalogue import directory_files, sample_files
from records.catalogue.items import FormField
from records.catalogue.reading import BESIDE
from records.errors import RecordsError
from records.forms import applies

CLERK = "示例办事员"
#: A play is faster than any thumb: what keeps machines away would keep it away too.
NO_LIMIT = 10_000


class WatchedShelf(Shelf):
    """A shelf whose book notes the steps that are passed; a new catalogue does not make it forget."""

    def __init__(self, stores: Stores) -> None:
        super().__init__(stores.catalogue)
        self._watching: WatchedBook | None = None
        self._watched: Book | None = None

    def book(self) -> WatchedBook:
        """The current book, watched."""
        book = super().book()
        if self._watching is None or self._watched is not book:
            passed = self._watching.passed if self._watching else set()
            self._watching, self._watched = replace(watched(book), passed=passed), book
        return self._watching


class House:
    """One instance with all terminals. shelf: its book knows which steps were passed."""

    def __init__(
        self,
        stores: Stores,
        talk: Overheard,
        shelf: WatchedShelf,
        app: FastAPI,
        phones: tuple[Account, Platform],
        behind: FickleDatabase,
        clock: Clock,
    ) -> None:
        self.stores, self.talk, self.shelf, self.app = stores, talk, shelf, app
        self._account, self._platform = phones
        self._behind, self._clock = behind, clock
        self._witness = Witness(stores)
        self._changed = False  # the catalogue, by a play

    @property
    def words(self) -> Words:
        """The words of the book."""
        return self.shelf.book().words

    async def begin(self) -> None:
        """It is morning, everything works, and what is counted is counted from here."""
        self._clock.now, self._behind.up, self.talk.address = MORNING, True, None
        if self._changed:
            self._changed = False
            await self.stores.catalogue.import_files([*sample_files(), *directory_files()])
        await self._witness.begin()

    async def prepare(self, given: Given) -> str:
        """Makes a case as a finished request would, and moves it on as a clerk."""
        item = await self.stores.catalogue.item(given.item)
        if item is None:
            raise PlayError(f"given: no item {given.item!r} in the catalogue")
        answers: dict[str, str] = {}
        for field in item.form:
            if not field.optional and applies(field.when, answers):
                answers[field.name] = _answer(field, given)
        key = f"{PREPARED}-{secrets.token_hex(8)}"
        case = await self.stores.cases.submit(Submission(key, item.code, item.version, answers, PREPARED, given.mobile, None, "0" * 32))
        for act in given.acts:
            await self._move(case.number, act, given.note)
        return case.number

    async def stage(self, terminal: str, known: Mapping[str, str]) -> Stage:
        """A new resident at a terminal."""
        if terminal == "wechat":
            return WeChatStage(Phone.in_process(self._account, self.app, platform=self._platform, clock=self._clock))
        if terminal == "tv":
            transport = httpx.ASGITransport(app=self.app)
            return TelevisionStage(httpx.AsyncClient(transport=transport, base_url="http://tv.local", follow_redirects=True), self.words)
        return TelephoneStage(Handset(self.talk, self.words, caller=known.get("mobile", "")), self.talk)

    async def behind(self, act: Act) -> None:
        """Something happens behind the scenes. Raises CannotDo."""
        details = act.details or {}
        match act.kind:
            case "records":
                self._behind.up = act.what == "up"
            case "clerk":
                await self._move(details["case"], details["act"], details.get("note", ""))
            case "withdraw":
                self._changed = True
                await self._take_off(act.what)
            case "photos":
                async with self.stores.database.session() as session:
                    await forget_waiting(session, self._clock.moment())
            case "person":
                reference = await self._witness.reference()
                if reference is None:
                    raise CannotDo("nobody has asked for a person yet in this play")
                desk = self.stores.hand_overs
                await (desk.take(reference, CLERK) if act.what == "takes" else desk.close(reference, CLERK))

    async def pass_time(self, seconds: float) -> None:
        """So much later."""
        self._clock.now += seconds

    async def asked(self) -> Asked:
        """What the resident of this play is being asked."""
        return await self.talk.asked()

    async def records(self) -> Mapping[str, Any]:
        """What this play has brought into the records."""
        return await self._witness.records(self.talk.address)

    async def _take_off(self, code: str) -> None:
        """As an office does it: by importing its file anew. Talks that have begun may still mean the item."""
        shared = [path for path in sample_files() if path.name in BESIDE]
        for path in sample_files():
            contents = yaml.safe_load(path.read_text("utf-8"))
            for item in contents.get("items", ()):
                if item["code"] == code:
                    with tempfile.TemporaryDirectory(prefix="onestop-play-") as folder:
                        changed = Path(folder, path.name)
                        changed.write_text(yaml.safe_dump({**contents, "items": [{**item, "offered": False}]}, allow_unicode=True), "utf-8")
                        await self.stores.catalogue.import_files([*shared, changed])
                    return
        raise CannotDo(f"the sample catalogue has no item {code!r}")

    async def _move(self, number: str, act: str, note: str) -> None:
        try:
            await self.stores.cases.move(number, CaseAct(act), CLERK, note)
        except (RecordsError, ValueError) as wrong:
            raise CannotDo(f"the clerk cannot {act}: {wrong}") from wrong


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


@asynccontextmanager
async def house(stores: Stores, mode: Literal["plain", "safe"] = "safe") -> AsyncIterator[House]:
    """An instance on these stores: the engine, the webhook (`mode`: 明文 or 安全) with a local WeChat behind it, the television's pages."""
    clock, behind = Clock(), FickleDatabase(stores.database)
    staged = on_stage(stores, behind, clock)
    shelf = WatchedShelf(staged)
    await shelf.refresh()
    talk, words = Overheard(build_talk(staged, shelf, budgets(), now=clock), clock), shelf.book().words
    app = FastAPI()
    tv = TvSettings(secret=secrets.token_hex(32), hotline="3000", rate_turns=NO_LIMIT, rate_keys=NO_LIMIT)
    app.include_router(tv_router(tv, talk, words, stores.redis, stores.vault))
    settings = WeChatSettings(
        token=secrets.token_hex(12),
        app_id="wx" + secrets.token_hex(8),
        app_secret=secrets.token_hex(16),
        aes_key=secrets.token_hex(32)[:43] if mode == "safe" else None,
        mode=mode,
        api_base="http://127.0.0.1",
        rate_per_minute=0,
    )
    account = Account.of(settings)
    platform = Platform(account)
    async with serving(platform.app) as address:
        wechat = WeChat(replace(settings, api_base=address), talk, words, stores.redis, stores.vault, photos=Photos(staged), clock=clock)
        app.include_router(wechat.router())
        try:
            yield House(on_stage(stores, stores.database, clock), talk, shelf, app, (account, platform), behind, clock)
        finally:
            await wechat.close()
