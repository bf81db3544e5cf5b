"""From what may be answered to what a recogniser can listen for.

A grammar may only hold words of the loaded model: others are dropped by the recogniser with no more than a log line (vosk-api #1719, #746,
#600), an empty one ends the process. So phrases are cut into the model's words here, and what cannot be heard is reported. The rules for
[unk], digit pairs and homophones come from measurements of the trial model (its README) and hold for any small model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from pypinyin import lazy_pinyin

#: Says whether the model has a word.
Known = Callable[[str], bool]

UNKNOWN = "[unk]"
DIGITS = "零一二三四五六七八九幺"
#: Words are at most so long; phrases longer than this are no answers but sentences, and are left out.
LONGEST_WORD, LONGEST_PHRASE = 12, 40
#: More phrases than these in one question are cut off: a grammar that large only makes mistakes likelier.
MOST_PHRASES = 2000
#: From so many digits among the phrases on, a number is asked for.
DIGITS_MEAN_NUMBER = 8
#: From so many names of services on, people speak in sentences, so that the small words around names are offered too.
NAMES_MEAN_SENTENCES = 3
#: So many names are also offered behind the words before them (a grammar of some thousand entries still compiles in milliseconds).
MOST_NAMES = 300


@dataclass(frozen=True, slots=True)
class Grammar:
    """entries: what is given to the recogniser, words separated by spaces; empty means anything the model knows.

    unheard: phrases with a part that no word of the model covers. merged: phrases left out because another one sounds the same.
    number: digits are asked for, so the caller deserves a longer silence before the turn counts as over.
    """

    entries: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    number: bool = False

    @property
    def json(self) -> str:
        """As the recogniser takes it: always a non-empty list of strings. Raises ValueError when there are no entries."""
        if not self.entries:
            raise ValueError("an empty grammar would end the recogniser's process")
        return json.dumps(list(self.entries), ensure_ascii=False)


def segment(phrase: str, known: Known) -> tuple[str, ...] | None:
    """The fewest words of the model that make up the phrase (long ones first among equals); None when there are none that do.

    Punctuation and spaces are ignored, figures are read one by one. Latin letters and other signs cannot be heard.
    """
    plain = re.sub(r"[\s，。！？、；：,.!?;:“”\"'（）()《》·-]", "", phrase)
    plain = re.sub(r"[0-9]", lambda m: DIGITS[int(m[0])], plain)
    if not plain or len(plain) > LONGEST_PHRASE or not all("\u4e00" <= c <= "\u9fff" for c in plain):
        return None
    best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 0, ())] + [None] * len(plain)
    for end in range(1, len(plain) + 1):
        for begin in range(max(0, end - LONGEST_WORD), end):
            before = best[begin]
            if before is None:
                continue
            word = plain[begin:end]
            if known(word):
                way = (before[0] + 1, before[1] - len(word) ** 2, (*before[2], word))
                now = best[end]
                if now is None or way[:2] < now[:2]:
                    best[end] = way
    return None if best[-1] is None else best[-1][2]


def unheard(phrases: Iterable[str], known: Known) -> tuple[str, ...]:
    """Those that this model can never give back."""
    return tuple(phrase for phrase in phrases if segment(phrase, known) is None)


def grammar(phrases: Iterable[str], known: Known) -> Grammar:
    """What to listen for when these may be said. No phrase that can be heard at all gives an empty grammar: anything is then listened for."""
    small = _small_words()
    entries: dict[str, None] = {}
    lost: list[str] = []
    for phrase in list(dict.fromkeys(phrases))[:MOST_PHRASES]:
        words = segment(phrase, known)
        if words is None:
            lost.append(phrase)
        else:
            entries[" ".join(words)] = None
    number = sum(1 for entry in entries if entry in DIGITS) >= DIGITS_MEAN_NUMBER
    entries = {entry: None for entry in entries if not _says_no_more(entry, entries, small.light, number)}
    names = [] if number else [entry for entry in entries if entry.endswith(small.name_endings)]
    if len(names) >= NAMES_MEAN_SENTENCES:
        entries |= dict.fromkeys(word for word in small.around_names if known(word))
        entries |= dict.fromkeys(f"{word} {name}" for word in small.before_names if known(word) for name in names[:MOST_NAMES])
    kept, merged = _one_of_each_sound(entries, first=DIGITS if number else "")
    if number:
        digits = [entry for entry in kept if entry in DIGITS]
        # Beside the single digits, or every digit after the first would cost extra (measured: trial model's README).
        kept += [f"{a} {b}" for a in digits for b in digits]
    # [unk] catches what was not offered. With the trial model, on clean lines it costs nothing and turns away most foreign speech; at 10 dB of
    # noise it turns away half of what was meant too: the caller is then asked again and shown the keys, which harms less than a wrong turn.
    # Among digits it swallows digits (models/vosk-trial-cn/README.md), so it stays out there.
    if kept and known(UNKNOWN) and not number:
        kept.append(UNKNOWN)
    return Grammar(tuple(kept), tuple(lost), merged, number)


def _says_no_more(entry: str, entries: Iterable[str], light: frozenset[str], number: bool) -> bool:
    """Whether an entry of several words is another one with light words around it; beside digits, whether it has light words at all.

    A grammar is no list of sentences to the recogniser but a model of which word follows which: 有 人工 吗 lets 有 be heard for 六 anywhere.
    """
    words = entry.split(" ")
    heavy = [word for word in words if word not in light]
    if len(heavy) == len(words) or len(words) == 1:
        return False
    return number or " ".join(heavy) in entries


def _one_of_each_sound(entries: Iterable[str], first: str) -> tuple[list[str], tuple[str, ...]]:
    """Of entries that differ only in tone (是 十, 要 幺) the first is kept; the characters of `first` come before all others."""
    sounds: dict[str, str] = {}
    merged = []
    for entry in sorted(entries, key=lambda e: 0 if e in first else 1):
        sound = "".join(lazy_pinyin(entry.replace(" ", ""))) if entry != "幺" else "yao"
        if sound in sounds:
            merged.append(entry)
        else:
            sounds[sound] = entry
    return list(sounds.values()), tuple(merged)


def confusable(phrases: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Pairs that differ only in tone, so that no small model tells them apart: for checking flows."""
    seen: dict[str, str] = {}
    pairs = []
    for phrase in dict.fromkeys(phrases):
        sound = " ".join("yao" if c == "幺" else "".join(lazy_pinyin(c)) for c in phrase)
        if sound in seen:
            pairs.append((seen[sound], phrase))
        else:
            seen[sound] = phrase
    return tuple(pairs)


class _SmallWords(NamedTuple):
    around_names: tuple[str, ...]
    before_names: tuple[str, ...]
    name_endings: tuple[str, ...]
    light: frozenset[str]


@cache
def _small_words() -> _SmallWords:
    lists = yaml.safe_load((Path(__file__).parent / "small_words.yaml").read_text("utf-8"))
    return _SmallWords(
        tuple(lists["around_names"].split()),
        tuple(lists["before_names"].split()),
        tuple(lists["name_endings"].split()),
        frozenset(lists["light"].split()),
    )


def words_of(model: Path) -> Known | None:
    """The words of a model that lists them in graph/words.txt; None for one that keeps them inside its graph (ask its worker then)."""
    path = model / "graph" / "words.txt"
    if not path.is_file():
        return None
    words = frozenset(line.split(" ")[0] for line in path.read_text("utf-8").splitlines() if line)
    return words.__contains__
