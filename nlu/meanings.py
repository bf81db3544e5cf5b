"""Everyday words that mean alike (`data/meanings.yaml`): how a sentence is found by what it tells when it has no word of the service."""

from __future__ import annotations

from nlu.tables import phrases


def _labels() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for label, words in phrases("meanings").items():
        for word in words:
            found[word.lower()] = (*found.get(word.lower(), ()), label)
    return found


_LABELS = _labels()
_LONGEST = max(map(len, _LABELS))


def meanings(words: str) -> tuple[str, ...]:
    """The labels of what a text without punctuation tells of, as often as it does.

    At each character the longest known word counts; words may overlap, because where one ends is not known without cutting the sentence up, and
    cutting goes wrong on what recognisers write.
    """
    found: list[str] = []
    size = len(words)
    for at in range(size):
        for length in range(min(_LONGEST, size - at), 0, -1):
            if labels := _LABELS.get(words[at : at + length]):
                found.extend(labels)
                break
    return tuple(found)
