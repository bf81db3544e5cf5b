"""What a sentence already answers beyond the question it was said to: 我想给我妈办老年优待证，她住牛首镇.

Only what is plain is taken, it is told back at once, and the review before anything is submitted shows it again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dialogs.slots.places import whole
from dialogs.slots.table import field_slot
from nlu.text import clean
from records.forms import applies

#: Before a word, these show that it says whom something is for; alone it may be part of a service's name (老人坐车的证).
_FOR = "(?:给|帮|替|为|是|帮着|替着)(?:我|俺|咱|我们|我们家|我家|家里)?(?:的)?"


@dataclass(frozen=True, slots=True)
class Gleaned:
    """answers: by field name. begun: the beginning of an answer (a town where a village is asked), by field name."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    begun: Mapping[str, str] = field(default_factory=dict)


def glean(fields: Iterable[Mapping[str, Any]], answers: Mapping[str, Any], sentence: str, today: date) -> Gleaned:
    """The answers that `sentence` holds to those `fields` that have none in `answers`."""
    found: dict[str, Any] = {}
    begun: dict[str, str] = {}
    for asked in fields:
        so_far = {**answers, **found}
        if asked["name"] in so_far or not applies(asked.get("when"), so_far):
            continue
        slot = field_slot(asked)
        if slot.name == "choice":
            value: Any = for_whom(((c["id"], (c["label"], *c.get("words", ()))) for c in asked["choices"]), sentence)
        else:
            value = slot.find(slot, sentence, today) if slot.find is not None else None
        if value is None:
            continue
        if slot.children is not None and not whole(slot, value):
            begun[asked["name"]] = value
        else:
            found[asked["name"]] = value
    return Gleaned(found, begun)


def for_whom(options: Iterable[tuple[str, Iterable[str]]], sentence: str) -> str | None:
    """The one of `options` (id, words) that the sentence names as whom something is for (给我妈办); None when it names none or several.

    What stands inside something longer does not count: 给我 in 给我妈.
    """
    text = clean(sentence)
    spans = {(m.span(), id) for id, words in options for word in words for m in re.finditer(_FOR + re.escape(clean(word)), text)}
    named = {id for (start, end), id in spans if not any(s <= start and end <= e and (s, e) != (start, end) for (s, e), _ in spans)}
    return named.pop() if len(named) == 1 else None
