"""Checks a submission's answers against its item's form, once more and last: terminals and flows have asked, this decides. Pure.

An answer is a text: a choice's id, "yes" or "no", digits, a date as 2026-11-23, a place as county/town or county/town/village, an amount in yuan
with at most two decimals, a name, a free text, or the id of an attachment (`records.attachments`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal

from records.catalogue.conditions import holds
from records.catalogue.items import NAME_MOST, TEXT_MOST, FormField, Item
from records.errors import RecordsError
from records.states import LABELS

MOBILE = re.compile(r"1\d{10}", re.ASCII)
ID_NUMBER = re.compile(r"\d{17}[\dX]", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
AMOUNT = re.compile(r"(0|[1-9]\d{0,9})(\.\d{1,2})?", re.ASCII)
ATTACHMENT = re.compile(r"[0-9a-f]{32}")
PLACE_PARTS = (2, 3)  # whatever the level: a few towns have no villages, and who names the village has named the town

ASKED_YESTERDAY = timedelta(days=1)
"""A form may be begun before midnight and sent after: a day that was today when it was asked is no mistake."""


class SubmissionError(RecordsError):
    """A submission that cannot be recorded; the text names the field, never the value."""


def applies(when: str | None, answers: Mapping[str, object]) -> bool:
    """Whether a field with this `when` is asked, given the answers before it. What is missing is None, a yes-no answer may be True or False."""
    return when is None or holds(when, answers)


def asked(form: Item | Iterable[FormField], answers: Mapping[str, object]) -> tuple[FormField, ...]:
    """The fields that apply, in order. An answer to a field that does not apply counts as not given for those behind it."""
    fields: list[FormField] = []
    counted: dict[str, object] = {}
    for field in form.form if isinstance(form, Item) else form:
        if applies(field.when, counted):
            fields.append(field)
            counted[field.name] = answers.get(field.name)
    return tuple(fields)


def check_answers(item: Item, answers: Mapping[str, str], today: date | None = None) -> dict[str, str]:
    """The answers to be recorded. Raises SubmissionError for an unknown field, a missing answer, or one that does not fit its field.

    An answer to a field whose `when` does not hold is dropped, not refused: it was given before the resident corrected an earlier answer, and
    says nothing any more. today: by it a date's `period` is judged; without it, it is not.
    """
    for name in answers:
        if item.field(name) is None:
            raise SubmissionError(f"{item.code} version {item.version}: its form has no field {name!r}")
    kept: dict[str, str] = {}
    for field in asked(item, answers):
        answer = answers.get(field.name)
        if answer is None:
            if not field.optional:
                raise SubmissionError(f"{item.code} version {item.version}: {field.name} ({field.label}) is not answered")
        elif not _fits(field, answer, today):
            raise SubmissionError(f"{item.code} version {item.version}: {field.name} ({field.label}) does not fit its type {field.type}")
        else:
            kept[field.name] = answer
    return kept


def check_mobile(mobile: str) -> None:
    """Raises SubmissionError unless this is 11 digits that begin with 1."""
    if not MOBILE.fullmatch(mobile):
        raise SubmissionError("mobile: wants 11 digits that begin with 1")


def fits_known(type_: str, answer: str) -> bool:
    """Whether a resident's profile can hold this for a type (one of `KNOWN`; False for any other)."""
    match type_:
        case "id_number":
            return ID_NUMBER.fullmatch(answer.upper()) is not None
        case "mobile":
            return MOBILE.fullmatch(answer) is not None
        case "name":
            return _is_name(answer, 1, NAME_MOST)
        case "place":
            parts = answer.split("/")
            return len(parts) in PLACE_PARTS and all(_is_line(part, 1, NAME_MOST) for part in parts)
    return False


def shown(field: FormField, answer: str) -> str:
    """An answer as the page of a case shows it to a signed-in clerk.

    Choices by their label; ID and mobile numbers, and other masked digits, with the middle hidden, because the clerk compares them with a card
    and need not copy them. Names, places, dates, amounts and free texts are whole: the clerk acts on them, and nobody else sees that page.
    """
    match field.type:
        case "choice":
            return next((choice.label for choice in field.choices if choice.id == answer), answer)
        case "yes_no" | "photo":
            return LABELS["answer_photo" if field.type == "photo" else f"answer_{answer}"]
        case "date":
            day = date.fromisoformat(answer)
            return LABELS["answer_date"].format(year=day.year, month=day.month, day=day.day)
        case "place":
            return answer.replace("/", " ")
        case "amount":
            return LABELS["answer_amount"].format(amount=answer)
        case "id_number" | "mobile":
            return hide(answer)
        case "digits":
            return hide(answer) if field.mask else answer
        case "name" | "text":
            return answer


def hide(number: str) -> str:
    """A personal number with its middle hidden: 138****5678 of a mobile, 420***********123X of an ID number."""
    return number[:3] + "*" * max(len(number) - 7, 4) + number[-4:] if len(number) >= 8 else "****"


def _fits(field: FormField, answer: str, today: date | None) -> bool:
    match field.type:
        case "choice":
            return any(choice.id == answer for choice in field.choices)
        case "yes_no":
            return answer in ("yes", "no")
        case "id_number" | "mobile" | "place":
            return fits_known(field.type, answer)
        case "digits":
            return answer.isascii() and answer.isdecimal() and field.least <= len(answer) <= field.most
        case "date":
            return _is_day(answer, field.period, today)
        case "name":
            return _is_name(answer, field.least or 1, field.most or NAME_MOST)
        case "text":
            return _is_line(answer.replace("\n", " "), field.least or 1, field.most or TEXT_MOST)
        case "amount":
            return AMOUNT.fullmatch(answer) is not None and field.least <= Decimal(answer) <= (field.most or Decimal("Infinity"))
        case "photo":
            return ATTACHMENT.fullmatch(answer) is not None


def _is_line(text: str, least: int, most: int) -> bool:
    """Something written, of so many characters, none of which is a control character or half a one."""
    return least <= len(text) <= most and bool(text.strip()) and not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text)


def _is_name(text: str, least: int, most: int) -> bool:
    return _is_line(text, least, most) and any(sign.isalpha() for sign in text)


def _is_day(text: str, period: str, today: date | None) -> bool:
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or today is None:
        return day is not None
    return (period != "past" or day <= today) and (period != "future" or day >= today - ASKED_YESTERDAY)
