"""The catalogue that comes with the program: as many as the programme published, all of it marked as an example, nothing that could be mistaken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from records.catalogue import Approval, Item, directory_files, read_directory, read_files, sample_files

CONTENTS, CITY = read_files(sample_files()), read_directory(directory_files())
HOTLINES = {"12345", "12333", "12393", "12348", "12385", "95598"}
"""National short numbers."""
LAW = re.compile(r"《[^《》]+》")
DAY = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])")
"""How a date is given, as an example in a prompt."""


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from texts(part)


def test_there_are_as_many_services_of_each_level_as_the_programme_published() -> None:
    assert Counter(item.level for item in CONTENTS.items) == {"乡镇": 32, "街道": 28, "村": 51, "社区": 33}
    assert {item.handling for item in CONTENTS.items} == {"直办", "代办"}
    assert {item.at_home for item in CONTENTS.items} == {True, False}


def test_the_directory_has_145_main_items_with_229_sub_items() -> None:
    assert len({(approval.office, approval.main) for approval in CITY.approvals}) == 145
    assert len(CITY.approvals) == 229


def test_all_of_it_says_that_it_is_an_example() -> None:
    assert all(item.sample and "示例" in item.source for item in CONTENTS.items)
    assert all("示例" in approval.source for approval in CITY.approvals)


@pytest.mark.parametrize("thing", [*CONTENTS.items, *CITY.approvals], ids=lambda thing: thing.code)
def test_laws_are_named_whole_and_no_number_or_address_is_invented(thing: Item | Approval) -> None:
    assert all(LAW.fullmatch(law) for law in thing.basis), thing.basis
    for text in texts(thing.model_dump()):
        for run in re.findall(r"\d{5,}", text):
            assert run in HOTLINES or DAY.fullmatch(run), text
        assert not re.search(r"\d+号(?!线)|[0-9一二三四五六七八九十]+(路|街|巷)\d", text), text
        assert "http" not in text


def test_no_name_alias_or_sentence_means_two_things() -> None:
    said: dict[str, str] = {}
    for item in CONTENTS.items:
        for text in (item.name, *item.aliases, *item.ways.all):
            assert said.setdefault(text, item.code) == item.code, (text, item.code, said[text])
    for approval in CITY.approvals:
        for text in {approval.name, *approval.aliases, *approval.ways}:
            assert said.setdefault(text, approval.code) == approval.code, (text, approval.code, said[text])


def test_every_service_is_asked_for_in_all_kinds_of_ways() -> None:
    for item in CONTENTS.items:
        counts = [len(said) for said in (item.ways.colloquial, item.ways.indirect, item.ways.typed, item.ways.misheard)]
        assert all(count >= least for count, least in zip(counts, (4, 4, 1, 1), strict=True)), (item.code, counts)


def test_no_two_codes_are_the_same_whether_service_or_approval() -> None:
    codes = [thing.code for thing in (*CONTENTS.items, *CITY.approvals)]
    assert len(set(codes)) == len(codes) == 144 + 229


def test_some_services_can_be_requested_without_an_id_number() -> None:
    assert sum(not any(field.type == "id_number" for field in item.form) for item in CONTENTS.items) >= 10
