"""What a sentence or a service's name looks like to the item index: characters and fuzzy sounds, weighed.

Which features: characters alone and in pairs, fuzzy pinyin alone, in pairs and threes; this mix was the best of those compared on homophones,
typing errors and lost characters, and words (segmentation) were the worst. The words taken out or counted little are in `data/item_words.yaml`.
Beside them stand the labels of everyday words that mean alike (`nlu.meanings`), for sentences that share no word with what they ask for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.meanings import meanings
from nlu.pinyin import fuzzy
from nlu.tables import TableError, phrases
from nlu.text import clean

_TABLE = phrases("item_words")
_NOT_WORDS = re.compile(r"[^\w]+|_+")


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


_NOISE = _any_of(_TABLE["noise"])
_GENERIC = _any_of(_TABLE["generic"])
_NEGATED = re.compile(f"(?:{_any_of(_TABLE['negation']).pattern})(?:{_NOISE.pattern})?$")


def _broken_by() -> tuple[tuple[str, str], ...]:
    rows = []
    for entry in _TABLE["broken_by"]:
        end, space, after = entry.partition(" ")
        if not (end and space and after):
            raise TableError(f"item_words.yaml: broken_by: {entry!r} wants two words with a blank between")
        rows.append((end, after))
    return tuple(rows)


_BROKEN_BY = _broken_by()
_GENERIC_WEIGHT = 0.35
"""What a feature made of generic words alone counts, against 1 for any other."""


@dataclass(frozen=True, slots=True)
class Form:
    """One phrase made ready to compare.

    words: without punctuation. core: also without noise. specific: the core without generic words, unless fewer than two
    characters would be left.
    sound, specific_sound: fuzzy syllables of core and specific. hollow: the phrase was noise (办一个吧), and its core is kept only for its text.
    """

    words: str
    core: str
    specific: str
    sound: tuple[str, ...]
    specific_sound: tuple[str, ...]
    hollow: bool = False

    def weighed(self) -> dict[str, float]:
        """Features with how often they stand there, generic ones discounted. Characters begin with "c", sounds with "p"."""
        generic = bytearray(len(self.core))
        for match in _GENERIC.finditer(self.core):
            generic[match.start() : match.end()] = b"\1" * (match.end() - match.start())
        found: dict[str, float] = {}
        size = len(self.core)
        aligned = len(self.sound) == size
        for at in range(size):
            for length in (1, 2):
                if at + length <= size:
                    weight = _GENERIC_WEIGHT if all(generic[at : at + length]) else 1.0
                    feature = "c" + self.core[at : at + length]
                    found[feature] = found.get(feature, 0.0) + weight
        for at in range(len(self.sound)):
            for length in (1, 2, 3):
                if at + length <= len(self.sound):
                    weight = _GENERIC_WEIGHT if aligned and all(generic[at : at + length]) else 1.0
                    feature = "p" + " ".join(self.sound[at : at + length])
                    found[feature] = found.get(feature, 0.0) + weight
        return found

    def told(self) -> dict[str, float]:
        """What the phrase tells of, as features that begin with "m", with how often it does."""
        found: dict[str, float] = {}
        for label in meanings(self.words):
            found["m" + label] = found.get("m" + label, 0.0) + 1.0
        return found


def words_of(text: str) -> str:
    """The text without punctuation and blanks."""
    return _NOT_WORDS.sub("", clean(text))


def form_of(text: str) -> Form:
    """A phrase with noise taken out, unless fewer than two characters would be left."""
    words = words_of(text)
    core = _NOISE.sub("", words)
    hollow = len(core) < 2
    if hollow:
        core = words
    specific = _GENERIC.sub("", core)
    if len(specific) < 2:  # the 公 of 公证 tells nothing alone
        specific = core
    specific_sound = fuzzy(specific)
    return Form(words, core, specific, fuzzy(core), specific_sound, hollow)


def without_noise(words: str) -> str:
    """What is left of words when noise and generic words are taken out; "" when nothing is."""
    return _GENERIC.sub("", _NOISE.sub("", words))


def begins_generic(words: str) -> bool:
    """Whether words begin, after noise, with a kind of service: 养老金 before 领的卡 is another thing."""
    return bool(_GENERIC.match(_NOISE.sub("", words)))


def is_broken(name: str, after: str) -> bool:
    """Whether what follows makes another word of the name's end: 居住证 before 明."""
    return any(name.endswith(end) and after.startswith(follower) for end, follower in _BROKEN_BY)


def is_negated(before: str) -> bool:
    """Whether what stands before a name takes it back: 不是, 不要."""
    return bool(_NEGATED.search(before))
