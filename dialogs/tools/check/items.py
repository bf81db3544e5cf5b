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
from records.catalogue import PaperCatalogue, read_files
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
    """All items, and what listing them gives: the themes, and what stands under each of the menu's headings."""

    items: tuple[ItemSource, ...] = ()
    themes: tuple[Mapping[str, Any], ...] = ()
    lists: tuple[tuple[Mapping[str, Any], ...], ...] = ()


def read_catalogue(paths: Iterable[Path], words: Words) -> CatalogueSource:
    """The catalogue's files as the actions would answer from them. Raises CatalogueError."""
    files = tuple(paths)
    return asyncio.run(_answers(PaperCatalogue(read_files(files)), _places(files), words))


async def _answers(paper: PaperCatalogue, places: Mapping[str, tuple[str, int, dict[str, int]]], words: Words) -> CatalogueSource:
    offices = Offices(paper, None, None, None)  # type: ignore[arg-type]  # those that are asked here use the catalogue alone
    actions = Actions(offices, None, words)  # type: ignore[arg-type]
    here = Context(Address("check", "check"), "check")
    opened = [(item.code, (await actions.run("open_item", here, {"code": item.code})).value) for item in await paper.items()]
    themes = (await actions.run("list_themes", here, {})).value
    groups = [*(theme["id"] for theme in themes), *(f"domain:{domain.id}" for domain in await paper.domains())]
    lists = [(await actions.run("list_under", here, {"group": group})).value for group in groups]
    items = tuple(ItemSource(code, value, *places[code]) for code, value in opened)
    return CatalogueSource(items, tuple(themes), tuple(map(tuple, lists)))


def _places(files: Iterable[Path]) -> dict[str, tuple[str, int, dict[str, int]]]:
    """Code -> file, line, and line by field name."""
    found: dict[str, tuple[str, int, dict[str, int]]] = {}
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
