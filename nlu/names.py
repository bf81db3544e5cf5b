"""The name of a person: 张三, 我叫李桂英, 弓长张，一二三的三, 阿依古丽·买买提.

Who tells a name by voice tells how it is written, since a recogniser knows only the sound: by parts (立早章), or by a word that holds the
character (桂花的桂). What was told so overrules what was written. Tables are in `data/names.yaml`; what was read is to be read back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from nlu.commands import read_command
from nlu.name_telling import HAN, SURNAMES, Telling, alike, any_of, items_of, ways_to_tell
from nlu.tables import phrases
from nlu.text import clean
from nlu.yes_no import read_yes_no

NameReason = Literal["too_long", "not_a_name", "unclear"]

LONGEST = 25
"""Characters of a name with ·; the longest that identity documents have room for are shorter."""

COMMON_SURNAMES: tuple[str, ...] = phrases("names")["common"]
"""The hundred commonest, the commonest first."""

GIVEN: tuple[str, ...] = tuple(dict.fromkeys("".join(phrases("names")["given"])))
"""Characters that given names are made of, the commonest first."""

_LONGEST_ANSWER = 64
"""Characters of an answer that is only a name, every character told; who says more tells something else beside it, which `find_name` reads."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name as it was read.

    value: the name; "" exactly when there is a reason.
    reason: "unclear" (a surname alone, 王大爷, or what was told does not fit what was said), "too_long", "not_a_name" (meant as one, but figures,
        letters or other words).
    """

    value: str
    reason: NameReason | None = None

    @property
    def ok(self) -> bool:
        """Whether it can be used."""
        return self.reason is None


def read_name(text: str, heard: bool = False) -> PersonName | None:
    """A whole answer that is a name; None when it is none: a command, yes or no, a service, a sentence.

    heard: it comes from a recogniser, so that a first character that is no surname may be one by its sound (里桂英 is taken as 李桂英).
    """
    said = _DOTS.sub("·", clean(text))
    words = _NOT_WORDS.sub("", said)
    if not words or len(words) > _LONGEST_ANSWER or words in _NOT_NAMES:
        return None
    if re.fullmatch(r"[0-9a-z.' -]+", said):
        return _NOT_A_NAME
    clauses, marked = _clauses(said)
    if not marked and (read_command(text) or read_yes_no(text) is not None):
        return None
    told = Telling()
    for clause in clauses:
        for item in items_of(clause):
            told.take(item)
    if told.contradicts or (told.described and len(clauses) == 1 and _ONE_WORD.match(clauses[0]) and clauses[0][0] in SURNAMES):
        return _UNCLEAR  # 张桂花的桂 is 张桂 told, or a part of 张桂花
    name = told.chars if len(told.chars) - 1 in told.told_at else _without_title(told.chars)  # 王家，家庭的家 is no family Wang
    return _judged(name, marked or told.described, heard)


def find_name(sentence: str) -> PersonName | None:
    """The one name that a longer sentence gives after 叫, 名字是 or 姓名; None when there is none, or several."""
    found = set()
    for match in _IN_SENTENCE.finditer(_DOTS.sub("·", clean(sentence))):
        name = _FOLLOWS.split(match["name"])[0]
        read = _judged(_without_title(name), marked=True, heard=False) if name not in _NOT_NAMES else None
        if read and read.ok:
            found.add(read)
    return found.pop() if len(found) == 1 else None


def mask_name(value: str) -> str:
    """The surname alone stays: 张三 as 张*, 欧阳修 as 欧阳*, 李桂英 as 李**; a name without a surname keeps its first character."""
    keep = len(_surname(value) or value[:1]) if len(value) > 1 else 0
    return value[:keep] + "".join(char if char == "·" else "*" for char in value[keep:])


def say_name(value: str) -> tuple[str, str]:
    """How a name is shown and how it is said, with the characters told so that they can be checked by ear: 李桂英，木子李，桂花的桂，英雄的英."""
    surname = _surname(value) or ""
    told = ways_to_tell(surname, value[len(surname) :]) if surname else ()
    return value, "，".join((value, *told))


# --- words -------------------------------------------------------------------------------------------------------------------------

_TABLE = phrases("names")
_COMPOUND = frozenset(_TABLE["compound"])
_COMMON = frozenset(_TABLE["common"])
_DOUBTFUL = frozenset(_TABLE["doubtful"])
_GIVEN = frozenset("".join(_TABLE["given"]))
_NOT_NAMES = frozenset(
    (*_TABLE["not_names"], *(word for key, words in phrases("dates").items() if key != "listen" for word in words if len(word) > 1))
)
_NEVER = re.compile(f"[{''.join(_TABLE['never'])}]")
_FIGURES = frozenset("零〇一二三四五六七八九十百千万两")
_NOT_WORDS = re.compile(r"[^\w·]+|_+")
_DOTS = re.compile(r"(?<=\w)\s*[·•‧∙⋅・.]\s*(?=\w)")
_WHOSE = rf"(?:{any_of(_TABLE['whose'])})"
_NAME_WORD = "(?:大名|全名|真名|本名|名字|姓名)"
_WHO = "(?:(?:我|他|她|俺|咱|你|本人)(?:们|家)?(?:的|那个)?)"
_MARKER = re.compile(
    rf"(?:{_WHO}?(?:{_WHOSE}的?)?(?:(?P<plain>{_NAME_WORD}?(?:就?是?叫做?作?|:)|{_NAME_WORD}(?:就?是|为)?)|就?是)"
    rf"|{_WHO}{_WHOSE}|本人)\s*"
)
_SURNAME_MARKER = re.compile(r"(?:我|他|她|俺|本人)?(?:是|免贵|免贵是)?姓(?!名)\s*")
_GIVEN_MARKER = re.compile(r"(?:名字是|名字叫|名叫|叫做|叫|名)\s*")
_PADDING_FRONT = re.compile(rf"(?:{any_of(_TABLE['front'])})\s*(?=.)")
_PADDING_END = re.compile(rf"(?<=.)\s*(?:{any_of(_TABLE['end'])})$")
_TITLE = re.compile(rf"(?<=.)(?:{any_of(_TABLE['titles'])})$|(?<=^.)(?:{any_of(_TABLE['short_titles'])})$|^[老小](?={HAN}$)")
_PADDING = frozenset((*_TABLE["front"], *_TABLE["end"]))
_ONE_WORD = re.compile(rf"{HAN}{{2,3}}的{HAN}$")
_BREAKS = re.compile(r"[^\w\s·]+")
_IN_SENTENCE = re.compile(rf"(?:叫做?|{_NAME_WORD}(?:就?是|叫|为|:)?)\s*(?P<name>{HAN}(?:{HAN}|·){{1,24}})")
_FOLLOWS = re.compile(rf"(?<=..)(?:{any_of(_TABLE['follows'])})")
_PEOPLES = re.compile(rf"(?:{any_of(_TABLE['minority'])})+")
_NAME = re.compile(rf"{HAN}+(?:·{HAN}+)*")

_UNCLEAR, _TOO_LONG, _NOT_A_NAME = PersonName("", "unclear"), PersonName("", "too_long"), PersonName("", "not_a_name")


def _surname(value: str) -> str | None:
    if len(value) > 2 and (two := next((value[:size] for size in (4, 2) if value[:size] in _COMPOUND and len(value) > size), None)):
        return two
    return value[0] if value[:1] in SURNAMES and "·" not in value else None


# --- reading -----------------------------------------------------------------------------------------------------------------------


def _clauses(said: str) -> tuple[list[str], bool]:
    """What was said between its pauses, without the words that only announce a name; and whether there were such words."""
    clauses, marked = [], False
    for clause in _BREAKS.split(said):
        rest = _without_padding(clause.strip())
        if surname := _SURNAME_MARKER.match(rest):
            rest, marked = rest[surname.end() :], True
            if given := _GIVEN_MARKER.search(rest, 1):  # 姓张名三, 姓张叫三
                clauses.append(rest[: given.start()].strip())
                rest = rest[given.end() :]
        elif marker := _MARKER.match(rest):
            rest, marked = rest[marker.end() :], marked or marker["plain"] is not None
        rest = _without_padding(rest)
        if rest and rest not in _PADDING:
            clauses.append(rest)
    return clauses, marked


def _without_padding(words: str) -> str:
    while edge := _PADDING_FRONT.match(words) or _PADDING_END.search(words):
        words = words[edge.end() :] if edge.start() == 0 else words[: edge.start()]
    return words


def _without_title(name: str) -> str:
    """张三先生 as 张三; 王大爷 and 老王 as 王, which then lacks its given name."""
    while title := _TITLE.search(name):
        name = name[: title.start()] + name[title.end() :]
    return name


def _judged(name: str, marked: bool, heard: bool) -> PersonName | None:
    """The name if it is one. marked: the words around it said that one was meant, so that what is none gives a reason."""
    if not _NAME.fullmatch(name):
        return _NOT_A_NAME if marked else None
    if "·" in name:
        return _TOO_LONG if len(name) > LONGEST else PersonName(name)
    if _PEOPLES.fullmatch(name):
        return PersonName(name)
    surname = _surname(name)
    if name in SURNAMES or name in _COMPOUND:
        return _UNCLEAR
    if not surname and heard and (by_sound := _by_sound(name, marked)):
        surname, name = by_sound[0], by_sound
    given = name[len(surname or "") :]
    if _NEVER.search(given) or (name in _NOT_NAMES and not marked) or set(name) <= _FIGURES:
        return _NOT_A_NAME if marked else None
    if not surname:
        return _NOT_A_NAME if marked else None
    if surname in _DOUBTFUL and not marked and _GIVEN.isdisjoint(given):
        return None
    both = given[0] in (SURNAMES if marked else _COMMON) and (marked or surname in _COMMON)  # 张王一诺: the surnames of both parents
    if len(given) <= (3 if both or len(surname) > 1 else 2):
        return PersonName(name)
    return _TOO_LONG if marked else None


def _by_sound(name: str, marked: bool) -> str | None:
    """里桂英 as 李桂英: the commonest surname that sounds like the first character, where the rest is surely a given name."""
    if len(name) not in ((2, 3) if marked else (3,)) or not (marked or _GIVEN.issuperset(name[1:])):
        return None
    return next((surname + name[1:] for surname in _TABLE["common"] if alike(surname, name[0])), None)
