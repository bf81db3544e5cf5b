"""The number of a case (办件编号): ten digits that can be pressed on a telephone and heard over a bad line.

Two digits of the year, seven drawn at random (so that nobody's number can be guessed from another's), one check digit by Damm's
method (M. Damm, 2004), which catches every single wrong digit and every swap of two neighbours: just the slips of keys and ears.
"""

from __future__ import annotations

from stdnum import damm
from stdnum.exceptions import ValidationError

LENGTH = 10
RANDOM = 10_000_000  # draw `random7` below this


def make(year2: int, random7: int) -> str:
    """The number for a year (0..99) and a random part (0..9999999). Raises ValueError outside these."""
    if not 0 <= year2 <= 99 or not 0 <= random7 < RANDOM:
        raise ValueError(f"a case number wants a year 0..99 and a random part below {RANDOM}")
    body = f"{year2:02d}{random7:07d}"
    return body + str(damm.calc_check_digit(body))


def clean(text: str) -> str:
    """The digits alone: what people put between the groups (spaces, dashes, full-width digits) is taken away."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def valid(text: str) -> bool:
    """Whether this can be a case number; spaces and dashes between the digits are allowed, anything else is not."""
    if any(not sign.isdecimal() and sign not in " -　" for sign in text):
        return False
    digits = clean(text)
    if len(digits) != LENGTH:
        return False
    try:
        damm.validate(digits)
    except ValidationError:
        return False
    return True


def group(number: str) -> str:
    """As shown and read aloud: "2612304277" becomes "261 230 4277"."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def mask(number: str) -> str:
    """As written where others may read: the last four digits only."""
    return "*" * (len(number) - 4) + number[-4:]
