"""What a recogniser should listen for, by kind of answer: everything that the readers of this room read, as far as it can be listed.

The words of a telling back are always among it, so that who repeats what was read to them is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from nlu import amounts, dates, places
from nlu.name_telling import told_in_full
from nlu.names import COMMON_SURNAMES, GIVEN
from nlu.tables import phrases

_LISTEN: Final = phrases("listen")
FIGURES: Final = _LISTEN["figures"]
"""The single figures: a recogniser's grammar joins them to pairs."""

_RARE_FIGURES: Final = frozenset("零二四五六七八九")
"""Figures that hardly a name has: with all of them, a recogniser would take the question for one that wants a number."""

_NUMBER: Final = (*FIGURES, *_LISTEN["among_figures"])


def _place(within: str) -> tuple[str, ...]:
    return places.phrases(within)


@cache
def _name() -> tuple[str, ...]:
    given = (char for char in GIVEN if char not in _RARE_FIGURES)
    return tuple(dict.fromkeys((*_LISTEN["name"], *COMMON_SURNAMES, *told_in_full(), *given)))


_GRAMMARS: Final[Mapping[str, Callable[[str], tuple[str, ...]]]] = {
    "digits": lambda _: _NUMBER,
    "case_number": lambda _: _NUMBER,
    "mobile": lambda _: _NUMBER,
    "id_number": lambda _: (*_NUMBER, *_LISTEN["x"]),
    "date": lambda _: dates.PHRASES,
    "amount": lambda _: amounts.PHRASES,
    "yes_no": lambda _: _LISTEN["yes_no"],
    "name": lambda _: _name(),
    "place": _place,
}

KINDS: Final = tuple(_GRAMMARS)
"""The kinds that have a grammar. Choices and services bring their own names, and free text has none."""


def grammar_of(kind: str, within: str = "") -> tuple[str, ...]:
    """The phrases of a kind of answer, the most telling first; () for a kind that has none. within: what is known of a place (樊城区/牛首镇)."""
    made = _GRAMMARS.get(kind)
    return made(within) if made else ()
