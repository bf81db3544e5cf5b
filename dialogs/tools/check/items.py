"""The catalogue as the check walks it: what the records would answer for each shipped item, and the file and line of each of its fields."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialogs.actions import Actions, Context, Offices
from dialogs.contract import Address
from dialogs.words import Words
from records.catalogue import Item, Theme, read_files
from records.catalogue.marks import parse


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
    """All items, and what listing them gives: the themes, and by theme the items of each."""

    items: tuple[ItemSource, ...] = ()
    themes: tuple[Mapping[str, Any], ...] = ()
    lists: tuple[tuple[Mapping[str, Any], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Paper:
    """A catalogue without a database, as the actions that only read it need it."""

    all_items: tuple[Item, ...]
    all_themes: tuple[Theme, ...]

    async def items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.all_items if item.offered)

    async def themes(self) -> tuple[Theme, ...]:
        used = {item.theme for item in await self.items()}
        return tuple(theme for theme in self.all_themes if theme.id in used)

    async def item(self, code: str) -> Item | None:
        return next((item for item in self.all_items if item.code == code), None)


def read_catalogue(paths: Iterable[Path], words: Words) -> CatalogueSource:
    """The catalogue's files as the actions would answer from them. Raises CatalogueError."""
    files = tuple(paths)
    contents = read_files(files)
    return asyncio.run(_answers(_Paper(tuple(contents.items), tuple(contents.themes)), _places(files), words))


async def _answers(paper: _Paper, places: Mapping[str, tuple[str, int, dict[str, int]]], words: Words) -> CatalogueSource:
    offices = Offices(paper, None, None, None)  # type: ignore[arg-type]  # those that are asked here use the catalogue alone
    actions = Actions(offices, None, words)  # type: ignore[arg-type]
    here = Context(Address("check", "check"), "check")
    opened = [(item.code, (await actions.run("open_item", here, {"code": item.code})).value) for item in await paper.items()]
    themes = (await actions.run("list_themes", here, {})).value
    lists = [(await actions.run("list_items", here, {"theme": theme["id"]})).value for theme in themes]
    items = tuple(ItemSource(code, value, *places[code]) for code, value in opened)
    return CatalogueSource(items, tuple(themes), tuple(map(tuple, lists)))


def _places(files: Iterable[Path]) -> dict[str, tuple[str, int, dict[str, int]]]:
    """Code -> file, line, and line by field name."""
    found: dict[str, tuple[str, int, dict[str, int]]] = {}
    for path in files:
        marked = parse(path.read_text("utf-8"))
        name = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
        for n, item in enumerate(marked.value["items"]):
            lines = {field["name"]: marked.lines.get(("items", n, "form", k, "name"), 1) for k, field in enumerate(item["form"])}
            found[item["code"]] = (name, marked.line(("items", n)), lines)
    return found
