"""The process that hears: loads a Vosk model once and serves many calls, each in a thread of its own (Vosk gives up Python's lock).

python -m ivr.hearing.worker MODEL        frames on stdin and stdout; their kinds are in messages.py
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import time
from collections import OrderedDict
from pathlib import Path

from ivr import pipes
from ivr.contract import BYTES_A_SECOND, Partial
from ivr.hearing import messages
from ivr.hearing.ear import PATIENCE_MS, PATIENCE_NUMBER_MS, Ear, Model
from ivr.hearing.memory import memory_of
from ivr.hearing.vocabulary import Grammar, grammar, unheard

#: Sound that waits longer than this is no conversation any more: the machine cannot keep up, and the call goes on by keys.
MOST_BEHIND_S = 12
MOST_GRAMMARS = 256


class Grammars:
    """Grammars made from phrases, kept: the same questions come again and again."""

    def __init__(self, model: Model) -> None:
        self._model, self._made, self._lock = model, OrderedDict[tuple[str, ...], Grammar](), threading.Lock()

    def of(self, phrases: tuple[str, ...]) -> Grammar:
        """For these phrases."""
        with self._lock:
            made = self._made.get(phrases)
            if made is None:
                made = self._made[phrases] = grammar(phrases, self._model.knows)
            self._made.move_to_end(phrases)
            while len(self._made) > MOST_GRAMMARS:
                self._made.popitem(last=False)
            return made


class Stream:
    """One call. Messages are taken in order by its thread; `behind` is how much sound waits."""

    def __init__(self, number: int, model: Model, grammars: Grammars, end: pipes.WorkerEnd) -> None:
        self._number, self._model, self._grammars, self._end = number, model, grammars, end
        self._waiting: queue.SimpleQueue[pipes.Frame] = queue.SimpleQueue()
        self._behind, self._counting = 0, threading.Lock()
        self._ear: Ear | None = None
        self._question = 0
        threading.Thread(target=self._serve, name=f"stream-{number}", daemon=True).start()

    def give(self, message: pipes.Frame) -> None:
        """From the main thread."""
        if message.kind == messages.SOUND:
            with self._counting:
                self._behind += len(message.body)
        self._waiting.put(message)

    def _serve(self) -> None:
        try:
            while (message := self._waiting.get()).kind != messages.CLOSE:
                self._take(message)
        except Exception as wrong:
            self._end.write(pipes.frame(messages.BROKEN, self._number, reason=f"{type(wrong).__name__}: {wrong}"))
        finally:
            self._ear = None

    def _take(self, message: pipes.Frame) -> None:
        if message.kind == messages.BEGIN:
            self._begin(messages.Begin.of(message))
        elif message.kind == messages.END:
            self._ear = None
        elif message.kind == messages.SOUND:
            with self._counting:
                self._behind -= len(message.body)
            if self._behind > MOST_BEHIND_S * BYTES_A_SECOND:
                raise TimeoutError(f"recognition is more than {MOST_BEHIND_S} s behind the call")
            if self._ear is not None:
                for heard in self._ear.hear(message.body):
                    if isinstance(heard, Partial):
                        self._end.write(pipes.frame(messages.PARTIAL, self._number, question=self._question, text=heard.text))
                    else:
                        self._end.write(pipes.frame(messages.FINAL, self._number, question=self._question, alternatives=heard.alternatives))

    def _begin(self, begin: messages.Begin) -> None:
        made = self._grammars.of(begin.phrases)
        patience = begin.patience_ms or (PATIENCE_NUMBER_MS if made.number else PATIENCE_MS)
        self._question = begin.question
        self._ear = Ear(self._model.recogniser(made), patience)
        self._end.write(
            pipes.frame(messages.GRAMMAR, self._number, question=begin.question, unheard=made.unheard, entries=len(made.entries))
        )


def main(folder: str) -> None:
    """Serves until the parent closes the pipe."""
    end = pipes.worker_end()
    begin = time.monotonic()
    try:
        model = Model(Path(folder))
        model.recogniser(Grammar())  # the first one allocates what all share
    except Exception as wrong:
        end.write(pipes.frame(messages.FAILED, reason=f"{type(wrong).__name__}: {wrong}"))
        return
    grammars = Grammars(model)
    ready = messages.Ready(Path(folder).name, model.dynamic, round(time.monotonic() - begin, 2), memory_of())
    end.write(ready.frame())
    streams: dict[int, Stream] = {}
    while (message := end.read()) is not None:
        if message.kind == messages.OPEN:
            streams[message.number] = Stream(message.number, model, grammars, end)
        elif message.kind == messages.EXAMINE:
            lost = unheard(message.json["phrases"], model.knows)
            end.write(pipes.frame(messages.EXAMINED, message.number, unheard=lost))
        elif (stream := streams.get(message.number)) is not None:
            stream.give(message)
            if message.kind == messages.CLOSE:
                del streams[message.number]


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # threads may be inside the recogniser: no destructors under them
