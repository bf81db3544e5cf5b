"""Takes personal data out of text by default-deny: what stays is known to be harmless, everything else becomes █ or the name of its kind.

Known to be harmless: pairs of neighbouring characters that stand in our own sentences, in the catalogue, or in the tables of what residents
commonly say. A name, a village, a clerk's free words are none of these, so nobody has to recognise them. Figures have a rule of their own:
four or more in a row go, in whatever spelling and with whatever between them, and with seven in one sentence of a resident all of them go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from dialogs.book import Book
from nlu import tables
from nlu.values import read_id_number, read_mobile
from records import case_number

HIDDEN = "█"
#: Figures in a row that are hidden: the last four of a mobile open a case, so four is too many.
LONG_ROW = 4
#: Figures in one sentence from which all are hidden, however the speaker divides them ("一三八，嗯，零零幺三…").
MANY = 7

#: nlu's tables of what anybody may say. Not among them: intents (regular expressions).
_COMMON = ("commands", "command_padding", "fillers", "yes_no", "ordinals", "item_words", "not_intents")
_FIGURES = {
    **{str(n): str(n) for n in range(10)},
    **{chr(ord("０") + n): str(n) for n in range(10)},
    **{
        sign: str(n)
        for n, signs in enumerate(("零〇○洞", "一幺壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾"))
        for sign in signs
    },
    **dict.fromkeys("十百千万亿廿拾佰仟", ""),
}
_FIGURE = f"[{''.join(_FIGURES)}]"
_BETWEEN = r"[\W_]{0,12}"
_ROW = re.compile(rf"{_FIGURE}(?:{_BETWEEN}{_FIGURE})*(?:{_BETWEEN}[XxＸｘ×叉](?![A-Za-z]))?")
_DAY = re.compile(rf"(?<!{_FIGURE})(?:{_FIGURE}{{2,4}}\s*年\s*)?{_FIGURE}{{1,3}}\s*月\s*{_FIGURE}{{1,3}}\s*[日号](?!{_FIGURE})")
_WORD = re.compile(r"[A-Za-z]+")
_BLANKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
#: A name of ours: a choice's id, an item's code, a flow, a facet, a reason.
_IDENTIFIER = re.compile(r"!?[A-Za-z][A-Za-z0-9]{0,15}(?:[_:.-][A-Za-z0-9]{1,15}){0,4}")


def figures_in(text: str) -> int:
    """How many figures a text holds, in any spelling."""
    return sum(sign in _FIGURES or sign.isnumeric() for sign in text)


class Masks:
    """The masks of one book. Building takes some milliseconds; see `masks_of`."""

    def __init__(self, book: Book) -> None:
        items = [name for item in book.items.items for name in (item.name, *item.aliases, *item.ways)]
        spoken = [word for choice in book.universals for word in (choice.label, *choice.words)]
        flows = [text for flow in book.flows.values() for text in strings(flow.model_dump())]
        self._known = Known([*flows, *book.words.sentences.values(), *spoken, *items, *book.item_phrases, *_common()])
        self._ids = {item.code for item in book.items.items} | set(book.flows)

    def resident(self, text: str, values: Mapping[str, str] | None = None, public: Callable[[], Known] | None = None) -> str:
        """What a resident said or typed. `values`: personal values that are known to us, each with the name of its kind.

        public: what the catalogue adds to the book's own sentences; only made when the text holds anything else.
        """
        return self._masked(text, values or {}, 1 if figures_in(text) >= MANY else LONG_ROW, public)

    def ours(self, text: str, values: Mapping[str, str] | None = None, public: Callable[[], Known] | None = None) -> str:
        """What we said, in the same way."""
        return self._masked(text, values or {}, LONG_ROW, public)

    def name(self, text: str) -> str:
        """A name of ours (the id of a choice, a reason); masked like a resident's words when it does not look like one."""
        if text in self._ids or (_IDENTIFIER.fullmatch(text) and figures_in(text) < LONG_ROW):
            return text
        return self.resident(text)

    def _masked(self, text: str, values: Mapping[str, str], least: int, public: Callable[[], Known] | None) -> str:
        hidden = _masked(text, values, least, self._known)
        return hidden if public is None or HIDDEN not in hidden else _masked(text, values, least, self._known, public())


@cache
def _common() -> tuple[str, ...]:
    """What anybody may say, whatever the book is."""
    plain = yaml.safe_load((Path(__file__).parent / "plain_words.yaml").read_text("utf-8"))
    found = [*(tables.phrases(name) for name in _COMMON), plain]
    return tuple(phrase for table in found for entries in table.values() for phrase in entries)


