"""Values that residents give in figures: checked, grouped for reading back, masked for showing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import phonenumbers
from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from nlu.digits import Digits, read_digits

Reason = Literal["empty", "too_short", "too_long", "checksum", "date", "place", "not_mobile", "old_15"]

_SPOKEN = dict(zip("0123456789Xx*", "零幺二三四五六七八九叉叉星", strict=True))
_GROUPS = {11: (3, 4, 4), 18: (6, 8, 4), 10: (3, 3, 4)}
_EARLIEST_BIRTH = 1900
_CHINA = re.compile(r"^(?:\+|00)86(?=\d{11}$)|^86(?=1\d{10}$)")


@dataclass(frozen=True, slots=True)
class Mobile:
    """A mobile number as it was read. reason: None when it is one, else why not."""

    value: str
    reason: Reason | None

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return self.reason is None


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident identity number (GB 11643) as it was read, with a capital X. reason: None when it is one, else why not."""

    value: str
    reason: Reason | None

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return self.reason is None


def read_mobile(text: str) -> Mobile:
    """A mobile number of mainland China, from words, figures or keys; +86 is taken off. Checked by `phonenumbers`."""
    value = _longest(read_digits(text), 11)
    value = _CHINA.sub("", value)
    if not value:
        return Mobile("", "empty")
    if len(value) != 11:
        return Mobile(value, "too_short" if len(value) < 11 else "too_long")
    return Mobile(value, None if _is_mobile(value) else "not_mobile")


def read_id_number(text: str, today: date | None = None) -> IdNumber:
    """An 18-digit identity number, from words, figures or keys (* or 叉 is the X). Check digit, date and province are checked (GB 11643).

    today: when given, a birth date after it is refused. The 15-digit numbers of before 2013 are no longer valid and give "old_15".

    `stdnum.cn.ric.validate` is not used whole: it wants the county code to have existed in the year of *birth*, but numbers were given out
    from 1984 on, so it refuses nearly everybody of 襄城区 (420602, a code since 1984) born before then.
    """
    value = _longest(read_digits(text, letter_x=True), 18)
    if not value:
        return IdNumber("", "empty")
    if len(value) == 15 and "X" not in value:
        return IdNumber(value, "old_15")
    if len(value) != 18:
        return IdNumber(value, "too_short" if len(value) < 18 else "too_long")
    return IdNumber(value, _wrong_in_id(value, today))


def group_mobile(value: str) -> str:
    """13800138000 as 138 0013 8000."""
    return " ".join(_grouped(value, (3, 4, 4)))


def group_id(value: str) -> str:
    """An identity number in groups of 6, 8 and 4."""
    return " ".join(_grouped(value, (6, 8, 4)))


def mask_mobile(value: str) -> str:
    """138****8000: the first three and the last four stay."""
    return _masked(value)


def mask_id(value: str) -> str:
    """420***********0022: the first three and the last four stay."""
    return _masked(value)


def as_spoken_digits(digits: str, groups: Sequence[int] = ()) -> str:
    """Figures as hanzi in groups, 1 as 幺: 13800138000 gives 幺三八，零零幺三，八零零零. Other characters are left out.

    groups: lengths from the left; by default 3-4-4 for 11, 6-8-4 for 18, 3-3-4 for 10, else fours.
    """
    said = "".join(_SPOKEN.get(char, "") for char in digits)
    return "，".join(_grouped(said, tuple(groups) or _GROUPS.get(len(said), (4,))))


def _longest(found: Digits | None, wanted: int) -> str:
    """The group of the wanted length where words divide several, else all figures."""
    if found is None:
        return ""
    return next((group for group in found.groups if len(group) == wanted), found.value)


def _grouped(value: str, lengths: tuple[int, ...]) -> list[str]:
    """Pieces of these lengths; the last length goes on for what is left."""
    usable = [length for length in lengths if length > 0] or [4]
    pieces: list[str] = []
    at = 0
    while at < len(value):
        length = usable[min(len(pieces), len(usable) - 1)]
        pieces.append(value[at : at + length])
        at += length
    return pieces


def _masked(value: str) -> str:
    if len(value) <= 7:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 7) + value[-4:]


def _is_mobile(value: str) -> bool:
    number = phonenumbers.PhoneNumber(country_code=86, national_number=int(value))  # eleven digits already: nothing to parse
    return phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE


def _wrong_in_id(value: str, today: date | None) -> Reason | None:
    if "X" in value[:-1] or value[-1] != ric.calc_check_digit(value):
        return "checksum"
    try:
        born: date = ric.get_birth_date(value)
    except ValidationError:
        return "date"
    if born.year < _EARLIEST_BIRTH or (today is not None and born > today):
        return "date"
    return None if any("province" in about for _, about in numdb.get("cn/loc").info(value[:6])) else "place"
