"""Dates, amounts and people's names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from dialogs.heard import Invalid, Value
from dialogs.slots.kinds import Answer, Reading, SlotType, Told
from dialogs.words import Words
from nlu.amounts import find_amount, read_amount, say_amount
from nlu.dates import find_date, read_date, say_date
from nlu.items import ItemIndex
from nlu.names import find_name, mask_name, read_name, say_name

Order = Literal["past", "future", "any"]


def read_day(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """A date as YYYY-MM-DD; lunar and relative ones too."""
    worst: Reading = None
    for text in answer.texts:
        day = read_date(text, answer.today, cast(Order, slot.period))
        if day is not None and day.value is not None and day.reason is None:
            return Value(day.value.isoformat())
        if day is not None:
            worst = worst or Invalid(day.reason or "no_such_day")
    return worst


def find_day(slot: SlotType, sentence: str, today: date) -> str | None:
    """A date that a longer sentence names outright."""
    day = find_date(sentence, today, cast(Order, slot.period))
    if day is None or day.value is None or day.reason is not None:
        return None
    if (slot.period == "past" and day.value > today) or (slot.period == "future" and day.value < today):
        return None
    return day.value.isoformat()


def tell_day(value: Any, _: Words) -> Told:
    """1958年3月5日."""
    return Told(*say_date(date.fromisoformat(str(value))))


def read_money(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """An amount of yuan, with a point and at most two places."""
    worst: Reading = None
    for text in answer.texts:
        amount = read_amount(text)
        if amount is None:
            continue
        if amount.value is None or amount.reason is not None:
            worst = worst or Invalid(amount.reason or "amount")
        elif slot.high and amount.value > slot.high:
            worst = worst or Invalid("amount_too_large")
        elif amount.value < slot.low:
            worst = worst or Invalid("amount_too_small")
        else:
            return Value(str(amount.value))
    return worst


def find_money(_slot: SlotType, sentence: str, _: date) -> str | None:
    """An amount that a longer sentence names with its unit."""
    amount = find_amount(sentence)
    return str(amount.value) if amount is not None and amount.value is not None and amount.reason is None else None


def tell_money(value: Any, _: Words) -> Told:
    """3500元."""
    return Told(*say_amount(Decimal(str(value))))


def read_person(_slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """A person's name."""
    worst: Reading = None
    for text in answer.texts:
        name = read_name(text, heard=answer.heard)
        if name is not None and name.value and name.reason is None:
            return Value(name.value)
        if name is not None:
            worst = worst or Invalid(f"name_{name.reason}")
    return worst


def find_person(_slot: SlotType, sentence: str, _: date) -> str | None:
    """A name that a longer sentence introduces (叫…)."""
    name = find_name(sentence)
    return name.value if name is not None and name.value and name.reason is None else None


def tell_person(value: Any, _: Words) -> Told:
    """张三, and how it is written: 张三，弓长张."""
    return Told(*say_name(str(value)))


def hide_person(value: Any) -> str:
    """The surname."""
    return mask_name(str(value))
