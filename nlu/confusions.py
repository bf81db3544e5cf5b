"""Learns what a recogniser mishears from pairs of what was heard and what was said, as words for `nlu.misheard`.

The two are aligned syllable by syllable. Where one syllable stands for another, the word is the name of a service around it, or what differs
with as much beside it as makes two syllables. Syllables that were lost or added teach nothing, nor does a sentence of which most differs: that
was not misheard but not heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import Levenshtein

from nlu.misheard import LEAST, MOST, Misheard
from nlu.pinyin import fold, pieces, syllables
from nlu.tables import TableError

_MOST_WRONG: Final = 0.5
"""The share of syllables that may differ; more is no mishearing."""

Pair = tuple[str, str]
"""What was heard, and what had been said."""
Span = tuple[int, int]


def learn(pairs: Iterable[Pair], known: Iterable[Misheard] = (), source: str = "", names: Sequence[str] = ()) -> tuple[Misheard, ...]:
    """All rows: those known, with what the pairs add to their times, and new ones; seen most often first. names: of services, see `differences`."""
    rows = {(syllables(row.heard), row.meant): row for row in known}
    for pair in pairs:
        for heard, meant in differences(*pair, names):
            key = (syllables(heard), meant)
            old = rows.get(key)
            try:
                rows[key] = Misheard(old.heard, meant, old.times + 1, old.source) if old else Misheard(heard, meant, 1, source)
            except TableError:  # alike by now, or too long: nothing to be learnt
                continue
    return tuple(sorted(rows.values(), key=lambda row: -row.times))


def differences(heard: str, meant: str, names: Sequence[str] = ()) -> tuple[Pair, ...]:
    """The words that were heard as others: 我要办彼保 and 我要办低保 give (彼保, 低保). What only sounds alike (sounds.tsv) is no difference.

    names: where a difference lies in one of them, the word is the whole name, so that 会议 stands for 婚育 in 会议证明 and nowhere else.
    """
    wrote, said = pieces(heard), pieces(meant)
    one, other = ([fold(syllable) for _, syllable in part] for part in (wrote, said))
    blocks = [block for block in Levenshtein.opcodes(one, other) if block.tag != "equal"]
    wrong = sum(max(block.src_end - block.src_start, block.dest_end - block.dest_start) for block in blocks)
    if wrong > _MOST_WRONG * max(len(one), len(other)):
        return ()
    ahead = 0  # what was said is so many syllables ahead of what was heard
    spans: list[tuple[Span, int]] = []
    edges = [0, len(wrote)]  # no word reaches over lost or added syllables
    for block in blocks:
        if block.tag == "replace" and block.src_end - block.src_start == block.dest_end - block.dest_start:
            spans.append(((block.src_start, block.src_end), ahead))
        else:
            edges += [block.src_start, block.src_end]
        ahead = block.dest_end - block.src_end
    found: list[Pair] = []
    for span, ahead in spans:
        lowest = max(edge for edge in edges if edge <= span[0])
        highest = min(edge for edge in edges if edge >= span[1])
        letters = "".join(piece if len(piece) == 1 else "\0" for piece, _ in said)
        begin, end = _word(span, (lowest, highest), letters, ahead, names)
        if LEAST <= end - begin <= MOST:
            found.append(
                (
                    "".join(piece for piece, _ in wrote[begin:end]),
                    "".join(piece for piece, _ in said[begin + ahead : end + ahead]),
                )
            )
    return tuple(dict.fromkeys(found))


def _word(span: Span, within: Span, said: str, ahead: int, names: Sequence[str]) -> Span:
    """The word around a difference, as positions in what was heard."""
    begin, end = span
    for name in sorted(names, key=len):
        at = said.find(name) - ahead
        if at + ahead >= 0 and within[0] <= at <= begin and end <= at + len(name) <= within[1]:
            return at, at + len(name)
    while end - begin < LEAST and (end < within[1] or begin > within[0]):
        begin, end = (begin, end + 1) if end < within[1] else (begin - 1, end)
    return begin, end