class Known:
    """Characters that are harmless where they stand: pairs of neighbours, single ones that stand alone, and whole Latin words."""

    def __init__(self, texts: Iterable[str]) -> None:
        found = [_harmless(text) for text in dict.fromkeys(texts)]
        self.pairs, self.alone, self.words = (frozenset().union(*(one[kind] for one in found)) for kind in range(3))


@lru_cache(maxsize=8192)
def _harmless(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Pairs, lone characters and Latin words of a text of ours. The same few texts of the catalogue come at every turn."""
    pairs, alone, words = set[str](), set[str](), set[str]()
    for piece in _BLANKS.split(text):
        words.update(word.lower() for word in _WORD.findall(piece))
        pairs.update(map("".join, pairwise(piece)))
        alone.update(sign for at, sign in enumerate(piece) if _written(sign) and _stands_alone(piece, at))
    return frozenset(pairs), frozenset(alone), frozenset(words)


def _only(text: str, known: tuple[Known, ...]) -> str:
    """The text with everything hidden that is not known. A long row of figures is gone by now; short ones stay."""
    fine = [not _written(sign) or (sign in _FIGURES and sign.isdecimal()) for sign in text]
    for at, pair in enumerate(map("".join, pairwise(text))):
        if any(pair in one.pairs for one in known):
            fine[at] = fine[at + 1] = True
    for at, sign in enumerate(text):
        if not fine[at] and _stands_alone(text, at) and any(sign in one.alone for one in known):
            fine[at] = True
    for word in _WORD.finditer(text):
        fine[word.start() : word.end()] = [any(word.group().lower() in one.words for one in known)] * len(word.group())
    return "".join(sign if kept else HIDDEN for sign, kept in zip(text, fine, strict=True))


def _stands_alone(text: str, at: int) -> bool:
    return not any(_written(sign) and sign not in _FIGURES for sign in text[max(0, at - 1) : at] + text[at + 1 : at + 2])


@lru_cache(maxsize=8192)
def _written(sign: str) -> bool:
    """Whether a character carries meaning: letters, figures, marks; not blanks, punctuation, symbols."""
    return unicodedata.category(sign)[0] in "LNMC" and sign not in "\n\r\t"


def _masked(text: str, values: Mapping[str, str], least: int, *known: Known) -> str:
    pieces: list[tuple[str, bool]] = [(text, False)]
    for value in sorted(values, key=len, reverse=True):
        edge = r"(?<!\d){}(?!\d)" if value.isdecimal() else "{}"
        pieces = _cut(pieces, re.compile(edge.format(re.escape(value))), lambda _, kind=values[value]: kind)
    pieces = _cut(pieces, _DAY, lambda _: "<date>")
    pieces = _cut(pieces, _ROW, lambda row: _kind_of(row) if figures_in(row) >= least else None)
    return "".join(piece if done else _only(piece, known) for piece, done in pieces)


def _cut(pieces: list[tuple[str, bool]], pattern: re.Pattern[str], instead: Any) -> list[tuple[str, bool]]:
    """Pieces with every match replaced; what was replaced is done with. `instead` may keep a match by giving None."""
    cut: list[tuple[str, bool]] = []
    for piece, done in pieces:
        end = 0
        if not done:
            for match in pattern.finditer(piece):
                if (new := instead(match.group())) is not None:
                    cut += [(piece[end : match.start()], False), (new, True)]
                    end = match.end()
        cut.append((piece[end:], done))
    return cut


def _kind_of(row: str) -> str:
    """The name of a row of figures when its shape tells; else as many █ as it has figures."""
    digits = "".join(_FIGURES.get(sign, "X" if sign in "XxＸｘ×叉" else "") for sign in row)
    if len(digits) == case_number.LENGTH and case_number.valid(digits):
        return "<case_number>"
    if len(digits) == 11 and read_mobile(digits).ok:
        return "<mobile>"
    if len(digits) == 18 and read_id_number(digits).ok:
        return "<id_number>"
    return HIDDEN * figures_in(row)


def strings(data: Any) -> Iterable[str]:
    """Every text in plain data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value)


_made: list[tuple[Book, Masks]] = []


def masks_of(book: Book) -> Masks:
    """The masks of a book, kept as long as it is one of the newest two."""
    for made, masks in _made:
        if made is book:
            return masks
    masks = Masks(book)
    _made[:] = [(book, masks), *_made[:1]]
    return masks
