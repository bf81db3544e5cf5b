"""Towns and villages of the city: said, typed, or picked level by level, since village names repeat from town to town."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, cast

from dialogs.heard import Near, Part, Value
from dialogs.slots.kinds import Answer, Reading, SlotType, Told
from dialogs.words import Words
from nlu.items import ItemIndex
from nlu.places import Place, children, find_place, read_place

Level = Literal["town", "village"]

_DEPTH = {"town": 2, "village": 3}


def whole(slot: SlotType, path: str) -> bool:
    """Whether a path goes as deep as the question wants, or as the places go."""
    return path.count("/") + 1 >= _DEPTH[slot.level] or not children(path)


def read_where(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    """A path "county/town/village"; a Part when more is to be said, a Near when several places bear the name."""
    picked = f"{answer.partial}/{answer.texts[0]}".strip("/")
    if answer.texts[0] in children(answer.partial):
        return Value(picked) if whole(slot, picked) else Part(picked)
    found = read_place(answer.texts, cast(Level, slot.level), within=answer.partial, heard=answer.heard)
    if found is None or (found.verdict == "part" and found.places[0].path == answer.partial):
        return None
    match found.verdict:
        case "sure":
            return Value(found.places[0].path)
        case "part":
            return Part(found.places[0].path)
        case "near":
            return Near(tuple((place.path, place.label) for place in found.places[:3]))
    return None


def find_where(slot: SlotType, sentence: str, _: date) -> str | None:
    """A place that a longer sentence names; it may be a town where a village is wanted."""
    place = find_place(sentence, cast(Level, slot.level))
    return place.path if place is not None and place.town else None


def open_levels(_slot: SlotType, partial: str) -> tuple[str, ...]:
    """The places one level further down."""
    return children(partial)


def tell_where(value: Any, _: Words) -> Told:
    """樊城区牛首镇花园村."""
    label = Place.of(str(value)).label
    return Told(label, label)


def hide_where(value: Any) -> str:
    """The county."""
    return Place.of(str(value)).county
