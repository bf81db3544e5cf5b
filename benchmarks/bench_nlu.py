"""How well and how fast services are found in sentences, beside rapidfuzz alone on the same sentences in the same run.

    make bench-nlu

Prints, for each kind of sentence of tests/unit/nlu/catalogue.yaml: right service first, among three, sure and right, sure and wrong, and
refused; then names whose characters were replaced by homophones or lost; then µs a query for the sample and for 400 services.
rapidfuzz alone: WRatio and ratio of the sentence to every name, alias and way, with the cut-off named in the row; it knows no "near", so what it
accepts counts as sure.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import yaml
from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz, process

from nlu.items import Found, Item, ItemIndex

CATALOGUE = Path(__file__).parent.parent / "tests" / "unit" / "nlu" / "catalogue.yaml"
Guess = tuple[list[str], bool]
"""Codes, best first, and whether the first is taken as sure."""


def ours(index: ItemIndex, heard: bool) -> Callable[[str], Guess]:
    def guess(text: str) -> Guess:
        found: Found = index.find([text], heard)
        return [candidate.code for candidate in found.candidates], found.verdict == "sure"

    return guess


def theirs(items: list[Item], scorer: Callable[..., float], accept: float) -> Callable[[str], Guess]:
    names = [(name, item.code) for item in items for name in (item.name, *item.aliases, *item.ways)]
    texts = [name for name, _ in names]

    def guess(text: str) -> Guess:
        best = process.extract(text, texts, scorer=scorer, limit=12, score_cutoff=accept)
        return list(dict.fromkeys(names[at][1] for _, _, at in best))[:3], bool(best)

    return guess


def report(title: str, rows: list[tuple[str, str]], guess: Callable[[str], Guess]) -> None:
    count: dict[str, int] = defaultdict(int)
    for text, wanted in rows:
        codes, sure = guess(text)
        count["first"] += bool(wanted) and codes[:1] == [wanted]
        count["three"] += bool(wanted) and wanted in codes
        count["sure right"] += sure and bool(wanted) and codes[:1] == [wanted]
        count["sure wrong"] += sure and codes[:1] != [wanted]
        count["refused"] += not wanted and not codes
    ours_count, others = sum(bool(wanted) for _, wanted in rows), sum(not wanted for _, wanted in rows)
    found = f"first {count['first']}/{ours_count}  of three {count['three']}/{ours_count}" if ours_count else ""
    refused = f"refused {count['refused']}/{others}" if others else ""
    print(f"  {title:34}{found:34}{refused:16}surely right {count['sure right']}, wrong {count['sure wrong']}")


def noised(name: str, chance: random.Random, replaced: float, lost: float) -> str:
    """A name as a recogniser might write it: characters replaced by homophones of the same toneless pinyin, or lost."""
    kept = [
        chance.choice(HOMOPHONES[sound]) if chance.random() < replaced else char for char, sound in spelled(name) if chance.random() >= lost
    ]
    return "我想办" + "".join(kept)


def spelled(text: str) -> list[tuple[str, str]]:
    return list(zip(text, lazy_pinyin(text, style=Style.NORMAL), strict=True))


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


def microseconds(guess: Callable[[str], Guess], texts: list[str]) -> float:
    for text in texts:
        guess(text)
    start = time.perf_counter()
    for text in texts:
        guess(text)
    return (time.perf_counter() - start) / len(texts) * 1e6


HOMOPHONES = homophones()


def main() -> None:
    data = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    items = [Item(one["code"], one["name"], tuple(one["aliases"]), tuple(one["ways"])) for one in data["items"]]
    index = ItemIndex(items)
    chance = random.Random(1)
    names = [(name, item.code) for item in items for name in (item.name, *item.aliases) if len(name) >= 3]
    kinds = {kind: [(text, code) for text, code in data[kind]] for kind in ("standard", "colloquial", "heard", "fresh")}
    kinds |= {kind: [(text, "") for text in data[kind]] for kind in ("out_of_scope", "not_ours")}
    for replaced, lost in ((0.4, 0.0), (0.0, 0.3), (0.3, 0.3)):
        kinds[f"homophones {replaced:.0%}, lost {lost:.0%}"] = [
            (noised(name, chance, replaced, lost), code) for name, code in names for _ in range(3)
        ]
    matchers = [
        ("nlu, heard", ours(index, heard=True)),
        ("nlu, typed", ours(index, heard=False)),
        ("rapidfuzz WRatio from 60", theirs(items, fuzz.WRatio, 60)),
        ("rapidfuzz ratio from 50", theirs(items, fuzz.ratio, 50)),
    ]
    for kind, rows in kinds.items():
        print(f"{kind} ({len(rows)})")
        for title, guess in matchers:
            report(title, rows, guess)
    texts = [text for rows in kinds.values() for text, _ in rows]
    many = items + [
        Item(f"X{number}", "".join(chance.choice(name) for name, _ in chance.sample(names, 7)) + "证") for number in range(400 - len(items))
    ]
    large = ItemIndex(many)
    print("µs a query")
    for title, guess in [
        *matchers,
        ("nlu, heard, 400 services", ours(large, heard=True)),
        ("rapidfuzz WRatio, 400 services", theirs(many, fuzz.WRatio, 60)),
    ]:
        print(f"  {title:34}{microseconds(guess, texts):8.0f}")


if __name__ == "__main__":
    main()
