"""The kinds of answers: how each is read from words, speech and keys, checked, and recognised.

A slot type is data and one pure function. `read` gets what was said, typed or pressed and gives a Value, a Part (more digits are to come), an
Invalid with the reason's name, a Near, or None when it is no answer of this kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dialogs.contract import Wants
from dialogs.heard import Invalid, Near, NotUnderstood, Part, Value
from nlu.digits import read_digits
from nlu.intents import intent_of
from nlu.items import Found, ItemIndex
from nlu.text import bare
from nlu.values import read_id_number, read_mobile
from nlu.yes_no import read_yes_no
from records import case_number

Reading = Value | Part | Invalid | Near | NotUnderstood | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: ways it may have been meant, best first; whether it was heard (and so may be misheard) or pressed; digits given before."""

    texts: tuple[str, ...]
    heard: bool = False
    partial: str = ""


@dataclass(frozen=True, slots=True)
class SlotType:
    """One kind of answer. `sample` is a value for exploring flows; `phrases` are what a recogniser should listen for.

    sure: only the best alternative of what was heard may answer, because nothing would catch a wrong one.
    """

    name: str
    wants: Wants
    read: Callable[[SlotType, Answer, ItemIndex], Reading]
    sample: object
    least: int = 0
    most: int = 0
    letter_x: bool = False
    mask: bool = False
    slow: bool = False
    sure: bool = False
    phrases: tuple[str, ...] = ()


DIGIT_PHRASES = tuple("零一二三四五六七八九幺")
X_PHRASES = ("叉", "艾克斯")


def _check_nothing(_: str) -> str | None:
    return None


def _check_case_number(digits: str) -> str | None:
    return None if case_number.valid(digits) else "case_number"


def _check_mobile(digits: str) -> str | None:
    return read_mobile(digits).reason


def _check_id_number(digits: str) -> str | None:
    return read_id_number(digits).reason


CHECKS: dict[str, Callable[[str], str | None]] = {
    "case_number": _check_case_number,
    "mobile": _check_mobile,
    "id_number": _check_id_number,
    "digits": _check_nothing,
}


def _candidates(text: str, slot: SlotType) -> tuple[str, ...]:
    """The numbers in a text that may be meant: the run of the right length if there is one, else all digits together."""
    found = read_digits(text, letter_x=slot.letter_x)
    if found is None:
        return ()
    fitting = tuple(group for group in found.groups if slot.least <= len(group) <= slot.most)
    return (*fitting, found.value) if found.value not in fitting else fitting


