"""What a resident wants, and which service of the catalogue: answers that are understood from whole sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.heard import Near, NotUnderstood, Value
from dialogs.slots.kinds import Answer, Reading, SlotType
from nlu.digits import read_digits
from nlu.hearing import find_said
from nlu.intents import intent_of
from nlu.items import Found, ItemIndex
from nlu.text import bare
from nlu.wishes import parts
from records import case_number

#: What remains of a sentence that only says "something", beside its intent.
_VAGUE = frozenset({"", "事", "事情", "业务", "件事", "点事", "个事", "一件事", "服务", "手续", "证"})


def _vague(text: str, evidence: str) -> bool:
    return bare(bare(text).replace(bare(evidence), "")) in _VAGUE or bare(text) == bare(evidence)


def wish(
    intent: str, code: str = "", name: str = "", number: str = "", said: str = "", also: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a resident wants, as the `wish` slot holds it: `item` and `number` (a case's) are empty when none was named.

    said: the sentence itself; it may already answer questions of the item's form. also: what is wanted after this one.
    """
    return {"intent": intent, "item": code, "name": name, "number": number, "said": said, "also": also}


def _named_case(text: str) -> str:
    """A valid case number in a sentence; empty when there is none."""
    found = read_digits(text)
    return next((group for group in found.groups if case_number.valid(group)), "") if found else ""


def read_wish(_slot: SlotType, answer: Answer, index: ItemIndex) -> Reading:
    """What a resident wants, said in one sentence: an intent, a service item, or both."""
    intents = [(intent_of(text), text) for text in answer.texts]
    intent, text = next(((i, t) for i, t in intents if i is not None), (None, answer.texts[0] if answer.texts else ""))
    best_text = answer.texts[0] if answer.texts else ""
    number = _named_case(best_text)
    if number or (intent is not None and intent.kind == "check_status"):
        return Value(wish("check_status", number=number))
    kind = intent.kind if intent else "request"
    if several := _several(best_text, kind, index, answer.heard):
        return several
    found = find_said(index, answer.texts, heard=answer.heard)
    if found.verdict == "sure":
        best = found.candidates[0]
        return Value(wish(kind, best.code, best.name, said=best_text))
    if found.verdict == "near":
        return Near(tuple((wish(kind, c.code, c.name, said=best_text), c.name) for c in found.candidates))
    if intent is not None:
        return Value(wish(kind)) if _vague(text, intent.evidence) else NotUnderstood(unknown_service=True)
    return None


def _several(text: str, kind: str, index: ItemIndex, heard: bool) -> Value | Near | None:
    """Wishes for several services in one sentence; the first holds the others. One of them may have to be asked back, and is then the first."""
    pieces = parts(text)
    if len(pieces) == 1:
        return None
    found = [(find_said(index, [piece], heard=heard), piece) for piece in pieces]
    unsure = [(one, piece) for one, piece in found if one.verdict != "sure"]
    if any(one.verdict == "none" for one, _ in unsure) or len(unsure) > 1:
        return None
    wanted: dict[str, Any] | None = None
    services = {one.candidates[0].code: (one.candidates[0], piece) for one, piece in found if one.verdict == "sure"}
    for service, piece in reversed(services.values()):
        wanted = wish(kind, service.code, service.name, said=_said(text, piece, service.name), also=wanted)
    if unsure:
        first, piece = unsure[0]
        near = ((wish(kind, c.code, c.name, said=_said(text, piece, c.name), also=wanted), c.name) for c in first.candidates)
        return Near(tuple(near))
    return Value(wanted) if len(services) > 1 else None


def _said(text: str, piece: str, name: str) -> str:
    """What was said around a service: where its piece is but a name (给我妈办高龄补贴和残疾证), the whole sentence is meant for it."""
    return text if len(bare(piece)) <= len(name) else piece


def read_item(_slot: SlotType, answer: Answer, index: ItemIndex) -> Reading:
    """A service, by whatever people call it."""
    found: Found = find_said(index, answer.texts, heard=answer.heard)
    if found.verdict == "sure":
        return Value(found.candidates[0].code)
    if found.verdict == "near":
        return Near(tuple((c.code, c.name) for c in found.candidates))
    if any(intent_of(text) for text in answer.texts):
        return NotUnderstood(unknown_service=True)
    return None
