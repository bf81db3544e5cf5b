"""Puts the engine together: flows, catalogue, records and sessions become the one `Talk` that every terminal gets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from channels.tv.budget import BUDGET as TV
from channels.wechat.budget import BUDGET as WECHAT
from dialogs.actions import Actions, item_ways
from dialogs.book import Book, read_book
from dialogs.contract import Budget
from dialogs.conversation import Conversation, PersonWanted
from dialogs.store import SessionStore
from ivr.budget import TELEPHONE
from nlu.items import Item, ItemIndex
from onestop.parts import reason_of
from onestop.stores import Stores
from records.catalogue import Catalogue, read_files, sample_files
from records.handovers import HandOvers
from records.vault import Vault

log = structlog.get_logger(__name__)

CONSOLE = Budget("console", choices=9)
"""A terminal window: one digit answers, nothing else is scarce."""

HOUR = 3600
LIFETIMES = {"wechat": 24 * HOUR, "tv": 4 * HOUR, "telephone": HOUR, "console": HOUR}
"""How long a conversation can be taken up again, in seconds. A call is over when it is hung up; its session is kept a while for the hand-over."""

NOTIFIED = frozenset({"wechat"})
"""Channels whose residents can be written to later. A television and a call are gone when they are over."""

LOOK_SECONDS = 5.0
"""How often a change of the catalogue is looked for; one indexed query."""


class Shelf:
    """Keeps the current book: flows never change while we run, the catalogue may."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._book: Book | None = None
        self._version = -1

    def book(self) -> Book:
        """The book of the newest catalogue seen."""
        if self._book is None:
            raise RuntimeError("the shelf is empty: await refresh() first")
        return self._book

    async def refresh(self) -> bool:
        """Makes a new book when the catalogue has changed; says whether it did. Raises FlowError, WordsError or what the records raise."""
        version = await self._catalogue.version()
        if version == self._version:
            return False
        items = await self._catalogue.items()
        index = ItemIndex(Item(item.code, item.name, ways=tuple(item.ways)) for item in items)
        self._book = await asyncio.to_thread(read_book, index, item_ways(items))
        self._version = version
        log.info("book.made", items=len(items), catalogue_version=version)
        return True

    async def keep_fresh(self) -> None:
        """Looks for a changed catalogue until cancelled; a database that is down is looked at again later."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.refresh()
            except Exception as wrong:
                log.warning("book.not_refreshed", reason=reason_of(wrong))


def budgets() -> dict[str, Budget]:
    """What each terminal can bear, by channel."""
    return {budget.channel: budget for budget in (WECHAT, TV, TELEPHONE, CONSOLE)}


def build_talk(stores: Stores, shelf: Shelf, bears: Mapping[str, Budget]) -> Conversation:
    """The engine on real records and sessions."""
    return Conversation(
        shelf.book,
        SessionStore(stores.redis, stores.vault, LIFETIMES),
        Actions(stores.catalogue, stores.cases, stores.vault, shelf.book().words, notified=NOTIFIED),
        People(stores.hand_overs, stores.vault),
        bears,
    )


class People:
    """Hand-overs in the records (`dialogs.conversation.People`)."""

    def __init__(self, hand_overs: HandOvers, vault: Vault) -> None:
        self._hand_overs, self._vault = hand_overs, vault

    async def open(self, wanted: PersonWanted) -> str:
        """Records the wish for a person."""
        index = self._vault.index(f"{wanted.address.channel}:{wanted.address.user}", "address")
        return await self._hand_overs.open(wanted.key, wanted.reason, wanted.address.channel, index, wanted.lines)

    async def lasts(self, reference: str) -> bool:
        """Whether nobody has closed it yet."""
        return await self._hand_overs.lasts(reference)


def sample_book() -> Book:
    """A book of the shipped flows and sample items, made without a database: for proving and for plays."""
    contents = read_files(sample_files())
    index = ItemIndex(Item(item.code, item.name, ways=tuple(item.ways)) for item in contents.items)
    return read_book(index, item_ways(contents.items))