def _read_number(slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    check = CHECKS[slot.name]
    worst: Reading = None
    for text in answer.texts:
        for digits in _candidates(text, slot):
            for whole in (answer.partial + digits, digits) if answer.partial else (digits,):
                if slot.least <= len(whole) <= slot.most:
                    reason = check(whole)
                    if reason is None:
                        return Value(whole)
                    worst = worst or Invalid(reason)
            joined = answer.partial + digits
            if len(joined) < slot.least:
                worst = worst or (Part(joined) if answer.heard else Invalid("too_short"))
            elif len(joined) > slot.most:
                worst = worst or Invalid("too_long")
    return worst


def _read_yes_no(_slot: SlotType, answer: Answer, _: ItemIndex) -> Reading:
    for text in answer.texts:
        said = read_yes_no(text)
        if said is not None:
            return Value(said)
    return None


def _read_choice(_slot: SlotType, _answer: Answer, _: ItemIndex) -> Reading:
    return None  # choices are read before slots


#: What remains of a sentence that only says "something", beside its intent.
_VAGUE = frozenset({"", "事", "事情", "业务", "件事", "点事", "个事", "一件事", "服务", "手续", "证"})


def _vague(text: str, evidence: str) -> bool:
    return bare(bare(text).replace(bare(evidence), "")) in _VAGUE or bare(text) == bare(evidence)


def wish(intent: str, code: str = "", name: str = "", number: str = "") -> dict[str, str]:
    """What a resident wants, as the `wish` slot holds it: `item` and `number` (a case's) are empty when none was named."""
    return {"intent": intent, "item": code, "name": name, "number": number}


def _named_case(text: str) -> str:
    """A valid case number in a sentence; empty when there is none."""
    found = read_digits(text)
    return next((group for group in found.groups if case_number.valid(group)), "") if found else ""


def _read_wish(_slot: SlotType, answer: Answer, index: ItemIndex) -> Reading:
    """What a resident wants, said in one sentence: an intent, a service item, or both."""
    intents = [(intent_of(text), text) for text in answer.texts]
    intent, text = next(((i, t) for i, t in intents if i is not None), (None, answer.texts[0] if answer.texts else ""))
    number = _named_case(answer.texts[0]) if answer.texts else ""
    if number or (intent is not None and intent.kind == "check_status"):
        return Value(wish("check_status", number=number))
    found = index.find(answer.texts, heard=answer.heard)
    kind = intent.kind if intent else "request"
    if found.verdict == "sure":
        best = found.candidates[0]
        return Value(wish(kind, best.code, best.name))
    if found.verdict == "near":
        return Near(tuple((wish(kind, c.code, c.name), c.name) for c in found.candidates))
    if intent is not None:
        return Value(wish(kind, "", "")) if _vague(text, intent.evidence) else NotUnderstood(unknown_service=True)
    return None


def _read_item(_slot: SlotType, answer: Answer, index: ItemIndex) -> Reading:
    found: Found = index.find(answer.texts, heard=answer.heard)
    if found.verdict == "sure":
        return Value(found.candidates[0].code)
    if found.verdict == "near":
        return Near(tuple((c.code, c.name) for c in found.candidates))
    if any(intent_of(text) for text in answer.texts):
        return NotUnderstood(unknown_service=True)
    return None


SLOT_TYPES: dict[str, SlotType] = {
    slot.name: slot
    for slot in (
        SlotType("choice", Wants.CHOICE, _read_choice, sample=None),
        SlotType(
            "yes_no", Wants.CHOICE, _read_yes_no, sample=True, sure=True, phrases=("是", "是的", "对", "对的", "不是", "不对", "好", "不要")
        ),
        SlotType("wish", Wants.TEXT, _read_wish, sample=wish("request", "", "")),
        SlotType("service_item", Wants.TEXT, _read_item, sample="SAMPLE-001"),
        SlotType(
            "case_number",
            Wants.DIGITS,
            _read_number,
            sample="0000000000",
            least=case_number.LENGTH,
            most=case_number.LENGTH,
            slow=True,
            phrases=DIGIT_PHRASES,
        ),
        SlotType("digits", Wants.DIGITS, _read_number, sample="0000", least=1, most=30, slow=True, sure=True, phrases=DIGIT_PHRASES),
        SlotType(
            "mobile",
            Wants.DIGITS,
            _read_number,
            sample="13800138000",
            least=11,
            most=11,
            mask=True,
            slow=True,
            sure=True,
            phrases=DIGIT_PHRASES,
        ),
        SlotType(
            "id_number",
            Wants.DIGITS,
            _read_number,
            sample="11010519491231002X",
            least=18,
            most=18,
            letter_x=True,
            mask=True,
            slow=True,
            phrases=DIGIT_PHRASES + X_PHRASES,
        ),
    )
}


def slot_type(name: str, least: int | None = None, most: int | None = None, mask: bool = False) -> SlotType:
    """The slot type of a question. Raises KeyError when there is none of that name."""
    slot = SLOT_TYPES[name]
    if least and name == "digits":
        slot = replace(slot, least=least, most=most or least, sample="0" * least)
    return replace(slot, mask=True) if mask else slot


def masked(kind: str, value: object) -> str:
    """An answer as staff and logs may see it: numbers by their last four."""
    text = str(value)
    return "*" * max(0, len(text) - 4) + text[-4:] if kind in CHECKS and len(text) > 4 else ("****" if kind in CHECKS else text)
