"""What residents say first, read with the catalogue that ships: what is ours is found, what is not is said to be not, near ones are asked."""

from __future__ import annotations

from datetime import date

import pytest

from dialogs.book import Book
from dialogs.heard import Near, NotUnderstood, Value
from dialogs.slots.kinds import Answer, Reading
from dialogs.slots.table import SLOT_TYPES
from onestop.talk import sample_book


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book()


def read(book: Book, said: str, heard: bool) -> Reading:
    slot = SLOT_TYPES["wish"]
    return slot.read(slot, Answer((said,), date(2026, 11, 23), heard=heard), book.items)


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize(
    ("said", "intent", "code"),
    [
        ("我要办老年优待证", "request", "YL-001"),
        ("给我爸办高龄补贴", "request", "YL-002"),
        ("高龄补贴怎么申请", "guide", "YL-002"),
        ("我要办结婚证", "request", "SY-007"),
        ("办房产证", "request", "ZF-009"),
        ("医保缴费", "request", "YB-002"),
        ("我要办事", "request", ""),
        ("查进度", "check_status", ""),
        ("我的低保批下来没有", "check_status", ""),
    ],
)
def test_what_is_ours_is_found(book: Book, said: str, intent: str, code: str, heard: bool) -> None:
    reading = read(book, said, heard)
    assert isinstance(reading, Value)
    assert reading.value["item"] == code
    assert reading.value["intent"] == intent


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize(("said", "code"), [("我要办护照", "GA-013"), ("我要考驾照", "GA-001"), ("我要开无犯罪证明", "GA-022")])
def test_what_another_office_decides_is_found_in_the_directory(book: Book, said: str, code: str, heard: bool) -> None:
    reading = read(book, said, heard)
    assert isinstance(reading, Value)
    assert (reading.value["intent"], reading.value["item"]) == ("request", code)


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("said", ["我要办美国签证", "帮我订一张火车票", "今天天气真好", "唱一首歌", "我想去美国旅游"])
def test_what_is_in_neither_list_is_said_to_be_not(book: Book, said: str, heard: bool) -> None:
    assert read(book, said, heard) in (None, NotUnderstood(unknown_service=True))


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("said", ["收入证明", "办离婚证", "死亡证明", "我要退休", "我要贷款"])
def test_what_only_resembles_a_service_is_never_taken_for_it_unasked(book: Book, said: str, heard: bool) -> None:
    assert not isinstance(read(book, said, heard), Value)


@pytest.mark.parametrize("said", ["我要办驾驶证", "计划生育补助", "困难补助"])
def test_near_ones_are_asked_and_there_are_at_most_three(book: Book, said: str) -> None:
    reading = read(book, said, heard=True)
    assert isinstance(reading, Near)
    assert len(reading.candidates) <= 3


@pytest.mark.parametrize("said", ["低保怎么申请", "低保要带什么", "我想办低保"])
def test_a_name_of_two_syllables_beside_other_words_is_asked_back_only_by_ear(book: Book, said: str) -> None:
    typed, heard = read(book, said, heard=False), read(book, said, heard=True)
    assert isinstance(typed, Value)
    assert isinstance(heard, Near)
    assert [candidate[0]["item"] for candidate in heard.candidates] == [typed.value["item"]] == ["JZ-001"]
