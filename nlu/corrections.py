"""Whether a resident takes something back, and what is right instead: 不对，是三不是四; 手机号说错了; 说错了，是我妈; 换一个事项.

A bare 不对 or 不是 is a no, not a correction. Rules and words: `data/corrections.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal, get_args

from rapidfuzz import fuzz

from nlu.commands import read_command
from nlu.digits import read_digits
from nlu.tables import TableError, phrases
from nlu.text import bare, clean

Kind = Literal["item", "named", "replace", "value", "last"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order they are tried."""

_TABLE: Final = phrases("corrections")
_ABOUT: Final = {key.removeprefix("about_"): words for key, words in _TABLE.items() if key.startswith("about_")}
_ANY_NUMBER: Final = "number"
"""The list of words that mean any number, when nothing more special was said."""
_LONGEST = 60
"""Characters; who says more tells a story."""
_BLANKS = re.compile(r"\s+|(?<=\d)-(?=\d)")
_STOPS = re.compile(r"(?:(?<!\d)[^\w*×]|[^\w.*×]|[.](?!\d))+")
_ONLY_FIGURES = re.compile(r"[\dX]+")
_LIKE = 60.0
"""Likeness (0..100) of a name and a label from which one is taken for the other, when no list knows the name."""


def _any_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Correction:
    """Something was taken back.

    replace: new instead of old (是三不是四), figures as figures. value: new instead of what was answered last (说错了，是我妈).
    named: the answer to `about`, as it was called (手机号), is wrong; new when it was given. last: the last answer is wrong, no more was said.
    item: another service is wanted; new is its name as said, or "".
    """

    kind: Kind
    new: str = ""
    old: str = ""
    about: str = ""


def _rules() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    me = f"(?:{_any_of(_TABLE['me'])})*+"  # possessive, here and in the rules: many words in a row are read in one way only
    verb = f"(?:{_any_of(_TABLE['verb'])})"
    wrong = f"{verb}错(?:了|啦|掉了)?"
    parts = {
        "{me}?": me,
        "{me}": me,
        "{lead}": f"(?:{_any_of(_TABLE['lead'])}|{me}{wrong})",
        "{lead_no}": f"(?:{_any_of(_TABLE['lead_no'])})",
        "{part}": f"(?:{_any_of(_TABLE['part'])})?",
        "{verb}": verb,
        "{wrong}": wrong,
        "{thing}": f"(?:{_any_of([word for words in _ABOUT.values() for word in words])})",
    }
    rows: list[tuple[Kind, re.Pattern[str]]] = []
    for kind in KINDS:
        for rule in _TABLE[kind]:
            pattern = rule
            for part, meaning in parts.items():
                pattern = pattern.replace(part, meaning)
            try:
                rows.append((kind, re.compile(pattern)))
            except re.error as wrong:
                raise TableError(f"corrections.yaml: {kind}: {rule!r} is no regular expression: {wrong}") from wrong
    return tuple(rows)


_RULES: Final = _rules()
_FRONT: Final = re.compile(f"(?:(?:{_any_of(_TABLE['front'])})，?)+(?=.)")
_NEVER: Final = re.compile("|".join(_TABLE["never"]))
_NEVER_NEW: Final = re.compile("|".join(_TABLE["never_new"]))
_NEVER_OLD: Final = re.compile("|".join(_TABLE["never_old"]))
_SERVICE: Final = re.compile(f".*(?:改|换|更改|修改|更正)(?:我的|个)?(?:{_any_of(_TABLE['services'])})")
_HINTS: Final = re.compile(_any_of(_TABLE["hints"]))


def read_correction(text: str) -> Correction | None:
    """What is taken back; None for an ordinary answer, a bare no, a question, or a wish."""
    words = _STOPS.sub("，", _BLANKS.sub("", clean(text))).strip("，")
    if not words or len(words) > _LONGEST or not _HINTS.search(words) or _NEVER.search(words):
        return None
    for form in dict.fromkeys((words, _FRONT.sub("", words, count=1))):
        for kind, rule in _RULES:
            match = rule.fullmatch(form)
            if match and (correction := _of(kind, match)):
                return correction
    return None


def _of(kind: Kind, match: re.Match[str]) -> Correction | None:
    said = match.groupdict()
    new, old, about = (_tidy(said.get(name) or "") for name in ("new", "old", "about"))
    if (said.get("new") and not new) or (new and (_NEVER_NEW.fullmatch(new) or read_command(new))):
        return None
    if old and _NEVER_OLD.fullmatch(old):
        return None
    if kind == "replace":
        return Correction(kind, new, old, about) if new and old and new != old else None
    if kind == "named" and _SERVICE.fullmatch(match.group()):
        return None
    return Correction(kind, new, old, about)


def _tidy(words: str) -> str:
    """Without padding; as figures when it is nothing but a number said figure by figure."""
    words = bare(words)
    digits = read_digits(words, letter_x=True) if words else None
    if digits and not digits.rest and _ONLY_FIGURES.fullmatch(digits.value):
        return digits.value
    return words


def about_matches(about: str, labels: Sequence[str]) -> list[int]:
    """Which of the labels a spoken name means, as numbers into labels, best first: 手机 is 联系手机号, 村 is 住在哪个村; empty when none.

    Labels that hold the name, or the name them, come first; then those with a word of the same list; then those that merely look like it.
    """
    words = bare(about)
    if not words:
        return []
    groups = _groups(words)
    special = groups - {_ANY_NUMBER} or groups
    scores: list[tuple[float, int]] = []
    for number, label in enumerate(labels):
        name, known = _label(label)
        if not name:
            continue
        likeness = fuzz.ratio(words, name)
        if words in name or name in words:
            scores.append((200 + likeness, -number))
        elif special & known:
            scores.append((100 + likeness, -number))
        elif likeness >= _LIKE and not special:
            scores.append((likeness, -number))
    return [-number for _, number in sorted(scores, reverse=True)]


@lru_cache(maxsize=512)
def _label(label: str) -> tuple[str, frozenset[str]]:
    """A label as it is compared. Labels are few and come again."""
    name = bare(label)
    return name, _groups(name)


@cache
def _groups_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    group_of = {word: group for group, words in _ABOUT.items() for word in words}
    return re.compile(_any_of(list(group_of))), group_of


def _groups(name: str) -> frozenset[str]:
    """The lists that have a word of this name. What is any special number is also a number."""
    pattern, group_of = _groups_pattern()
    found = {group_of[match.group()] for match in pattern.finditer(name)}
    if found & {"mobile", "id", "case"}:
        found.add(_ANY_NUMBER)
    return frozenset(found)
