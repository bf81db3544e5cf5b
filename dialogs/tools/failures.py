"""How an answer can fail at a question: by nothing, by noise, and by each reason for which its kind of answer can be turned down."""

from __future__ import annotations

from datetime import date

from dialogs.asked import Question
from dialogs.heard import Heard, Invalid, NoInput, NotUnderstood
from dialogs.slots.kinds import Answer, SlotType
from nlu.items import ItemIndex

#: The day on which wrong dates are wrong; any day does, and the same one makes every walk the same.
TODAY = date(2026, 3, 2)
#: Answers that some kind of question turns down: too short, too long, wrong check digits, impossible or misplaced days, amounts, names.
WRONG = (
    "1", "123", "12345678901234567890123", "2612304276", "23800138000", "110105194912310021", "990105194912310021", "11010519491332002X",
    "110105491231002", "2月30日", "1890年1月1日", "2099年1月1日", "20260230", "18900101", "20990101", "99999999", "0", "负五元", "一亿元",
    "我", "张", "。", "一" * 60, "很" * 600,
)  # fmt: skip


def failures_at(asked: Question) -> tuple[tuple[str, Heard], ...]:
    """(label, what is heard) for every way to fail at this question."""
    found: list[tuple[str, Heard]] = [("<silence>", NoInput()), ("<noise>", NotUnderstood())]
    if asked.slot.name in ("wish", "service_item"):
        found.append(("<unknown service>", NotUnderstood(unknown_service=True)))
    found += [(f"<invalid: {reason}>", Invalid(reason)) for reason in reasons(asked.slot)]
    return tuple(found)


def reasons(slot: SlotType) -> tuple[str, ...]:
    """Every reason for which this kind of answer turns down one of `WRONG`, found by reading them."""
    key = (slot.name, slot.least, slot.most, slot.period, slot.level)
    if key not in _REASONS:
        read = (slot.read(slot, Answer((text,), today=TODAY), ItemIndex(())) for text in WRONG)
        _REASONS[key] = tuple(sorted({said.reason for said in read if isinstance(said, Invalid)}))
    return _REASONS[key]


_REASONS: dict[tuple[str, int, int, str, str], tuple[str, ...]] = {}
"""What `reasons` found, by all that its answer depends on: slot types hold samples that cannot be hashed."""
