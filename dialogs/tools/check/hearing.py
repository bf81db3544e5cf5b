"""Choices by ear: names of one question that sound alike, names that sound like a universal, and names that the recogniser does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dialogs.contract import Budget, Choice
from dialogs.question import question
from dialogs.tools.check.findings import Code, Finding
from dialogs.tools.check.proof import Proof
from dialogs.tools.explore import Visit
from nlu.commands import COMMAND_PHRASES
from nlu.pinyin import fuzzy

#: Heard instead of an answer, these only bring the question again.
HARMLESS = ("!repeat", "!help", "!slower")
#: Beginnings that are taken for each other on a telephone line: where in the mouth a sound is made is lost first, in noise and above 3.4 kHz,
#: while stops, hisses and hums stay apart (Miller and Nicely 1955, for English; the groups are ours). zh, ch, sh, n and r are folded before.
INITIALS = tuple(map(frozenset, ("bdg", "ptk", "bp", "dt", "gk", "zcsjqx", "ml", "fh")))
#: Endings of a syllable that are swallowed: ban, bai and ba.
ENDINGS = "inou"
#: So many examples are told in one finding.
MOST_TOLD = 6
#: Names of so many syllables or fewer are too short to survive one syllable that is heard wrong.
SHORT = 3


@lru_cache(maxsize=4096)
def sound(name: str) -> tuple[str, ...]:
    """A name as it sounds, with confusable sounds made one."""
    return fuzzy(name)


def alike(one: str, other: str) -> bool:
    """Whether two names may be heard for each other: the same sound, or, when both are short, the same but for one syllable that is near."""
    a, b = sound(one), sound(other)
    if a == b:
        return bool(a)
    if len(a) != len(b) or len(a) > SHORT:
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(different) == 1 and near(*different[0])


def near(a: str, b: str) -> bool:
    """Whether one syllable may be heard for another: shi and zhi, tian and dian, ban and bai, but not ban and lan."""
    (begin_a, rhyme_a), (begin_b, rhyme_b) = _parts(a), _parts(b)
    if rhyme_a == rhyme_b:
        return any(begin_a in group and begin_b in group for group in INITIALS)
    return begin_a == begin_b and _nucleus(rhyme_a) == _nucleus(rhyme_b)


def _parts(syllable: str) -> tuple[str, str]:
    """Initial and rhyme of a folded syllable."""
    begin = re.match(r"[bpmfdtlgkhjqxzcsyw]?", syllable)
    size = begin.end() if begin else 0
    return syllable[:size], syllable[size:]


def _nucleus(rhyme: str) -> str:
    """A rhyme without its ending."""
    return rhyme[:-1] if len(rhyme) > 1 and rhyme[-1] in ENDINGS else rhyme


def _names(choice: Choice) -> tuple[str, ...]:
    return tuple(dict.fromkeys((choice.label, choice.spoken, *choice.words)))


@lru_cache(maxsize=4096)
def _like_a_universal(name: str) -> tuple[str, str] | None:
    """(universal's id, its phrase) that sounds like a name without being the same word; None when there is none that would lead elsewhere.

    The same word is taken as the choice's by rule (`dialogs.reading`: what is shown comes first), so that an author may mean it.
    """
    if any(name in phrases for phrases in COMMAND_PHRASES.values()):
        return None
    elsewhere = ((command, phrase) for command, phrases in COMMAND_PHRASES.items() if command not in HARMLESS for phrase in phrases)
    return next((near for near in elsewhere if alike(name, near[1])), None)


def by_ear(proof: Proof, visit: Visit, budget: Budget) -> None:
    """Findings about one question on a terminal that listens."""
    asked = question(proof.book, visit.session)
    if asked.name == "near" or asked.slot.children is not None:
        return  # near names are shown because they are near, and what villages are called is not ours to choose: keys tell them apart
    alikes = [f"{one!r} and {other!r}" for one, other in _pairs(asked.options)]
    for name in dict.fromkeys(name for choice in asked.options for name in _names(choice)):
        if near := _like_a_universal(name):
            alikes.append(f"{name!r} and {near[1]!r} ({near[0]}, always possible)")
    if alikes:
        message = f"{_some(alikes)} sound alike but mean two things; choose other words"
        proof.on_the_way(visit, Code.SOUNDS_ALIKE, message, budget)
    if proof.hearable is None:
        return
    lost = [repr(choice.label) for choice in asked.options if not any(proof.hearable(name) for name in _names(choice))]
    if lost:
        proof.on_the_way(visit, Code.UNHEARD, f"the recogniser knows no word for {_some(lost)}; add words it knows", budget)


def _some(told: list[str]) -> str:
    """The first few, and how many more there are."""
    more = f" and {len(told) - MOST_TOLD} more" if len(told) > MOST_TOLD else ""
    return "; ".join(told[:MOST_TOLD]) + more


def _pairs(options: tuple[Choice, ...]) -> Iterator[tuple[str, str]]:
    """Names of two different choices that sound alike; the very same word is another finding (misread)."""
    for n, one in enumerate(options):
        for other in options[n + 1 :]:
            yield from ((a, b) for a in _names(one) for b in _names(other) if a != b and alike(a, b))


def universals_by_ear(proof: Proof) -> None:
    """Every universal can be heard by some word."""
    if proof.hearable is None or not proof.heard_somewhere:
        return
    for choice in proof.book.universals:
        if not any(proof.hearable(name) for name in _names(choice)):
            message = f"the recogniser knows no word for the universal {choice.label!r}; add one to nlu/data/commands.yaml"
            proof.found.add(Finding("dialogs/universals.yaml", 1, Code.UNHEARD, message))
