"""How people tell a name, since a recogniser knows only its sound: by parts (立早章), or by a word that holds the character (桂花的桂)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nlu.pinyin import syllables
from nlu.tables import TableError, phrases

HAN = r"[\u3400-\u9fff\u3007\U00020000-\U0003ffff]"
"""One Chinese character, as a regular expression."""

LONGEST_WORD = 4
"""Characters of a word that a character is told by (万紫千红的红)."""


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


_TABLE = phrases("names")


def _pairs(key: str) -> tuple[tuple[str, str], ...]:
    rows = tuple(entry.partition("=") for entry in _TABLE[key])
    if wrong := [one + equals + other for one, equals, other in rows if not (one and equals and other)]:
        raise TableError(f"names.yaml: {key}: {wrong} want character=text")
    return tuple((one, other) for one, _, other in rows)


SURNAMES = frozenset((*_TABLE["common"], *_TABLE["others"]))
_SOUNDS = dict(_pairs("sounds"))
_TOLD = {surname: parts.split() for surname, parts in _pairs("told")}
_WORDS = dict(_pairs("words"))
_BY_PARTS: dict[str, tuple[str, ...]] = {
    part: tuple(surname for surname, all_parts in _TOLD.items() if part in all_parts) for parts in _TOLD.values() for part in parts
}
_PARTS = re.compile(rf"(?P<parts>{any_of(_BY_PARTS)})(?:的|那个)?(?P<shown>{HAN})?(?:的(?P=shown))?")
_RADICAL = re.compile(rf"(?:{any_of(_TABLE['radicals'])})(?:儿|加)?的?(?P<shown>{HAN})")
_OF = re.compile(r"\s*的\s*")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of what was said: characters as they were written, or one character that was told how it is written."""

    text: str
    told: bool = False


def alike(one: str, other: str) -> bool:
    """Whether two characters can sound the same, tones aside; the sounds that a surname has of its own count too (单 as shan)."""
    return one == other or not _sounds(one).isdisjoint(_sounds(other))


def ways_to_tell(surname: str, given: str) -> tuple[str, ...]:
    """How the characters of a name are told by ear (木子李, 桂花的桂), as far as the tables know a way."""
    by_parts = (f"{_TOLD[surname][0]}{surname}",) if surname in _TOLD else ()
    rest = given if by_parts else surname + given
    return by_parts + tuple(f"{_WORDS[char]}的{char}" for char in rest if char in _WORDS)


def told_in_full() -> tuple[str, ...]:
    """Every way of telling a character that the tables know: 弓长张, 桂花的桂."""
    by_parts = (f"{way}{surname}" for surname, ways in _TOLD.items() for way in ways)
    return (*by_parts, *(f"{word}的{char}" for char, word in _WORDS.items()))


def items_of(clause: str) -> list[Item]:
    """Takes 桂花的桂 and 弓长张 out of a clause: 李桂英桂花的桂 gives 李桂英, and 桂 as told."""
    clause = _OF.sub("的", clause)
    items: list[Item] = []
    start = 0
    while (of := clause.find("的", start)) >= 0:
        if by_parts := next((match for match in (_PARTS.search(clause, start), _RADICAL.search(clause, start)) if _spans(match, of)), None):
            items += _by_parts(clause[start : by_parts.end()])
            start = by_parts.end()
            continue
        told = _word_before(clause[start:of], clause[of + 1 : of + 2], begins=start == 0)
        if not told:
            break
        word, char = told
        items += [*_by_parts(clause[start : of - len(word)]), Item(char, told=True)]
        start = of + 2 + (clause[of + 2 : of + 3] == "字")
    return items + _by_parts(clause[start:])


def _sounds(char: str) -> set[str]:
    return {*syllables(char), _SOUNDS.get(char, "")} - {""}


def _spans(match: re.Match[str] | None, at: int) -> bool:
    return match is not None and match.start() <= at < match.end()


def _word_before(words: str, shown: str, begins: bool) -> tuple[str, str] | None:
    """The word at the end of these words that holds the character shown, or one that sounds like it; and that character.

    begins: the words begin a clause, so that all of them may be the word (一二三的三), unless they begin like a name (张国国家的国).
    """
    spoken = words.rstrip()
    last = spoken.split(" ")[-1]
    whole = len(spoken) if begins and " " not in spoken and spoken[:1] not in SURNAMES else 0
    for size in (len(last) if len(last) < len(spoken) else 0, whole, 2, 3, 4):
        if not 1 < size <= min(len(spoken), LONGEST_WORD):
            continue
        word = spoken[-size:]
        if shown in word or _WORDS.get(shown) == word:
            return words[-size - (len(words) - len(spoken)) :], shown
        if same := next((char for char in word if alike(char, shown)), None):
            return words[-size - (len(words) - len(spoken)) :], same
    return None


def _by_parts(words: str) -> list[Item]:
    """Takes 弓长张 and 三点水的涛 out of words without 桂花的桂."""
    items: list[Item] = []
    at = 0
    while at < len(words):
        parts, radical = _PARTS.match(words, at), _RADICAL.match(words, at)
        if parts and (surname := _surname_of(parts)):
            char, at = surname
            items.append(Item(char, told=True))
            continue
        if radical:
            items.append(Item(radical["shown"], told=True))
            at = radical.end()
            continue
        if items and not items[-1].told:
            items[-1] = Item(items[-1].text + words[at])
        else:
            items.append(Item(words[at]))
        at += 1
    closed = (Item(_BLANKS.sub("", item.text), item.told) for item in items)
    return [item for item in closed if item.text]


def _surname_of(match: re.Match[str]) -> tuple[str, int] | None:
    """The surname that was told by its parts, and where that ends. Between several, the character shown after the parts decides."""
    surnames, shown = _BY_PARTS[match["parts"]], match["shown"]
    same = [surname for surname in surnames if shown and alike(surname, shown)]
    if same:
        return (shown if shown in same else same[0]), match.end()
    return (surnames[0], match.end("parts")) if len(surnames) == 1 else None


@dataclass(slots=True)
class Telling:
    """Puts a name together from what was said and what was told about it.

    described: something was told. contradicts: what was told is not in the name that was said.
    """

    chars: str = ""
    told_at: frozenset[int] = frozenset()
    described: bool = False
    contradicts: bool = False

    def take(self, item: Item) -> None:
        """The next piece."""
        if item.told:
            self.described = True
            self._tell(item.text)
            return
        shorter = min(len(self.chars), len(item.text))
        again = shorter > 0 and all(alike(mine, other) for mine, other in zip(self.chars, item.text, strict=False))
        again &= item.text[0] in SURNAMES  # 弓长张，张建国 tells the surname twice, 小月肖，小刚 does not
        self.chars += item.text[shorter:] if again else item.text

    def _tell(self, char: str) -> None:
        """A character that was said and not told yet is this one, the same before one that only sounds so; else it is the next of the name."""
        if self.told_at and self.chars[0] == char and char in SURNAMES and 0 in self.told_at and len(self.told_at) == 1:
            return  # 弓长张，张开的张: the surname told twice
        open_places = [at for at in range(len(self.chars)) if at not in self.told_at]
        places = [at for at in open_places if self.chars[at] == char] or [
            at for at in open_places if alike(self.chars[at], char) and (at > 0 or char in SURNAMES)
        ]
        if places:
            at = places[0]
            self.chars = self.chars[:at] + char + self.chars[at + 1 :]
        else:
            at = len(self.chars)
            self.contradicts |= at > 1 and not self.told_at
            self.chars += char
        self.told_at |= {at}
