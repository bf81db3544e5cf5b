"""Sounds: toneless pinyin, and fuzzy pinyin in which sounds that are often confused count as one (`data/sounds.tsv`)."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from nlu.sounds import Folding, Sound, sounds
from nlu.tables import TableError
from nlu.text import clean

_RUNS = re.compile(r"[\u3400-\u9fff\u3007\uf900-\ufaff]+|[a-z0-9]+")


def syllables(text: str) -> tuple[str, ...]:
    """Toneless pinyin, one syllable for each Chinese character; runs of letters or figures stay as they are, all else is dropped."""
    found: list[str] = []
    for run in _RUNS.findall(clean(text)):
        found.extend((run,) if run.isascii() else _spell(run))
    return tuple(found)


def fuzzy(text: str) -> tuple[str, ...]:
    """`syllables` with confusable sounds made one."""
    return tuple(fold(syllable) for syllable in syllables(text))


def pieces(text: str) -> tuple[tuple[str, str], ...]:
    """Each Chinese character with its syllable, and each run of letters or figures with itself, in order."""
    found: list[tuple[str, str]] = []
    for run in _RUNS.findall(clean(text)):
        found.extend(((run, run),) if run.isascii() else zip(run, _spell(run), strict=True))
    return tuple(found)


@lru_cache(maxsize=4096)
def _spell(run: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(run, style=Style.NORMAL, errors=_one_by_one))  # type: ignore[arg-type]  # its annotation forgets that a list is taken too


def _one_by_one(characters: str) -> list[str]:
    """Characters without a known sound stand for themselves, so that syllables and characters stay aligned."""
    return list(characters)


def proven(rows: tuple[Sound, ...], name: str = "sounds.tsv") -> Folding:
    """The used rows, ready to fold. Raises TableError for a row whose example is not one sound by it."""
    for row in rows:
        others = tuple(other for other in rows if other.use and other is not row)
        if len(made := _sounds(row, Folding((*others, row)))) != 1:
            raise TableError(
                f"{name}:{row.line}: example {'/'.join(row.example)}: is still {' and '.join(sorted(made))} with this line; mend one"
            )
    return Folding(row for row in rows if row.use)


def _sounds(row: Sound, folding: Folding) -> set[str]:
    return {" ".join(map(folding.fold, syllables(word))) for word in row.example}


_FOLDING = proven(sounds())
fold = lru_cache(maxsize=2048)(_FOLDING.fold)
"""One syllable with confusable sounds made one: zheng and zen give zen, huang and fan give fan."""
