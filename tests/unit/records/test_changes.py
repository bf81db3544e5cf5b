"""What an import changes, told field by field."""

from __future__ import annotations

from typing import Any

import pytest

from records.catalogue.changes import FieldChange, change_of, field_changes

ITEM: dict[str, Any] = {
    "code": "YL-001",
    "name": "老年优待证",
    "aliases": ["老年证", "老人证"],
    "ways": {"colloquial": ["怎么办"], "typed": []},
    "at_home": False,
    "offered": True,
    "legal_days": None,
    "promised_days": 5,
    "materials": [
        {"name": "居民身份证", "form": "原件", "copies": 1, "source": "本人自备", "note": ""},
        {"name": "照片", "form": "原件", "copies": 2, "source": "本人自备", "note": ""},
    ],
    "form": [
        {"name": "has_card", "prompt": "办过吗？", "choices": [{"id": "first", "label": "第一次", "words": ["新办"]}]},
        {"name": "mobile"},
    ],
}


def changes(**new: Any) -> list[tuple[str, str | None, str | None]]:
    return [(each.field, each.old, each.new) for each in field_changes(ITEM, {**ITEM, **new})]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ({}, []),
        ({"promised_days": 0}, [("promised_days", "5", "0")]),
        ({"legal_days": 20}, [("legal_days", None, "20")]),
        ({"legal_days": 0}, [("legal_days", None, "0")]),
        ({"at_home": True}, [("at_home", "否", "是")]),
        ({"aliases": ["老人证", "敬老卡"]}, [("aliases", "老年证", "敬老卡")]),
        ({"aliases": ["老人证", "老年证"]}, [("aliases", "老年证；老人证", "老人证；老年证")]),
        ({"ways": {"colloquial": ["怎么办"], "typed": ["咋办"]}}, [("ways.typed", None, "咋办")]),
        ({"materials": ITEM["materials"][:1]}, [("materials.照片", "照片|原件|2|本人自备", None)]),
        ({"materials": [ITEM["materials"][0] | {"copies": 2}, ITEM["materials"][1]]}, [("materials.居民身份证.copies", "1", "2")]),
        ({"materials": ITEM["materials"][::-1]}, [("materials (order)", "居民身份证、照片", "照片、居民身份证")]),
        ({"form": [ITEM["form"][0] | {"prompt": "有没有？"}, ITEM["form"][1]]}, [("form.has_card.prompt", "办过吗？", "有没有？")]),
        ({"note": ""}, []),
    ],
)
def test_each_value_that_differs_is_told_once(new: dict[str, Any], told: list[tuple[str, str | None, str | None]]) -> None:
    assert changes(**new) == told


def test_a_changed_word_of_a_choice_is_told_by_question_and_choice() -> None:
    choice = {"id": "first", "label": "第一次", "words": ["新办", "头一回"]}
    assert changes(form=[ITEM["form"][0] | {"choices": [choice]}, ITEM["form"][1]]) == [
        ("form.has_card.choices.first.words", None, "头一回")
    ]


def test_a_key_that_only_the_new_shape_has_makes_no_version() -> None:
    old = {key: value for key, value in ITEM.items() if key != "at_home"}
    assert change_of("YL-001", 2, old, ITEM) is None


def test_taking_off_and_offering_again_are_told_as_such_with_what_else_changed() -> None:
    off = {**ITEM, "offered": False}
    gone = change_of("YL-001", 2, ITEM, off)
    assert gone is not None
    assert (gone.kind, gone.version, gone.fields) == ("taken off", 2, ())
    back = change_of("YL-001", 3, off, {**ITEM, "promised_days": 3})
    assert back is not None
    assert (back.kind, back.fields) == ("back", (FieldChange("promised_days", "5", "3"),))
    assert change_of("YL-001", 1, None, ITEM).kind == "new"  # type: ignore[union-attr]
