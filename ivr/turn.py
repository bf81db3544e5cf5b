"""Who speaks when, for one question: pure, on a time line given from outside, so that every rule can be tried without waiting.

Rules, and the complaints behind them (coughs and "嗯" kill prompts; the prompt's own echo does; a false interruption loses the sentence):
- A key always stops the prompt, at once.
- Speech stops it as soon as the recogniser has a word in it that is not a mere sound of listening; noise alone never does.
- When such speech comes to nothing, the prompt is taken up again from the sentence that was cut, twice at most.
- Keys and speech answer the same question; whichever is finished first is the answer. Who has begun to type is not overheard.
- Silence counts from the end of the prompt, and starts anew when somebody hums.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dialogs.contract import Alternative, Expectation, Garbled, Keys, Silence, Speech
from ivr.keys import Done, KeyTimes, press, rule_for


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, but for `resumes`.

    silence: after the prompt, for an answer to begin (ISO/IEC 13714: 3 to 10 s); silence_slow for numbers, which are looked for first.
    more: added to these for who asked for slower speech (what callers over 65 asked a government voice bot for, by its vendor's account).
    longest_speech: a recogniser that never ends an utterance is not waited for (Home Assistant and Lex: 13 to 15 s).
    late_hash: a # this soon after a number that was complete without it is dropped.
    resumes: how often one question's prompt is taken up again after false interruptions.
    """

    silence: float = 8.0
    silence_slow: float = 12.0
    more: float = 1.5
    longest_speech: float = 15.0
    late_hash: float = 3.0
    resumes: int = 2
    keys: KeyTimes = field(default_factory=KeyTimes)


@dataclass(frozen=True, slots=True)
class StopPrompt:
    """Flush what is being said, keep the place."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Say on, from the sentence that was cut."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The question is over. `full`: see `ivr.keys.Done`."""

    event: Keys | Speech | Silence | Garbled
    full: bool = False


Act = StopPrompt | Resume | Answer


@dataclass(frozen=True, slots=True)
class Ears:
    """What counts as words. fillers: sounds of listening, from the words of the telephone."""

    fillers: frozenset[str]

    def words_in(self, text: str) -> str:
        """The text without fillers, unknowns and spaces; "" when nothing was said."""
        kept = [word for word in text.replace("[unk]", " ").replace("<unk>", " ").split() if word not in self.fillers]
        return "".join(kept)


class Turn:
    """One question, from its first sound to its answer. Every method takes the moment (seconds) and tells what to do.

    slow: the caller asked for slower speech, and gets more time.
    """

    def __init__(self, expect: Expectation, patience: Patience, ears: Ears, now: float, *, slow: bool = False) -> None:
        self.prompting = True
        self.typed = ""
        self._rule = rule_for(expect, patience.keys)
        self._patience, self._ears = patience, ears
        self._silence = patience.silence_slow if expect.slow else patience.silence
        if slow:
            self._silence += patience.more
        self._wake: float | None = None
        self._speaking_since: float | None = None
        self._interrupted = False
        self._resumes = 0

    @property
    def wake_at(self) -> float | None:
        """When `tick` is to be called; None while only the caller or the prompt can bring this on."""
        return self._wake

    def key(self, digit: str, now: float) -> tuple[Act, ...]:
        """A key was pressed."""
        acts = self._stop()
        self._speaking_since, self._interrupted = None, False
        match press(self._rule, self.typed, digit):
            case Done(keys, full):
                return (*acts, Answer(Keys(keys), full))
            case more:
                self.typed = more.typed
                self._wake = now + (more.wait if more.typed else self._silence)
                return acts

    def partial(self, text: str, now: float) -> tuple[Act, ...]:
        """Part of an utterance."""
        if self.typed or not self._ears.words_in(text):
            return ()
        self._interrupted = self._interrupted or self.prompting
        acts = self._stop()
        if self._speaking_since is None:
            self._speaking_since = now
        self._wake = self._speaking_since + self._patience.longest_speech
        return acts

    def final(self, alternatives: tuple[tuple[str, float], ...], now: float) -> tuple[Act, ...]:
        """An utterance has ended."""
        self._speaking_since = None
        if self.typed:
            return ()
        said = tuple(Alternative(" ".join(text.split()), score) for text, score in alternatives if self._ears.words_in(text))
        if said:
            return (*self._stop(), Answer(Speech(said)))
        if self._interrupted and self._resumes < self._patience.resumes:
            self._interrupted, self.prompting = False, True
            self._resumes += 1
            self._wake = None
            return (Resume(),)
        if self.prompting:
            return ()
        if any(text.replace("[unk]", "").strip() for text, _ in alternatives):  # hums: thinking, not answering
            self._wake = now + self._silence
            return ()
        return (Answer(Garbled()),)

    def deaf(self, now: float) -> tuple[Act, ...]:
        """The recogniser is gone; who was speaking will not be understood."""
        if self._speaking_since is None:
            return ()
        self._speaking_since = None
        return (Answer(Garbled()),)

    def prompt_ended(self, now: float) -> tuple[Act, ...]:
        """Everything has been said."""
        self.prompting = False
        if self._wake is None:
            self._wake = now + self._silence
        return ()

    def tick(self, now: float) -> tuple[Act, ...]:
        """Time has passed."""
        if self._wake is None or now < self._wake:
            return ()
        self._wake = None
        if self.typed:
            return (Answer(Keys(self.typed)),)
        return (Answer(Garbled() if self._speaking_since is not None else Silence()),)

    def _stop(self) -> tuple[Act, ...]:
        if not self.prompting:
            return ()
        self.prompting = False
        return (StopPrompt(),)
