"""Answers told back: to the resident, who checks them, and to staff, who may see less. One place for every kind of answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.slots.kinds import Told
from dialogs.slots.table import field_slot
from dialogs.words import Words
from records.forms import applies

Field = Mapping[str, Any]


def _label(field: Field, value: Any) -> str:
    return next((str(choice["label"]) for choice in field.get("choices", ()) if choice["id"] == value), str(value))


def tell(field: Field, value: Any, words: Words) -> Told:
    """An answer to a form's field as the resident checks it."""
    if value is None:
        later = words("common.left_open")
        return Told(later, later)
    if field["type"] == "choice":
        return Told(_label(field, value), _label(field, value))
    return field_slot(field).tell(value, words)


def hide(field: Field, value: Any, words: Words) -> str:
    """The same as a card for staff shows it before somebody has taken the case."""
    slot = field_slot(field)
    if field["type"] in ("choice", "yes_no"):
        return tell(field, value, words).text
    return str(value) if field["type"] == "digits" and not slot.mask else slot.hide(value)


def may_be_known(field: Field, answers: Mapping[str, Any]) -> bool:
    """Whether what we know of the resident can be the answer: a mobile, whose it is does not matter; anything else only where the form says
    that it is the resident's own."""
    condition = field.get("known_if")
    return applies(condition, answers) if condition else field["type"] == "mobile"
