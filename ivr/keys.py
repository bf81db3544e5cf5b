"""From single keys to one answer: a pure collector. Key meanings follow ISO/IEC 13714: `*` back or clear, `0` a person, `#` finish.

- A question with choices, or an open one: every key is an answer by itself.
- A question for digits: they are collected until `#`, until there are enough, or until the caller pauses. In the last place of an ID
  number `*` stands for X.
"""

from __future__ import annotations

from dataclasses import dataclass

from dialogs.contract import Expectation, Wants

# A guard against somebody leaning on the keypad, where a question names no largest number.
MOST_KEYS = 40
# The check character of an ID number (GB 11643-1999) may be X, and only in the last of 18 places.
PLACES_BEFORE_X = 17


@dataclass(frozen=True, slots=True)
class KeyTimes:
    """Seconds. gap: pause after which digits count as finished, `gap_slow` for long numbers (Lex and LiveKit use 4 s a digit; the elderly
    read numbers off paper). lone_zero: how long a first `0` waits for a second digit before it means a person."""

    gap: float = 4.0
    gap_slow: float = 6.0
    lone_zero: float = 1.5


@dataclass(frozen=True, slots=True)
class KeyRule:
    """How one question's keys are read."""

    digits: bool
    most: int
    letter_x: bool
    gap: float
    lone_zero: float


@dataclass(frozen=True, slots=True)
class Done:
    """An answer. `full`: it ended by itself, so a `#` that comes right after belongs to it and means nothing."""

    keys: str
    full: bool = False


@dataclass(frozen=True, slots=True)
class More:
    """`typed` so far; when nothing comes for `wait` seconds it is the answer. Nothing typed (it was cleared): wait as for any answer."""

    typed: str
    wait: float


def rule_for(expect: Expectation, times: KeyTimes) -> KeyRule:
    """The rule that an expectation asks for."""
    return KeyRule(
        digits=expect.wants is Wants.DIGITS,
        most=min(expect.most or MOST_KEYS, MOST_KEYS),
        letter_x=expect.letter_x,
        gap=times.gap_slow if expect.slow else times.gap,
        lone_zero=times.lone_zero,
    )


def press(rule: KeyRule, typed: str, key: str) -> Done | More:
    """One more key after `typed`."""
    if key == "#":  # finishes digits; alone it is an answer without any, which means "repeat"
        return Done(typed)
    if not rule.digits:
        return Done(key)
    if key == "*":
        if rule.letter_x and len(typed) == PLACES_BEFORE_X:
            return Done(typed + key, full=True)
        return More("", 0.0) if typed else Done("*")
    typed += key
    if len(typed) >= rule.most:
        return Done(typed, full=True)
    return More(typed, rule.lone_zero if typed == "0" else rule.gap)
