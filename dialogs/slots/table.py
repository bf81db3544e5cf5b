"""All slot types by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs.contract import Wants
from dialogs.slots.choices import read_choice, read_yes_or_no, tell_yes_no
from dialogs.slots.free import read_photo, read_text, tell_photo
from dialogs.slots.kinds import SlotType, Tell
from dialogs.slots.numbers import (
    find_number,
    last_four,
    read_number,
    tell_case_number,
    tell_digits,
    tell_id_number,
    tell_mobile,
)
from dialogs.slots.particulars import (
    find_day,
    find_money,
    find_person,
    hide_person,
    read_day,
    read_money,
    read_person,
    tell_day,
    tell_money,
    tell_person,
)
from dialogs.slots.places import find_where, hide_where, open_levels, read_where, tell_where
from dialogs.slots.wish import read_item, read_wish, wish
from records import case_number


def _number(name: str, sample: str, tell: Tell, least: int, most: int) -> SlotType:
    return SlotType(
        name,
        Wants.DIGITS,
        read_number,
        sample,
        tell=tell,
        hide=last_four,
        find=find_number,
        least=least,
        most=most,
        slow=True,
    )


SLOT_TYPES: dict[str, SlotType] = {
    slot.name: slot
    for slot in (
        SlotType("choice", Wants.CHOICE, read_choice, sample=None, hide=str),
        SlotType("yes_no", Wants.CHOICE, read_yes_or_no, sample=True, tell=tell_yes_no, hide=str, sure=True),
        SlotType("wish", Wants.TEXT, read_wish, sample=wish("request", "SAMPLE-001", "示例事项", also=wish("request", "SAMPLE-002", "第二件事"))),
        SlotType("service_item", Wants.TEXT, read_item, sample="SAMPLE-001", hide=str),
        _number("case_number", "0000000000", tell_case_number, case_number.LENGTH, case_number.LENGTH),
        replace(_number("digits", "0000", tell_digits, 1, 30), find=None, sure=True),
        replace(_number("mobile", "13800138000", tell_mobile, 11, 11), mask=True, sure=True),
        replace(
            _number("id_number", "11010519491231002X", tell_id_number, 18, 18), letter_x=True, mask=True
        ),
        SlotType(
            "date", Wants.DIGITS, read_day, sample="1958-03-05", tell=tell_day, find=find_day, least=8, most=8, slow=True
        ),
        SlotType("place", Wants.TEXT, read_where, sample="樊城区/牛首镇/花园村", tell=tell_where, hide=hide_where, find=find_where,
                 children=open_levels, level="village"),
        SlotType("name", Wants.TEXT, read_person, sample="张三", tell=tell_person, hide=hide_person, find=find_person, sure=True),
        SlotType("amount", Wants.DIGITS, read_money, sample="3500", tell=tell_money, find=find_money, least=1, most=8, sure=True),
        SlotType("text", Wants.TEXT, read_text, sample="请上门办理", high=200, sure=True),
        SlotType("photo", Wants.PHOTO, read_photo, sample="photo", tell=tell_photo),
    )
}  # fmt: skip


def slot_type(name: str, length: int | None = None, mask: bool = False) -> SlotType:
    """The slot type of a flow's question. Raises KeyError when there is none of that name."""
    return _narrowed(SLOT_TYPES[name], {"least": length, "most": length, "mask": mask})


def field_slot(field: Mapping[str, Any]) -> SlotType:
    """The slot type of a form's field, with the field's own limits."""
    return _narrowed(SLOT_TYPES[field["type"]], field)


def _narrowed(slot: SlotType, limits: Mapping[str, Any]) -> SlotType:
    least, most = limits.get("least") or 0, limits.get("most") or 0
    if slot.name == "digits" and least:
        slot = replace(slot, least=least, most=most or least, sample="0" * least)
    elif slot.name in ("amount", "text", "name") and (least or most):
        slot = replace(slot, low=least, high=most or slot.high)
    if period := limits.get("period"):
        slot = replace(slot, period=period)
    if slot.level and limits.get("level"):
        level = str(limits["level"])
        sample = str(slot.sample) if level == "village" else str(slot.sample).rpartition("/")[0]
        slot = replace(slot, level=level, sample=sample)
    return replace(slot, mask=True) if limits.get("mask") else slot
