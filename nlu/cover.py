"""How much of a name was said: aligned in the sentence by characters, by fuzzy syllables, and letter by letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from nlu.features import Form

SHORT = 2
"""Names of so many syllables are one syllable apart (低保, 医保, 社保)."""
_UNKNOWN = "\uf8ff"
_FIRST = 0xE000
_SOUND_ALONE = 0.97
"""What a cover by sound counts against the same cover by characters."""
_CHANCE = 0.5
"""Letters agree by chance: half of them count for nothing."""
_LETTERS_SHORT = 0.8
"""The most that letters say of a name of up to three syllables (驾驶证 and 教师证 differ in one letter of eight)."""
_WHOLE = 0.95
_LETTERS_FROM = 0.34
"""A name is compared letter by letter only where a third of it was found already; else everything resembles something."""
_LETTERS_UP_TO = 24
"""Syllables of a sentence that is compared letter by letter."""
_ROUNDED = (("yu", "yi"), ("ju", "ji"), ("qu", "qi"), ("xu", "xi"), ("lv", "li"))
"""Letter by letter, ü and i are one sound (婚育, 会议)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence ready for `cover`.

    sound: its syllables as characters. rounded: its syllables with ü made i, for a comparison letter by letter; empty when it was typed, because
    who types does not take one syllable for another.
    """

    form: Form
    sound: str
    rounded: tuple[str, ...]


class Sounds:
    """Syllables as single characters, so that rapidfuzz compares syllables and not letters. Immutable once built."""

    __slots__ = ("_letters",)

    def __init__(self, names: Iterable[Form]) -> None:
        known = sorted({syllable for name in names for syllable in name.sound + name.specific_sound})
        self._letters = {syllable: chr(_FIRST + number) for number, syllable in enumerate(known[: ord(_UNKNOWN) - _FIRST])}

    def of(self, sound: tuple[str, ...]) -> str:
        """One character for each syllable; syllables of no name share one that equals none of them."""
        return "".join(self._letters.get(syllable, _UNKNOWN) for syllable in sound)

    def said(self, form: Form, heard: bool) -> Said:
        """A sentence ready for `cover`."""
        return Said(form, self.of(form.sound), tuple(map(_rounded, form.sound[:_LETTERS_UP_TO])) if heard else ())


class Name:
    """One name of a service, ready for `cover`."""

    __slots__ = ("form", "letters", "sound", "specific_letters", "specific_sound")

    def __init__(self, form: Form, sounds: Sounds) -> None:
        self.form = form
        self.sound = sounds.of(form.sound)
        self.letters = "".join(map(_rounded, form.sound))
        self.specific_sound = sounds.of(form.specific_sound)
        self.specific_letters = "".join(map(_rounded, form.specific_sound))


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of a name was said, 0..1, and whether so much of it that it may be taken without asking."""

    value: float
    firm: bool


def cover(name: Name, said: Said) -> Cover:
    """How much of the name the sentence holds. Half of it is for the name's specific part, so that 证明 alone is no evidence.

    It is firm when a name of three syllables or more was said whole, in characters or sounds: 老年 is no firm 老年证, and
    独生子女光荣证 no firm 独生子女证.
    """
    core = said.form.core
    whole = max(_part(name.form.core, core), _part(name.sound, said.sound) * _SOUND_ALONE)
    by_letters = bool(said.rounded) and whole >= _LETTERS_FROM
    if by_letters:
        whole = max(whole, _letters(name.letters, len(name.sound), said.rounded))
    specific = whole
    if name.form.specific != name.form.core:
        specific = max(_part(name.form.specific, core), _part(name.specific_sound, said.sound) * _SOUND_ALONE)
        if by_letters:
            specific = max(specific, _letters(name.specific_letters, len(name.specific_sound), said.rounded))
    firm = len(name.sound) > SHORT and whole >= _WHOLE
    return Cover(0.5 * whole + 0.5 * specific, firm)


def _part(name: str, said: str) -> float:
    """How much of the name stands in what was said; a shorter sentence is compared whole, or any one syllable would be a full cover."""
    if len(said) < len(name):
        return fuzz.ratio(name, said) / 100
    # padded, because partial_ratio takes shorter stretches at the edges and would find two thirds of 落户 in 户口
    padding = "\0" * (len(name) - 1)
    return fuzz.partial_ratio(name, f"{padding}{said}{padding}") / 100


def _letters(name: str, size: int, said: tuple[str, ...]) -> float:
    """The likeness of the name to the stretch of as many syllables that is most like it, letter by letter."""
    stretches = ["".join(said[at : at + size]) for at in range(max(1, len(said) - size + 1))]
    alike = max(fuzz.ratio(name, stretch) for stretch in stretches) / 100
    value = max(0.0, alike - _CHANCE) / (1 - _CHANCE)
    return min(value, _LETTERS_SHORT) if size <= SHORT + 1 else value


def _rounded(syllable: str) -> str:
    for before, after in _ROUNDED:
        if syllable.startswith(before):
            return after + syllable[len(before) :]
    return syllable
