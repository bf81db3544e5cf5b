"""Checks a submission's answers against its item's form, once more and last: terminals and flows have asked, this decides. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from records.catalogue.items import FormField, Item
from records.errors import RecordsError
from records.states import LABELS

MOBILE = re.compile(r"1\d{10}")
ID_NUMBER = re.compile(r"\d{17}[\dX]")


class SubmissionError(RecordsError):
    """A submission that cannot be recorded; the text names the field, never the value."""


def check_answers(item: Item, answers: Mapping[str, str]) -> None:
    """Raises SubmissionError for an unknown field, a missing answer, or one that does not fit its field."""
    for name in answers:
        if item.field(name) is None:
            raise SubmissionError(f"{item.code} version {item.version}: its form has no field {name!r}")
    for field in item.form:
        answer = answers.get(field.name)
        if answer is None:
            if not field.optional:
                raise SubmissionError(f"{item.code} version {item.version}: {field.name} ({field.label}) is not answered")
        elif not _fits(field, answer):
            raise SubmissionError(f"{item.code} version {item.version}: {field.name} ({field.label}) does not fit its type {field.type}")


def check_mobile(mobile: str) -> None:
    """Raises SubmissionError unless this is 11 digits that begin with 1."""
    if not MOBILE.fullmatch(mobile):
        raise SubmissionError("mobile: wants 11 digits that begin with 1")


def shown(field: FormField, answer: str) -> str:
    """An answer as staff lists show it: choices by their label, personal numbers with the middle hidden."""
    if field.type == "choice":
        return next((choice.label for choice in field.choices if choice.id == answer), answer)
    if field.type == "yes_no":
        return LABELS[f"answer_{answer}"]
    return hide(answer) if field.mask else answer


def hide(number: str) -> str:
    """A personal number with its middle hidden: 138****5678 of a mobile, 420***********123X of an ID number."""
    return number[:3] + "*" * max(len(number) - 7, 4) + number[-4:] if len(number) >= 8 else "****"


def _fits(field: FormField, answer: str) -> bool:
    match field.type:
        case "choice":
            return any(choice.id == answer for choice in field.choices)
        case "yes_no":
            return answer in ("yes", "no")
        case "id_number":
            return ID_NUMBER.fullmatch(answer.upper()) is not None
        case "mobile":
            return MOBILE.fullmatch(answer) is not None
        case "digits":
            return answer.isascii() and answer.isdecimal() and field.least <= len(answer) <= field.most
