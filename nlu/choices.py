"""Which of the shown answers was meant: by number, by word, or by something that looks or sounds like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from nlu.misheard import widened
from nlu.pinyin import fuzzy
from nlu.tables import phrases
from nlu.text import bare

_TABLE = phrases("ordinals")
_FIGURES = {"一": 1, "幺": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER = r"(?P<n>[1-9]|[1-9]\d|[一幺二两三四五六七八九十])"
_BY_NUMBER = re.compile(
    "|".join(re.escape(p).replace(r"\{n\}", _NUMBER.replace("<n>", f"<n{i}>")) for i, p in enumerate(_TABLE["patterns"]))
)
_FIRST, _LAST = frozenset(_TABLE["first"]), frozenset(_TABLE["last"])
_NEGATED = re.compile(f"(?:{'|'.join(_TABLE['negation'])})$")

# Scores, 0..1. What stands between them keeps a better kind of evidence in front of a weaker one.
_EXACT, _SOUND, _CONTAINED, _PART, _SIMILAR = 1.0, 0.93, 0.86, 0.78, 0.72
_ACCEPT_SIMILAR = 0.72
"""Likeness from which a word that is neither equal nor contained counts at all."""
_TIE = 0.06
"""Options closer together than this are asked, never guessed."""
_LATER = 0.02
"""What each further alternative of the recogniser loses."""
_ALTERNATIVES = 8
_FIRM_GAPS = 2
"""Between three syllables: so many must be right of what nobody wrote but may have been said."""


@dataclass(frozen=True, slots=True)
class Option:
    """A shown answer. key: its number or telephone key; words: further ways of saying it."""

    id: str
    label: str
    key: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """One option was meant. score: 0..1, 1 for a number or the exact word."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class Near:
    """These were possibly meant, best first: ask. A single id means: ask whether it was that one."""

    ids: tuple[str, ...]


def choose(alternatives: Sequence[str], options: Sequence[Option], heard: bool = False) -> Chosen | Near | None:
    """The option that was typed or heard, from all of a recogniser's alternatives (best first).

    Numbers go first (1, ①, 一, 第一个, 按1, 最后一个); where options have keys, the number is a key, else a place. Then words: equal, sounding equal,
    contained, part of, similar. Ties give Near; a word of two syllables that only resembles is Near at best.

    heard: it was speech. What the recogniser is known to mishear is tried too (`nlu.misheard`), and a word of two syllables beside other words
    is only Near when another one that is offered differs from it in one syllable (低保 医保).
    """
    scores: dict[str, float] = {}
    sure: set[str] = set()
    doubtful = _one_syllable_apart(tuple(options)) if heard else frozenset()
    for rank, alternative in enumerate((widened(alternatives) if heard else alternatives)[:_ALTERNATIVES]):
        words = bare(alternative)
        if not words:
            continue
        numbered = _numbered(words, options)
        sound = " ".join(fuzzy(words))
        for option in options:
            score, firm = (_EXACT, True) if option is numbered else _best(words, sound, option, doubtful)
            firm = firm and (alternative in alternatives or sound.count(" ") >= _FIRM_GAPS)
            score -= _LATER * rank
            if score > scores.get(option.id, 0.0):
                scores[option.id] = score
                (sure.add if firm else sure.discard)(option.id)
    ranked = sorted(((score, name) for name, score in scores.items() if score > 0), key=lambda pair: -pair[0])
    if not ranked:
        return None
    top, best = ranked[0]
    close = tuple(name for score, name in ranked if top - score < _TIE)
    if len(close) > 1 or best not in sure:
        return Near(close)
    return Chosen(best, round(min(top, 1.0), 4))


def _numbered(words: str, options: Sequence[Option]) -> Option | None:
    if not options:
        return None
    if words in _FIRST:
        return options[0]
    if words in _LAST:
        return options[-1]
    match = _BY_NUMBER.fullmatch(words)
    if not match:
        return None
    said = next(group for group in match.groups() if group)
    number = _FIGURES.get(said) or int(said)
    if any(option.key for option in options):
        return next((option for option in options if option.key == str(number)), None)
    return options[number - 1] if number <= len(options) else None


def _best(words: str, sound: str, option: Option, doubtful: frozenset[str]) -> tuple[float, bool]:
    best = (0.0, False)
    for name in (option.label, *option.words):
        bare_name, name_sound = _prepared(name)
        score, firm = _likeness(words, sound, bare_name, name_sound)
        beside = len(sound) > len(name_sound)
        best = max(best, (score, firm and not (beside and name_sound in doubtful)))
    return best


@lru_cache(maxsize=512)
def _one_syllable_apart(options: tuple[Option, ...]) -> frozenset[str]:
    """The sounds of the words of two syllables that share one, in its place, with such a word of another option."""
    of: dict[str, set[str]] = {}
    for option in options:
        for name in (option.label, *option.words):
            sound = _prepared(name)[1]
            if sound.count(" ") == 1:
                of.setdefault(sound, set()).add(option.id)
    return frozenset(
        one
        for one, ids in of.items()
        for other, others in of.items()
        if one != other and ids != others and any(a == b for a, b in zip(one.split(" "), other.split(" "), strict=True))
    )


@lru_cache(maxsize=4096)
def _prepared(name: str) -> tuple[str, str]:
    """An offered word as it is compared: without padding, and its sound. Offered words are few and come again."""
    words = bare(name)
    return words, " ".join(fuzzy(words))


def _likeness(words: str, sound: str, name: str, name_sound: str) -> tuple[float, bool]:
    """Score, and whether it may be taken without asking."""
    if not name:
        return 0.0, False
    if words == name:
        return _EXACT, True
    at = words.find(name)
    if at >= 0 and _NEGATED.search(words[:at]):
        return 0.0, False
    if at >= 0 and len(name) >= 2:
        return _CONTAINED + 0.06 * len(name) / len(words), True
    long_enough = name_sound.count(" ") >= 1
    if long_enough and sound == name_sound:
        return _SOUND, True
    if len(words) >= 2 and words in name:
        return _PART + 0.06 * len(words) / len(name), True
    if not long_enough:
        return 0.0, False
    if f" {name_sound} " in f" {sound} ":
        return _CONTAINED - 0.02 + 0.06 * len(name_sound) / len(sound), True
    similar = 0.5 * fuzz.ratio(words, name) / 100 + 0.5 * fuzz.ratio(sound, name_sound) / 100
    similar = max(similar, fuzz.ratio(sound, name_sound) / 100 - 0.05)
    if similar < _ACCEPT_SIMILAR:
        return 0.0, False
    return _SIMILAR * similar, name_sound.count(" ") >= 2
