"""Puts the engine together: flows, catalogue, records and sessions become the one `Talk` that every terminal gets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import structlog

from channels.tv.budget import BUDGET as TV
from channels.wechat.budget import BUDGET as WECHAT
from dialogs.actions import Actions, Offices, domain_choices, names_to_hear
from dialogs.book import Book, read_book
from dialogs.contract import Address, Budget, PartHealth
from dialogs.conversation import Conversation
from dialogs.ports import Lifetime, PersonWanted, Standing
from dialogs.store import SessionStore
from dialogs.trace import TraceStore
from ivr.budget import TELEPHONE
from nlu.items import Item
from onestop.learning import index_of
from onestop.parts import reason_of
from onestop.settings import Settings, project_folder
from onestop.stores import Stores
from records.catalogue import Approval, Catalogue, Domain, sample_catalogue
from records.catalogue import Item as CatalogueItem
from records.handovers import HandOvers
from records.residents import Profiles
from records.vault import Vault

log = structlog.get_logger(__name__)

CONSOLE = Budget("console", choices=9)
"""A terminal window: one digit answers, nothing else is scarce."""

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
LIFETIMES = {
    # A message is answered when there is time for it: after the bus, after the meal, the next evening. The chat itself shows what was said.
    "wechat": Lifetime(remind=30 * MINUTE, keep=24 * HOUR, note=7 * DAY),
    # A family's device in the living room: whoever sits down next is not meant to read on. An evening, and no note of it afterwards.
    "tv": Lifetime(remind=5 * MINUTE, keep=4 * HOUR, note=0),
    # Each call has an address of its own. Kept for the person who takes the call over, and for a call that comes back unanswered.
    "telephone": Lifetime(remind=2 * MINUTE, keep=HOUR, note=0),
    "console": Lifetime(remind=10 * MINUTE, keep=HOUR, note=0),
}
"""How long a conversation can be taken up again, and after how long a pause it says where it was."""

RINGS = frozenset({"telephone"})
"""Channels whose terminal itself calls the person."""

NOTIFIED = frozenset({"wechat"})
"""Channels whose address is one person's, who can be written to later and be remembered. A television and a call are gone when they are over."""

CACHE = project_folder() / ".cache"
"""The project's own, for what is done without settings."""

LOOK_SECONDS = 5.0
"""How often a change of the catalogue is looked for; one indexed query."""


class Shelf:
    """Keeps the current book: flows never change while we run, the catalogue may."""

    def __init__(self, catalogue: Catalogue, cache: Path = CACHE) -> None:
        self._catalogue, self._cache = catalogue, cache
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
        items, approvals, domains = await self._catalogue.items(), await self._catalogue.approvals(), await self._catalogue.domains()
        self._book = await asyncio.to_thread(make_book, items, approvals, domains, self._cache)
        self._version = version
        log.info("book.made", items=len(items), catalogue_version=version)
        return True

    async def health(self) -> PartHealth:
        """Whether services are found by what was learnt of the catalogue, or by their likeness alone."""
        index = self.book().items
        facts: dict[str, str | int | float] = {"services": len(index.items)}
        if index.learnt or not index.items:
            return PartHealth("ok", facts=facts)
        return PartHealth(
            "degraded", "services are found by likeness alone, the model could not be learnt: pip install scikit-learn", facts
        )

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


def lifetimes(settings: Settings) -> dict[str, Lifetime]:
    """`LIFETIMES` with the hours that the settings give."""
    hours = {"wechat": settings.wechat_keep_hours, "tv": settings.tv_keep_hours, "telephone": settings.telephone_keep_hours}
    return {name: replace(of, keep=hours[name] * HOUR if name in hours else of.keep) for name, of in LIFETIMES.items()}


def build_talk(
    stores: Stores,
    shelf: Shelf,
    bears: Mapping[str, Budget],
    kept: Mapping[str, Lifetime] = LIFETIMES,
    now: Callable[[], float] = time.time,
) -> Conversation:
    """The engine on real records and sessions. kept: lifetimes by channel. now: seconds since 1970; plays let time pass."""
    profiles = Profiles(stores.database, stores.vault)
    offices = Offices(stores.catalogue, stores.cases, stores.hand_overs, profiles)
    return Conversation(
        shelf.book,
        SessionStore(stores.redis, stores.vault),
        Actions(offices, stores.vault, shelf.book().words, notified=NOTIFIED),
        People(stores.hand_overs, stores.vault),
        bears,
        profiles=KnownResidents(profiles, stores.vault),
        lifetimes=kept,
        rings=RINGS,
        tracer=TraceStore(stores.redis, stores.vault),
        now=now,
    )


class People:
    """Hand-overs in the records (`dialogs.ports.People`)."""

    def __init__(self, hand_overs: HandOvers, vault: Vault) -> None:
        self._hand_overs, self._vault = hand_overs, vault

    async def open(self, wanted: PersonWanted) -> str:
        """Records the wish for a person."""
        index = address_index(self._vault, wanted.address)
        return await self._hand_overs.open(wanted.key, wanted.reason, wanted.address.channel, index, wanted.lines)

    async def standing(self, reference: str) -> Standing:
        """Whether somebody has taken it, or it is over."""
        if not await self._hand_overs.lasts(reference):
            return Standing.OVER
        hand_over = await self._hand_overs.get(reference, by="")
        return Standing.TAKEN if hand_over is not None and hand_over.state == "taken" else Standing.WAITING

    async def no_answer(self, reference: str) -> None:
        """Shows the staff that nobody came."""
        await self._hand_overs.no_answer(reference)


class KnownResidents:
    """Profiles in the records (`dialogs.ports.Profiles`), where an address is one person's."""

    def __init__(self, profiles: Profiles, vault: Vault) -> None:
        self._profiles, self._vault = profiles, vault

    async def known(self, address: Address) -> Mapping[str, str]:
        """What they let us keep."""
        return await self._profiles.known(address_index(self._vault, address)) if address.channel in NOTIFIED else {}


def address_index(vault: Vault, address: Address) -> str:
    """The blind index under which the records know an address."""
    return vault.index(f"{address.channel}:{address.user}", "address")


def make_book(items: Sequence[CatalogueItem], approvals: Sequence[Approval], domains: Sequence[Domain], cache: Path) -> Book:
    """The shipped flows with an index of these services and approvals; what was learnt of them is kept in the cache."""
    services = [Item(item.code, item.name, item.aliases, item.ways.all) for item in items]
    elsewhere = [Item(one.code, one.name, one.aliases, one.ways) for one in approvals]
    return read_book(index_of([*services, *elsewhere], cache), names_to_hear(items, approvals, domains), domain_choices(domains))


def sample_book(cache: Path = CACHE) -> Book:
    """A book of the shipped flows and sample catalogue, made without a database: for proving and for plays."""
    paper = sample_catalogue()
    return make_book(paper.contents.items, paper.directory, paper.contents.domains, cache)
