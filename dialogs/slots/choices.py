"""Choices are read by the question itself, before any slot; here is what is left: yes and no."""

from __future__ import annotations

from typing import Any

from dialogs.heard import Value
from dialogs.slots.kinds import Answer, Reading, SlotType, Told
from dialogs.words import Words
from nlu.items import ItemIndex
from nlu.yes_no import read_yes_no


def read_choice(_slot: SlotType, _answer: Answer, _: ItemIndex) -> Reading:
    """Nothing: what is not one of the shown choices is no answer."""
    return None


def read_yes_or_no(_slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """Yes or no."""
    said = next((said for text in answer.texts if (said := read_yes_no(text)) is not None), None)
    return None if said is None else Value(said)


def tell_yes_no(value: Any, words: Words) -> Told:
    """是的 or 不是."""
    said = words("common.yes" if value in (True, "yes") else "common.no")
    return Told(said, said)
