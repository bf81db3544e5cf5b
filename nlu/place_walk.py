"""Reads names of places one after another, each level inside the one before: the chains that `nlu.places` chooses from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from nlu.pinyin import fuzzy
from nlu.place_index import LEVELS, SUFFIXES, VILLAGE, WORDS, place_index

_MENDED_FROM = 3
"""Characters from which a name is recognised with one of them wrong, missing or too many."""
_SUFFIX_SOUNDS: Final = {suffix: fuzzy(suffix) for level in LEVELS for suffix in SUFFIXES[level]}


def any_of(key: str) -> str:
    """A pattern of the words of one list of `data/place_words.yaml`, longest first."""
    return "|".join(re.escape(word) for word in sorted(WORDS[key], key=len, reverse=True))


END: Final = re.compile(f"(?:{any_of('end')})++$")
"""Padding after a place."""
_GLUE = re.compile(f"(?:{any_of('glue')})+")


@dataclass(frozen=True, slots=True)
class Chain:
    """Levels that were said one after another, up to a character. numbers: the places they may be. text: how many levels stood there as text."""

    numbers: tuple[int, ...]
    end: int
    levels: int
    text: int
    suffixed: bool


def walk(words: str, sounds: tuple[str, ...], start: int, above: tuple[int, ...] = (), levels: int = 0, text: int = 0) -> Iterator[Chain]:
    """All ways to read names from a character on, each level inside the one before. Without sounds only text counts."""
    index = place_index()
    over = frozenset(above)
    deepest = index.nodes[above[0]].level if above else 0
    for level in LEVELS[deepest:]:
        for end in range(start + 2, min(len(words), start + index.longest) + 1):
            by_text = index.by_text[level].get(words[start:end], ())
            by_sound = index.by_sound[level].get(sounds[start:end], ()) if sounds else ()
            for hits, is_text in ((by_text, 1), (tuple(n for n in by_sound if n not in by_text), 0)):
                inside = tuple(n for n in hits if not over or index.nodes[n].parents & over)
                for suffix, after in _suffixes(words, sounds, end, level) if inside else ():
                    numbers = tuple(_exact(inside, suffix))
                    suffixed = bool(suffix) or any(index.nodes[n].stem == index.nodes[n].name for n in numbers)
                    yield Chain(numbers, after, levels + 1, text + is_text, suffixed)
                    if level < VILLAGE:
                        yield from walk(words, sounds, after_glue(words, after), numbers, levels + 1, text + is_text)


def _suffixes(words: str, sounds: tuple[str, ...], at: int, level: int) -> Iterator[tuple[str, int]]:
    """No suffix, and each that may follow, with where it ends."""
    yield "", at
    for suffix in SUFFIXES[level]:
        end = at + len(suffix)
        said = words[at:end]
        if said == suffix or (sounds and sounds[at:end] == _SUFFIX_SOUNDS[suffix] and said not in _SUFFIX_SOUNDS):  # 县 sounds like 乡
            yield suffix, end


def _exact(numbers: tuple[int, ...], suffix: str) -> Iterator[int]:
    """Of places in the same town that differ by suffix alone, the one whose suffix was said (朱坡村 and 朱坡社区)."""
    index = place_index()
    nodes = [index.nodes[number] for number in numbers]
    exact = {node.parent for node in nodes if node.stem + suffix == node.name}
    for node in nodes:
        if node.stem + suffix == node.name or node.parent not in exact:
            yield node.number


def near_names(said: str) -> set[int]:
    """The places whose whole name differs by one character at most; none for what is too short to tell."""
    said = END.sub("", said) or said
    index = place_index()
    if not _MENDED_FROM <= len(said) <= index.longest + 1:
        return set()
    near = process.extract(said, index.names, scorer=Levenshtein.distance, score_cutoff=1, limit=None)
    return {number for name, _, _ in near if len(name) >= _MENDED_FROM for number in index.by_name[name]}


def after_glue(words: str, at: int) -> int:
    """Where the next level begins: after 的, 下面的 and the like."""
    match = _GLUE.match(words, at)
    return match.end() if match else at


def sounds_of(words: str) -> tuple[str, ...]:
    """One fuzzy syllable a character, so that text and sound are read side by side."""
    sounds = fuzzy(words)
    return sounds if len(sounds) == len(words) else tuple((fuzzy(char) or (char,))[0] for char in words)
