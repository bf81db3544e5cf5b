"""The catalogue as walks need it: what the records would answer for each shipped item, and the file and line of each of its fields."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dialogs.actions import Actions, Context, Offices
from dialogs.contract import Address
from dialogs.words import Words
from records.catalogue import Catalogue, PaperCatalogue, read_directory, read_files
from records.catalogue.marks import parse

Places = Mapping[str, tuple[str, int, Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class ItemSource:
    """One item: what `open_item` gives, its file, its line, and the line of each field of its form by name."""

    code: str
    opened: Mapping[str, Any]
    file: str
    line: int
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """All items, and what listing them gives: the themes, and what stands under each of the menu's headings. elsewhere: what `open_item` gives
    for the approvals of the city's directory."""

    items: tuple[ItemSource, ...] = ()
    themes: tuple[Mapping[str, Any], ...] = ()
    lists: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    elsewhere: tuple[Mapping[str, Any], ...] = ()


def read_catalogue(words: Words, paths: Iterable[Path], directory: Iterable[Path] = ()) -> CatalogueSource:
    """The files of the catalogue and of the city's directory as the actions would answer from them. Raises CatalogueError."""
    files = tuple(paths)
    paper = PaperCatalogue(read_files(files), read_directory(directory).approvals)
    return asyncio.run(catalogue_source(paper, words, _places(files)))


async def catalogue_source(catalogue: Catalogue | PaperCatalogue, words: Words, places: Places = MappingProxyType({})) -> CatalogueSource:
    """What the actions answer from a catalogue. places: file, line, and line by field name, of each item by its code, where there are files."""
    offices = Offices(catalogue, None, None, None)  # type: ignore[arg-type]  # those that are asked here use the catalogue alone
    actions = Actions(offices, None, words)  # type: ignore[arg-type]
    here = Context(Address("walk", "walk"), "walk")
    opened = [(item.code, (await actions.run("open_item", here, {"code": item.code})).value) for item in await catalogue.items()]
    themes = (await actions.run("list_themes", here, {})).value
    groups = [*(theme["id"] for theme in themes), *(f"domain:{domain.id}" for domain in await catalogue.domains())]
    lists = [(await actions.run("list_under", here, {"group": group})).value for group in groups]
    items = tuple(ItemSource(code, value, *places.get(code, ("", 0, {}))) for code, value in opened)
    elsewhere = [(await actions.run("open_item", here, {"code": approval.code})).value for approval in await catalogue.approvals()]
    return CatalogueSource(items, tuple(themes), tuple(map(tuple, lists)), tuple(elsewhere))


def _places(files: Iterable[Path]) -> Places:
    """Code -> file, line, and line by field name."""
    found: dict[str, tuple[str, int, Mapping[str, int]]] = {}
    for path in files:
        marked = parse(path.read_text("utf-8"))
        name = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
        for n, item in enumerate(marked.value.get("items", ())):
            lines = {_name(field): marked.line(("items", n, "form", k)) for k, field in enumerate(item["form"])}
            found[item["code"]] = (name, marked.line(("items", n)), lines)
    return found


def _name(field: Any) -> str:
    """The name of a form's question, however it is written."""
    return str(field if isinstance(field, str) else field.get("name", field.get("use")))
