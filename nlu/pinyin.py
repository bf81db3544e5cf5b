"""Sounds: toneless pinyin, and fuzzy pinyin in which sounds that are often confused count as one (`data/fuzzy.yaml`)."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from nlu.tables import TableError, phrases
from nlu.text import clean

_RUNS = re.compile(r"[\u3400-\u9fff\u3007\uf900-\ufaff]+|[a-z0-9]+")


def _table(kind: str) -> tuple[tuple[str, str], ...]:
    rows = []
    for entry in phrases("fuzzy")[kind]:
        before, equals, after = entry.partition("=")
        if not (before and equals and after):
            raise TableError(f"fuzzy.yaml: {kind}: {entry!r} wants from=to")
        rows.append((before, after))
    return tuple(rows)


_INITIALS = _table("initial")
_FINALS = _table("final")
_SYLLABLES = dict(_table("syllable"))


def syllables(text: str) -> tuple[str, ...]:
    """Toneless pinyin, one syllable for each Chinese character; runs of letters or figures stay as they are, all else is dropped."""
    found: list[str] = []
    for run in _RUNS.findall(clean(text)):
        found.extend((run,) if run.isascii() else _spell(run))
    return tuple(found)


def fuzzy(text: str) -> tuple[str, ...]:
    """`syllables` with confusable sounds made one."""
    return tuple(fold(syllable) for syllable in syllables(text))


@lru_cache(maxsize=2048)
def fold(syllable: str) -> str:
    """One syllable with confusable sounds made one: zheng and zen give zen, huang and fan give fan."""
    if not syllable.isascii() or not syllable.isalpha():
        return syllable
    for before, after in _INITIALS:
        if syllable.startswith(before):
            syllable = after + syllable[len(before) :]
            break
    for before, after in _FINALS:
        if syllable.endswith(before):
            syllable = syllable[: -len(before)] + after
            break
    return _SYLLABLES.get(syllable, syllable)


@lru_cache(maxsize=4096)
def _spell(run: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(run, style=Style.NORMAL, errors=_one_by_one))  # type: ignore[arg-type]  # its annotation forgets that a list is taken too


def _one_by_one(characters: str) -> list[str]:
    """Characters without a known sound stand for themselves, so that syllables and characters stay aligned."""
    return list(characters)
