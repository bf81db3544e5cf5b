"""Every play of this folder on every terminal it names, on real stores; and together they walk every step of the flows."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psycopg
import pytest
import pytest_asyncio
from pydantic import SecretStr

from dialogs.tools.coverage import coverage
from dialogs.tools.play import Performance, perform, read_play
from onestop.embedded import Embedded
from onestop.parts import Parts
from onestop.stages import House, house, instance_settings
from onestop.stores import open_stores
from records.catalogue import read_files, sample_files

PLAYS = sorted(Path(__file__).parent.rglob("*.yaml"))
PARTS = [(path, terminal) for path in PLAYS for terminal in read_play(path).play.terminals]

UNWALKED: dict[str, str] = {}
"""Steps that no play needs to walk, each with the reason."""

AWAITED = {
    "item_to_correct_in_other_words": "wechat",
    "two_wishes_first_declined": "wechat telephone",
}
"""Plays that show what residents may expect and we do not do yet, with the terminals. One that comes true fails until it is taken off."""

# One instance for all: together, and in order, on one worker.
pytestmark = pytest.mark.xdist_group("plays")
on_one_loop = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Theatre:
    """One instance, on which each play is performed once."""

    world: House
    performed: dict[tuple[Path, str], Performance] = field(default_factory=dict)

    async def performance(self, path: Path, terminal: str) -> Performance:
        if (path, terminal) not in self.performed:
            self.performed[path, terminal] = await perform(read_play(path), terminal, self.world)
        return self.performed[path, terminal]


@pytest.fixture(scope="module")
def own_database_url(servers: Embedded, migrated_template: str) -> Iterator[str]:
    """A fresh migrated database for all plays of this file."""
    name = f"plays_{os.getpid()}"
    with psycopg.connect(servers.database_url_of("postgres").replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
        yield servers.database_url_of(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _house(servers: Embedded, database_url: str, folder: Path, mode: Literal["plain", "safe"]) -> AsyncIterator[House]:
    urls = {"database_url": SecretStr(database_url), "redis_url": SecretStr(servers.redis_url)}
    settings = instance_settings(folder).model_copy(update=urls)
    async with Parts() as parts, house(await open_stores(settings, parts), mode) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def theatre(servers: Embedded, own_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    async for world in _house(servers, own_database_url, tmp_path_factory.mktemp("safe"), "safe"):
        yield Theatre(world)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain_theatre(servers: Embedded, own_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    async for world in _house(servers, own_database_url, tmp_path_factory.mktemp("plain"), "plain"):
        yield Theatre(world)


def _part(path: Path, terminal: str) -> object:
    awaited = terminal in AWAITED.get(path.stem, "").split()
    marks = [pytest.mark.xfail(strict=True, raises=AssertionError, reason="awaited: we do not do this yet")] if awaited else []
    return pytest.param(path, terminal, id=f"{path.stem}-{terminal}", marks=marks)


@on_one_loop
@pytest.mark.parametrize(("path", "terminal"), [_part(path, terminal) for path, terminal in PARTS])
async def test_the_play_goes_as_written(path: Path, terminal: str, theatre: Theatre) -> None:
    performance = await theatre.performance(path, terminal)
    assert performance.ok, "\n" + performance.difference


@on_one_loop
@pytest.mark.parametrize("name", ["request_by_menu", "status_in_progress"])
async def test_both_journeys_go_by_wechat_without_encryption_too(name: str, plain_theatre: Theatre) -> None:
    path = next(path for path in PLAYS if path.stem == name)
    performance = await plain_theatre.performance(path, "wechat")
    assert performance.ok, "\n" + performance.difference


@on_one_loop
async def test_the_plays_walk_every_step_of_every_flow(theatre: Theatre, record_property: Callable[[str, object], None]) -> None:
    for path, terminal in PARTS:
        await theatre.performance(path, terminal)
    book = theatre.world.shelf.book()
    found = coverage(book, book.passed)
    record_property("in short", f"{len(PLAYS)} {found.line}")
    unwalked = {f"{left.flow}.{left.step}": str(left) for left in found.unwalked}
    assert not unwalked.keys() - UNWALKED, "\n" + "\n".join(unwalked.values())
    assert not UNWALKED.keys() - unwalked, "these are walked by now: take them off the list"


REQUESTED = {
    str(line.values[terminal].get("item"))
    for path in PLAYS
    for line in read_play(path).lines
    if line.kind == "records"
    for terminal in line.values
}
"""The items that some play requests to the end. `onestop check` walks the form of every item."""


def test_items_of_every_domain_are_requested_in_some_play() -> None:
    contents = read_files(sample_files())
    assert {item.domain for item in contents.items} == {item.domain for item in contents.items if item.code in REQUESTED}


def test_fields_of_every_type_are_filled_in_some_play() -> None:
    items = read_files(sample_files()).items
    assert {field.type for item in items for field in item.form} == {
        field.type for item in items if item.code in REQUESTED for field in item.form
    }


def test_no_two_plays_have_one_title() -> None:
    titles = [read_play(path).play.play for path in PLAYS]
    assert sorted(titles) == sorted(set(titles))
