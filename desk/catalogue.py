"""The catalogue's pages, to look at: items by domain, one guide with its versions, the city directory. Changed by importing files only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqladmin import expose
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from desk.page import Page
from desk.words import WORDS
from records.catalogue import Approval, Domain, Item
from records.catalogue.changes import FieldChange
from records.catalogue.sheets.columns import layout
from records.clock import local

G = TypeVar("G")

GUIDE = ("object", "conditions", "process", "fee", "legal_days", "promised_days", "place", "hours", "contact", "benefit", "forms", "result",
         "basis", "aliases", "spoken")  # fmt: skip
"""The guide in the order of the page; materials have a table of their own."""


class ItemList(Page):
    """What is offered, by domain; narrowed by domain, level, or a word of the name."""

    name = WORDS["catalogue"]
    icon = "fa-solid fa-book"

    @expose("/catalogue", methods=["GET"], identity="catalogue")
    async def page(self, request: Request) -> Response:
        domain, level, word = (request.query_params.get(key, "") for key in ("domain", "level", "word"))
        items, domains = await self.catalogue.items(), await self.catalogue.domains()
        wanted = [item for item in items if _fits(item, domain, level, word.strip())]
        groups = [(each, [item for item in wanted if item.domain == each.id]) for each in domains]
        return await self.show(
            request,
            "desk/catalogue.html",
            groups=[(each, own) for each, own in groups if own],
            themes=_by_theme(domains, [(theme.id, theme.label) for theme in await self.catalogue.themes()]),
            levels=list(dict.fromkeys(item.level for item in items)),
            counted=(len(wanted), len(items)),
            domain=domain,
            level=level,
            word=word,
        )


class ItemPage(Page):
    """One guide, as it is offered or as it was in some version, with what each version changed."""

    name = WORDS["item"]

    def is_visible(self, request: Request) -> bool:
        return False

    @expose("/catalogue/{code}", methods=["GET"], identity="item")
    async def page(self, request: Request) -> Response:
        history = await self.catalogue.history(request.path_params["code"])
        wanted = request.query_params.get("version", str(len(history)))
        shown = next((each for each in history if str(each.item.version) == wanted), None)
        if shown is None:
            raise HTTPException(404, WORDS["no_such_item"])
        item = shown.item
        titles = {column.field: column.title for column in layout().sheets["items"].columns}
        versions = [
            (each.item.version, local(each.at), WORDS[f"change_{each.change.kind}"], [_told(field, titles) for field in each.change.fields])
            for each in reversed(history)
            if each.change is not None
        ]
        return await self.show(
            request,
            "desk/item.html",
            item=item,
            newest=history[-1].item.version,
            guide=[(titles[name], lines) for name in GUIDE if (lines := _lines(item, name))],
            ways=[(title, getattr(item.ways, kind)) for kind, title in _ways_titles().items()],
            types=_question_types(),
            versions=versions,
        )


class ApprovalList(Page):
    """The city directory: which office decides what, main items with their sub-items."""

    name = WORDS["directory"]
    icon = "fa-solid fa-landmark"

    @expose("/directory", methods=["GET"], identity="directory")
    async def page(self, request: Request) -> Response:
        office, word = (request.query_params.get(key, "") for key in ("office", "word"))
        approvals, offices = await self.catalogue.approvals(), await self.catalogue.offices()
        wanted = [each for each in approvals if office in ("", each.office) and _has_word(each, word.strip())]
        groups = [(each, _grouped([one for one in wanted if one.office == each.id])) for each in offices]
        return await self.show(
            request,
            "desk/directory.html",
            groups=[(each, mains) for each, mains in groups if mains],
            offices=offices,
            counted=(len({(each.office, each.main) for each in approvals}), len(approvals)),
            office=office,
            word=word,
        )


def days(count: int | None) -> str:
    """A time limit in words."""
    return WORDS["no_limit"] if count is None else WORDS["at_once"] if count == 0 else WORDS["working_days"].format(days=count)


def _fits(item: Item, domain: str, level: str, word: str) -> bool:
    return domain in ("", item.domain) and level in ("", item.level) and any(word.lower() in said for said in _said(item))


def _has_word(approval: Approval, word: str) -> bool:
    return any(word.lower() in said for said in (*_said(approval), approval.main))


def _said(thing: Item | Approval) -> Iterable[str]:
    return (thing.code.lower(), thing.name, *thing.aliases)


def _by_theme(domains: Sequence[Domain], themes: Iterable[tuple[str, str]]) -> list[tuple[str, list[Domain]]]:
    return [(label, [domain for domain in domains if domain.theme == key]) for key, label in themes]


def _grouped(approvals: Iterable[Approval]) -> dict[str, list[Approval]]:
    mains: dict[str, list[Approval]] = {}
    for each in approvals:
        mains.setdefault(each.main, []).append(each)
    return mains


def _lines(item: Item, name: str) -> list[str]:
    value = getattr(item, name)
    if name in ("legal_days", "promised_days"):
        return [days(value)]
    return list(value) if isinstance(value, tuple) else [value] if value else []


def _told(change: FieldChange, titles: dict[str, str]) -> tuple[str, str | None, str | None]:
    first, _, rest = change.field.partition(".")
    return " · ".join(part for part in (titles.get(first, WORDS.get(first, first)), rest) if part), change.old, change.new


def _ways_titles() -> dict[str, str]:
    column = layout().sheets["ways"].column("kind")
    return dict(column.titles_of) if column else {}


def _question_types() -> dict[str, str]:
    column = layout().sheets["form"].column("type")
    return dict(column.titles_of) if column else {}
