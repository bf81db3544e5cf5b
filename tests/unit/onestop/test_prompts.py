"""Which sentences the telephone can say, and what they come from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dialogs.book import Book
from dialogs.tools.catalogue import CatalogueSource, catalogue_source, read_catalogue
from onestop.prompts import STAMP, fingerprint, sentences
from onestop.talk import sample_book
from records.catalogue import Catalogue, directory_files, sample_files
from records.database import Database


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book()


@pytest.fixture(scope="module")
def shipped(book: Book) -> CatalogueSource:
    return read_catalogue(book.words, sample_files(), directory_files())


async def test_the_records_say_what_the_files_say(book: Book, shipped: CatalogueSource, database: Database) -> None:
    """Else every service would speak all its sentences ahead at its first start."""
    catalogue = Catalogue(database)
    await catalogue.import_files([*sample_files(), *directory_files()])
    assert fingerprint(book, await catalogue_source(catalogue, book.words)) == fingerprint(book, shipped)


def test_the_shipped_prompts_are_rendered_for_what_ships(book: Book, shipped: CatalogueSource) -> None:
    assert STAMP.read_text().strip() == fingerprint(book, shipped), "words or services have changed: run `onestop prompts`"


def test_a_changed_guide_changes_the_fingerprint(book: Book, shipped: CatalogueSource) -> None:
    first = shipped.items[0]
    changed = replace(first, opened={**first.opened, "fee": "按标准收费"})
    assert fingerprint(book, replace(shipped, items=(changed, *shipped.items[1:]))) != fingerprint(book, shipped)


def test_every_name_guide_and_answer_can_be_said(book: Book, shipped: CatalogueSource) -> None:
    some = replace(shipped, items=shipped.items[:3], elsewhere=shipped.elsewhere[:2])
    said = sentences(book, some)
    assert len(said) == len(set(said))
    whole = "".join(said)
    for item in some.items:
        for wanted in (
            item.opened["name"],
            item.opened["spoken"],
            item.opened["hours"],
            *(field["label"] for field in item.opened["form"]),
        ):
            assert wanted.strip("。") in whole, wanted
    for approval in some.elsewhere:
        assert f"归{approval['office']}办" in whole
    first = next(place for place, text in enumerate(said) if "办理时间是" in text)
    assert all("办理时间是" not in text for text in said[: first - 1])
    assert first > len(said) // 2, "answers out of guides are rendered last"
