"""The peers: BM25 on words, and rapidfuzz, on the same names and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rapidfuzz import process

from nlu.items import Item

Ranked = list[tuple[str, float]]
"""Codes with scores, best first, at least the best three."""
Matcher = Callable[[str], Ranked]
_LOOKED_AT = 30


def _phrases(items: Iterable[Item]) -> tuple[list[str], list[str]]:
    rows = [(text, item.code) for item in items for text in (item.name, *item.aliases, *item.ways)]
    return [text for text, _ in rows], [code for _, code in rows]


def _best(pairs: Iterable[tuple[str, float]]) -> Ranked:
    best: dict[str, float] = {}
    for code, score in pairs:
        best.setdefault(code, score)
    return list(best.items())


def by_letters(items: Iterable[Item], scorer: Callable[..., float]) -> Matcher:
    """rapidfuzz: the phrase most alike counts for its service."""
    texts, codes = _phrases(items)

    def match(text: str) -> Ranked:
        return _best((codes[at], score) for _, score, at in process.extract(text, texts, scorer=scorer, limit=_LOOKED_AT))

    return match


def by_words(items: Iterable[Item]) -> Matcher | None:
    """BM25 on words (bm25s with jieba); None where these are not installed."""
    try:
        import bm25s
        import jieba
    except ImportError:
        return None
    jieba.setLogLevel(60)
    texts, codes = _phrases(items)
    index = bm25s.BM25()
    index.index([jieba.lcut(text) for text in texts], show_progress=False)

    def match(text: str) -> Ranked:
        words = [word for word in jieba.lcut(text) if word in index.vocab_dict]
        if not words:
            return []
        found, scores = index.retrieve([words], k=_LOOKED_AT, show_progress=False)
        return _best((codes[at], float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0)

    return match
