"""Every kind of answer: read from typing, speech and keys; refused with a reason; told back; hidden from staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dialogs.contract import Photo, Wants
from dialogs.heard import Invalid, Near, Part, Value
from dialogs.slots.kinds import Answer, Reading
from dialogs.slots.table import SLOT_TYPES, field_slot
from dialogs.telling import hide, tell
from dialogs.words import load_words
from nlu.items import ItemIndex
from tests.unit.dialogs.conftest import Resident

TODAY = date(2026, 11, 23)
WORDS = load_words()
NOTHING = ItemIndex(())


def read(kind: str, *texts: str, heard: bool = False, partial: str = "", **limits: Any) -> Reading:
    slot = field_slot({"type": kind, **limits})
    return slot.read(slot, Answer(texts, TODAY, heard, partial), NOTHING)


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("mobile", "138 0013 8000", "13800138000"),
        ("mobile", "幺三八零零幺三八零零零", "13800138000"),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("id_number", "110105 19491231 002叉", "11010519491231002X"),
        ("case_number", "261 230 4275", "2612304275"),
        ("date", "1958年3月5日", "1958-03-05"),
        ("date", "19580305", "1958-03-05"),
        ("date", "五八年三月五号", "1958-03-05"),
        ("date", "昨天", "2026-11-22"),
        ("amount", "三千五", "3500"),
        ("amount", "￥3,500.50", "3500.5"),
        ("amount", "一万二", "12000"),
        ("name", "我叫张三", "张三"),
        ("name", "欧阳修", "欧阳修"),
        ("place", "樊城区牛首镇花园村", "樊城区/牛首镇/花园村"),
        ("yes_no", "是的", True),
        ("yes_no", "不用了", False),
        ("text", "  家里\n着火了 ", "家里 着火了"),
    ],
)
def test_an_answer_is_read(kind: str, said: str, value: object) -> None:
    assert read(kind, said) == Value(value)


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        ("mobile", "12345678901", "not_mobile"),
        ("mobile", "1380013800", "too_short"),
        ("id_number", "110105194912310021", "checksum"),
        ("case_number", "2612304276", "case_number"),
        ("date", "2025年2月30日", "no_such_day"),
        ("text", "长" * 201, "text_too_long"),
        ("photo", "这里", "not_a_photo"),
    ],
)
def test_an_impossible_answer_says_why_and_the_reason_has_words(kind: str, said: str, reason: str) -> None:
    assert read(kind, said) == Invalid(reason)
    assert WORDS(f"common.invalid_{reason}")


@pytest.mark.parametrize("kind", sorted(SLOT_TYPES))
def test_every_kind_of_answer_can_be_explained_told_and_hidden(kind: str) -> None:
    slot = SLOT_TYPES[kind]
    if kind in ("choice", "wish", "service_item"):
        return  # explained by what is shown
    field = {"type": kind, "name": "x", "label": "x", "choices": []}
    assert f"common.help_{kind}" in WORDS.sentences or kind == "digits"
    told = tell(field, slot.sample, WORDS)
    assert told.text
    assert told.speech
    if slot.mask:
        assert str(slot.sample) not in told.text
        assert str(slot.sample) not in told.speech
    if kind not in ("yes_no", "digits"):
        assert str(slot.sample) not in hide(field, slot.sample, WORDS)


def test_a_date_that_must_be_past_is_not_taken_from_the_future() -> None:
    assert read("date", "明天", period="past") == Invalid("not_past")
    assert read("date", "昨天", period="future") == Invalid("not_future")


def test_an_amount_outside_its_limits_is_refused() -> None:
    assert read("amount", "99", least=100, most=5000) == Invalid("amount_too_small")
    assert read("amount", "6000", least=100, most=5000) == Invalid("amount_too_large")


def test_a_town_is_the_beginning_of_a_village() -> None:
    assert read("place", "牛首镇") == Part("樊城区/牛首镇")
    assert read("place", "花园村", partial="樊城区/牛首镇") == Value("樊城区/牛首镇/花园村")
    assert read("place", "牛首镇", level="town") == Value("樊城区/牛首镇")


def test_a_village_name_that_is_in_several_towns_is_never_guessed() -> None:
    assert not isinstance(read("place", "刘湾村"), Value)


def test_a_place_can_be_picked_level_by_level(resident: Resident) -> None:
    counties = field_slot({"type": "place"})
    assert counties.children is not None
    assert "樊城区" in counties.children(counties, "")
    assert "牛首镇" in counties.children(counties, "樊城区")
    assert read("place", "樊城区") == Part("樊城区")
    assert isinstance(read("place", "牛首镇", partial="樊城区"), Part | Near)


def test_a_photo_fills_only_a_question_for_one(resident: Resident) -> None:
    resident.event(Photo("p1"))
    assert resident.question == "main.menu"
    assert SLOT_TYPES["photo"].wants is Wants.PHOTO


def test_limits_of_a_field_do_not_leak_into_its_kind() -> None:
    before = replace(SLOT_TYPES["amount"])
    field_slot({"type": "amount", "least": 5, "most": 6})
    assert SLOT_TYPES["amount"] == before
