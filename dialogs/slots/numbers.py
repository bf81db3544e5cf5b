"""Answers in figures: case number, plain digits, mobile, ID number; spoken, typed, or pressed, whole or in parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dialogs.heard import Invalid, Part, Value
from dialogs.slots.kinds import Answer, Reading, SlotType, Told
from dialogs.words import Words
from nlu.digits import read_digits
from nlu.digits import read_number as read_quantity
from nlu.items import ItemIndex
from nlu.values import as_spoken_digits, mask_id, mask_mobile, read_id_number, read_mobile
from records import case_number

#: Why a number of a kind cannot be right; None when it can.
CHECKS: dict[str, Callable[[str], str | None]] = {
    "case_number": lambda digits: None if case_number.valid(digits) else "case_number",
    "mobile": lambda digits: read_mobile(digits).reason,
    "id_number": lambda digits: read_id_number(digits).reason,
    "digits": lambda digits: None,
}


def _candidates(text: str, slot: SlotType) -> tuple[str, ...]:
    """The numbers in a text that may be meant: the run of the right length if there is one, else all digits together."""
    found = read_digits(text, letter_x=slot.letter_x)
    if found is None:
        count = read_quantity(text) if slot.name == "digits" and slot.least != slot.most else None
        return () if count is None else (str(count),)
    fitting = tuple(group for group in found.groups if slot.least <= len(group) <= slot.most)
    return (*fitting, found.value) if found.value not in fitting else fitting


def read_number(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """A number of the slot's kind; too few digits are a Part when they were heard, since old people say numbers in pieces."""
    check = CHECKS[slot.name]
    worst: Reading = None
    for text in answer.texts:
        found = read_digits(text, letter_x=slot.letter_x)
        begun = "" if found is not None and found.corrected else answer.partial  # 不对，幺三九: what was said before is taken back
        for digits in _candidates(text, slot):
            for whole in (begun + digits, digits) if begun else (digits,):
                if slot.least <= len(whole) <= slot.most:
                    reason = check(whole)
                    if reason is None:
                        return Value(whole)
                    worst = worst or Invalid(reason)
            joined = begun + digits
            if len(joined) < slot.least:
                old = check(joined) == "old_15"
                worst = worst or (Part(joined) if answer.heard and not old else Invalid("old_15" if old else "too_short"))
            elif len(joined) > slot.most:
                worst = worst or Invalid("too_long")
    return worst


def find_number(slot: SlotType, sentence: str, _: date) -> str | None:
    """A whole and valid number of the kind in a longer sentence."""
    found = read_digits(sentence, letter_x=slot.letter_x)
    groups = found.groups if found else ()
    return next((g for g in groups if slot.least <= len(g) <= slot.most and CHECKS[slot.name](g) is None), None)


def tell_digits(value: Any, _: Words) -> Told:
    """Digit by digit."""
    return Told(str(value), as_spoken_digits(str(value)))


def tell_mobile(value: Any, words: Words) -> Told:
    """By its last four: screens and rooms are shared, messages stay."""
    return Told(mask_mobile(str(value)), words("common.ends_with", digits=as_spoken_digits(str(value)[-4:])))


def tell_id_number(value: Any, words: Words) -> Told:
    """By its last four."""
    return Told(mask_id(str(value)), words("common.ends_with", digits=as_spoken_digits(str(value)[-4:])))


def tell_case_number(value: Any, _: Words) -> Told:
    """In groups of 3, 3 and 4."""
    return Told(case_number.group(str(value)), as_spoken_digits(str(value)))


def last_four(value: Any) -> str:
    """A number as staff may see it."""
    text = str(value)
    return "*" * (len(text) - 4) + text[-4:] if len(text) > 4 else "****"
