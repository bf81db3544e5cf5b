"""Choices by ear: names of one question that sound alike, names that sound like a universal, and names that the recogniser does not know."""

from __future__ import annotations

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
#: Names of so many syllables or fewer are too short to survive one syllable that is heard wrong.
SHORT = 3


@lru_cache(maxsize=4096)
def sound(name: str) -> tuple[str, ...]:
    """A name as it sounds, with confusable sounds made one."""
    return fuzzy(name)


def alike(one: str, other: str) -> bool:
    """Whether two names may be heard for each other: the same sound, or, when both are short, all but one neighbouring sound the same."""
    a, b = sound(one), sound(other)
    if a == b:
        return bool(a)
    if len(a) != len(b) or len(a) > SHORT:
        return False
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(different) == 1 and one_letter_apart(*different[0])


def one_letter_apart(a: str, b: str) -> bool:
    """Whether one letter put in, taken out or changed makes one syllable the other: cai and zai, tui and hui."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    return a[at + 1 :] == b[at + 1 :] if len(a) == len(b) else a[at:] == b[at + 1 :]


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
    if asked.name == "near":
        return  # names of the moment, told apart because they are near
    options = asked.options
    for one, other in _pairs(options):
        proof.on_the_way(visit, Code.SOUNDS_ALIKE, f"{one!r} and {other!r} sound alike but mean two things; choose another word", budget)
    for choice in options:
        for name in _names(choice):
            if near := _like_a_universal(name):
                message = f"{name!r} of {choice.label!r} sounds like {near[1]!r} ({near[0]}), which is always possible; choose another word"
                proof.on_the_way(visit, Code.SOUNDS_ALIKE, message, budget)
    if proof.hearable is not None:
        for choice in options:
            if not any(proof.hearable(name) for name in _names(choice)):
                message = f"the recogniser knows no word for {choice.label!r}; add one under 'words'"
                proof.on_the_way(visit, Code.UNHEARD, message, budget)


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
