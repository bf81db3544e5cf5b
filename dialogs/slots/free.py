"""Free text, and a photo."""

from __future__ import annotations

from typing import Any

from dialogs.heard import Invalid, Value
from dialogs.slots.kinds import Answer, Reading, SlotType, Told
from dialogs.words import Words
from nlu.items import ItemIndex


def read_text(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """Whatever was written or said, without its outer blanks and line breaks."""
    text = " ".join(answer.texts[0].split())
    if len(text) > slot.high:
        return Invalid("text_too_long")
    return Value(text) if text and text.isprintable() else None


def read_photo(_slot: SlotType, _answer: Answer, _: ItemIndex) -> Reading:
    """Nothing: words are no picture. The picture itself comes as an event of its own."""
    return Invalid("not_a_photo")


def tell_photo(_: Any, words: Words) -> Told:
    """That it is there."""
    said = words("common.photo_kept")
    return Told(said, said)
