"""Names as a bad line or a bad recogniser leaves them: characters replaced by homophones, or lost."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import cache

from pypinyin import Style, lazy_pinyin

from benchmarks.meaning.sentences import Sentence
from nlu.items import Item

LEVELS = ((0.4, 0.0), (0.0, 0.3), (0.3, 0.3))
"""Shares of characters replaced and lost."""


@cache
def homophones() -> dict[str, list[str]]:
    """The 3,755 commonest characters (first level of GB 2312) by sound."""
    table: dict[str, list[str]] = defaultdict(list)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                char = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            table[lazy_pinyin(char, style=Style.NORMAL)[0]].append(char)
    return table


def noised(items: list[Item], seed: int = 1) -> list[Sentence]:
    """我想办 and each official name, at each level."""
    chance = random.Random(seed)
    found = []
    for replaced, lost in LEVELS:
        for item in items:
            pairs = zip(item.name, lazy_pinyin(item.name, style=Style.NORMAL, errors=list), strict=True)
            kept = [(char, sound) for char, sound in pairs if chance.random() >= lost]
            name = "".join(chance.choice(homophones().get(sound, [char])) if chance.random() < replaced else char for char, sound in kept)
            found.append(Sentence(f"names, {replaced:.0%} replaced, {lost:.0%} lost", (item.code,), f"我想办{name}"))
    return found
