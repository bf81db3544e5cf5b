"""The service's own ear and turn-taking on recorded sound, with the time that a caller would wait for them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dialogs.contract import Event, Expectation, Garbled, Keys, Silence, Speech
from ivr.contract import BYTES_A_SECOND, Final, Partial
from ivr.hearing.ear import PATIENCE_MS, PATIENCE_NUMBER_MS, PIECE_BYTES, Ear, Model
from ivr.hearing.vocabulary import Grammar, grammar
from ivr.turn import Act, Answer, Ears, Patience, Turn


@dataclass(frozen=True, slots=True)
class HeardAloud:
    """event: what the call gives to the engine. waited_ms: from the end of the last word until then, had the sound come in as it does on a call;
    computed_ms: how much of it the recogniser took beyond listening. Both None where the turn was over otherwise than by an utterance's end."""

    event: Event
    waited_ms: float | None = None
    computed_ms: float | None = None

    @property
    def text(self) -> str:
        """The best reading; "" when there are no words."""
        return self.event.alternatives[0].text if isinstance(self.event, Speech) else ""


class Recogniser:
    """A loaded model with the grammars of the questions it has been asked. fillers: sounds of listening."""

    def __init__(self, folder: Path, fillers: Iterable[str]) -> None:
        self._model, self._ears = Model(folder), Ears(frozenset(fillers))
        self._grammars: dict[tuple[str, ...], Grammar] = {}

    def knows(self, word: str) -> bool:
        """Whether the model has this word."""
        return self._model.knows(word)

    def grammar(self, phrases: tuple[str, ...]) -> Grammar:
        """What the model listens for at a question."""
        if phrases not in self._grammars:
            self._grammars[phrases] = grammar(phrases, self._model.knows)
        return self._grammars[phrases]

    def hear(self, expect: Expectation, sound: bytes, words_end_s: float) -> HeardAloud:
        """What comes of this sound (`line.called`) when it is the answer to this question. words_end_s: where in it the last word is over.

        Sound is given in the pieces in which the service's worker takes it. Each counts as come when a call would have brought it, and as heard
        when the pieces before it and it itself have been computed: so waiting is told as on a call, though nothing is waited for here.
        """
        made = self.grammar(expect.phrases)
        ear = Ear(self._model.recogniser(made), PATIENCE_NUMBER_MS if made.number else PATIENCE_MS)
        turn = Turn(expect, Patience(), self._ears, 0.0)
        turn.prompt_ended(0.0)
        free = 0.0
        for begin in range(0, len(sound), PIECE_BYTES):
            piece = sound[begin : begin + PIECE_BYTES]
            come = (begin + len(piece)) / BYTES_A_SECOND
            started = time.perf_counter()
            heard = list(ear.hear(piece))
            free = max(free, come) + time.perf_counter() - started
            for one in heard:
                event = _answer(turn.partial(one.text, come) if isinstance(one, Partial) else turn.final(one.alternatives, come))
                if event is not None:
                    ended = isinstance(one, Final)
                    return HeardAloud(event, (free - words_end_s) * 1000, (free - come) * 1000) if ended else HeardAloud(event)
        return HeardAloud(_answer(turn.tick(float("inf"))) or Silence())


def _answer(acts: Iterable[Act]) -> Keys | Speech | Silence | Garbled | None:
    return next((act.event for act in acts if isinstance(act, Answer)), None)
