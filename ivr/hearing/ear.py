"""One call's recogniser inside the worker: the only place where Vosk is touched.

Vosk 0.3.45 ends its whole process when a grammar is set while sound is under way, when a grammar is no non-empty JSON list, or with a handle
that is gone (measured). None of these can be asked for here: each question gets a fresh recogniser (under 1 ms with the trial model, 75-160 ms
with the official small one, while sound waits in a queue), a grammar comes from `vocabulary.Grammar` alone, and sound is whole samples in bytes.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from ivr.contract import RATE, Final, Partial
from ivr.hearing.turn_end import TurnEnd, levels_db
from ivr.hearing.vocabulary import UNKNOWN, Grammar

#: How many readings of an utterance are given on; a check digit or a look-up may find the right one behind the first.
ALTERNATIVES = 6
#: Patience before a turn counts as over, ms of quiet: for words; for numbers, which people read out in groups.
PATIENCE_MS, PATIENCE_NUMBER_MS = 700, 1200
#: Sound is given to the recogniser in pieces of 60 ms.
PIECE_BYTES = 960


class Recogniser(Protocol):
    """What we use of vosk.KaldiRecognizer."""

    def AcceptWaveform(self, data: bytes) -> int: ...  # noqa: N802
    def Result(self) -> str: ...  # noqa: N802
    def PartialResult(self) -> str: ...  # noqa: N802
    def FinalResult(self) -> str: ...  # noqa: N802
    def SetMaxAlternatives(self, most: int) -> None: ...  # noqa: N802


class Model:
    """A loaded Vosk model. Raises OSError for a folder that is none."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "am" / "final.mdl").is_file() and not (folder / "final.mdl").is_file():
            raise OSError(f"{folder.name} is no Vosk model: it has no am/final.mdl")
        import vosk

        vosk.SetLogLevel(-1)
        self._vosk = vosk
        self._model = vosk.Model(str(folder))
        # A static graph ignores grammars without a word (facts of vosk-api): it always listens for everything.
        self.dynamic = any((folder / at / "HCLr.fst").is_file() for at in ("graph", "."))

    def knows(self, word: str) -> bool:
        """Whether the model has this word."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def recogniser(self, grammar: Grammar) -> Recogniser:
        """A fresh recogniser for one question."""
        if self.dynamic and grammar.entries:
            made = self._vosk.KaldiRecognizer(self._model, RATE, grammar.json)
        else:
            made = self._vosk.KaldiRecognizer(self._model, RATE)
        made.SetMaxAlternatives(ALTERNATIVES)
        recogniser: Recogniser = made
        return recogniser


class Ear:
    """Hears the answers to one question. Sound in, what was heard out; nothing here waits or knows the clock."""

    def __init__(self, recogniser: Recogniser, patience_ms: int) -> None:
        self._recogniser, self._turn = recogniser, TurnEnd(patience_ms)
        self._stretches: list[list[tuple[str, float]]] = []
        self._said = ""
        self._rest = b""

    def hear(self, pcm: bytes) -> Iterable[Partial | Final]:
        """Takes sound (any number of bytes), gives what came of it in order."""
        self._rest += pcm
        while len(self._rest) >= PIECE_BYTES:
            piece, self._rest = self._rest[:PIECE_BYTES], self._rest[PIECE_BYTES:]
            yield from self._piece(piece)

    def _piece(self, piece: bytes) -> Iterable[Partial | Final]:
        self._turn.hear(levels_db(piece))
        if self._recogniser.AcceptWaveform(piece):
            self._take(self._recogniser.Result())
            self._turn.recogniser_ended()
            now = ""
        else:
            now = _clean(json.loads(self._recogniser.PartialResult()).get("partial", ""))
        said = "".join(stretch[0][0] for stretch in self._stretches) + now
        if said:
            changed = said != self._said
            self._said = said
            self._turn.words(changed)
            if changed:
                yield Partial(said)
        if self._turn.over:
            self._take(self._recogniser.FinalResult())
            yield Final(combine(self._stretches))
            self._stretches, self._said = [], ""
            self._turn.start()

    def _take(self, result: str) -> None:
        stretch = readings(json.loads(result))
        if stretch:
            self._stretches.append(stretch)


def _clean(text: str) -> str:
    """The words of a reading run together, as Chinese is written, without the [unk]s."""
    return "".join(word for word in text.split() if word != UNKNOWN)


def readings(result: dict[str, Any]) -> list[tuple[str, float]]:
    """The readings of one stretch of sound, best first, with shares that add up to 1; none when the best of them has no words.

    Vosk's scores are logarithms of likelihood: shares are their exponentials among the readings given.
    """
    found = [(_clean(a.get("text", "")), float(a.get("confidence", 0.0))) for a in result.get("alternatives", ())]
    if not found or not found[0][0]:
        return []
    best = max(score for _, score in found)
    weights: dict[str, float] = {}
    for text, score in found:
        weights[text] = weights.get(text, 0.0) + math.exp(max(-50.0, score - best))
    whole = sum(weights.values())
    return sorted(((text, weight / whole) for text, weight in weights.items() if text), key=lambda reading: -reading[1])


def combine(stretches: list[list[tuple[str, float]]]) -> tuple[tuple[str, float], ...]:
    """The best readings of an utterance of several stretches (somebody paused in the middle of a number)."""
    whole: list[tuple[str, float]] = [("", 1.0)] if stretches else []
    for stretch in stretches:
        whole = [(a + b, p * q) for (a, p), (b, q) in itertools.product(whole, stretch[:ALTERNATIVES])]
        whole = sorted(whole, key=lambda reading: -reading[1])[: ALTERNATIVES * 2]
    return tuple((text, round(share, 4)) for text, share in whole[:ALTERNATIVES])
