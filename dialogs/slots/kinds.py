"""What a slot type is, and what its reading takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from dialogs.contract import Wants
from dialogs.heard import Invalid, Near, NotUnderstood, Part, Value
from dialogs.words import Words
from nlu.items import ItemIndex

Reading = Value | Part | Invalid | Near | NotUnderstood | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came.

    texts: ways it may have been meant, best first. heard: it was spoken, and so may be misheard. partial: what was given before of an answer in
    parts. today: the day on which relative dates count.
    """

    texts: tuple[str, ...]
    today: date
    heard: bool = False
    partial: str = ""


class Told(NamedTuple):
    """An answer told back: shown, and said."""

    text: str
    speech: str


Tell = Callable[[Any, Words], Told]


def _as_it_is(value: Any, _: Words) -> Told:
    return Told(str(value), str(value))


def _stars(value: Any) -> str:
    return "****" if value else ""


@dataclass(frozen=True, slots=True)
class SlotType:
    """One kind of answer.

    read: a Value, a Part (more is to come), an Invalid with the reason's name, a Near, or None when it is no answer of this kind.
    tell: the answer told back to the resident; personal numbers by their last four. hide: as staff lists and cards may show it.
    find: the answer mentioned in a longer sentence, only when it is plain; None: is never looked for. children: the choices that an answer
    given so far leaves open. sample: a value for exploring flows. What a recogniser should listen for is in `nlu.grammars`, by name.
    least, most: digits. low, high: yuan, or characters of a text; 0 sets no limit. period: "past", "future", "any" (dates). level: how deep (places).
    sure: only the best alternative of what was heard may answer, because nothing would catch a wrong one.
    """

    name: str
    wants: Wants
    read: Callable[[SlotType, Answer, ItemIndex], Reading]
    sample: object
    tell: Tell = _as_it_is
    hide: Callable[[Any], str] = _stars
    find: Callable[[SlotType, str, date], Any] | None = None
    children: Callable[[SlotType, str], tuple[str, ...]] | None = None
    least: int = 0
    most: int = 0
    low: int = 0
    high: int = 0
    letter_x: bool = False
    mask: bool = False
    slow: bool = False
    sure: bool = False
    period: str = "any"
    level: str = ""
