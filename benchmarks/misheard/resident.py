"""A resident who wants one service, says so, listens to what is said back, and goes on until it is applied for or a person is asked for.

They take no wrong name: 都不是 or 不是 to one, 申请 and the last 是的 only behind the right one. All words that decide something go over the line and
through the recogniser too, so that a 不是 may be misheard as well. Only what is no speech is certain: keys, pressed where words were not understood
twice, to pick from a list, and for the answers of the form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from benchmarks.misheard.hearing import HeardAloud
from benchmarks.misheard.utterances import Utterance
from dialogs.book import Book
from dialogs.contract import Budget, Event, Expectation, Keys, Wants
from dialogs.engine import advance, begin
from dialogs.heard import Asks, Began, Command, Heard, Near, Value
from dialogs.outcome import Do, HandOver, Turn, Wait
from dialogs.outcome import End as Ended
from dialogs.question import expectation, question
from dialogs.reading import read
from dialogs.tools.explore import after
from dialogs.tools.inputs import Kind, answers
from dialogs.tools.sample import Records

NONE, NO, YES, APPLY, OTHER = "都不是", "不是", "是的", "申请", "换一件事"
WORDS = (NONE, NO, YES, APPLY, OTHER)
"""All that this resident says beside the sentence and the name."""
TRIES = 2
"""So often a word is said before its key is pressed, and so often the name is said before a person is asked for."""
MOST_TURNS = 60
OPEN = ("wish", "service_item")
NOW = 1_795_410_000.0
"""Monday, 23 November 2026, early in the afternoon."""

Say = Callable[[str, Expectation], HeardAloud]
"""Says a text at a question, over the line; gives what arrives."""


class First(StrEnum):
    """What the first sentence came to."""

    SURE = "sure, right"
    TOP = "asked about, right one first"
    AMONG = "asked about, right one among three"
    ASKED = "asked again"
    ELSE = "taken for something else"
    OFFERED_WRONG = "asked about, wrong ones only"
    SURE_WRONG = "sure, wrong"


class End(StrEnum):
    """What the whole talk came to. Cut off: a word was taken for a good-bye."""

    SUBMITTED = "submitted"
    PERSON = "person"
    LEFT = "hung up"
    CUT = "cut off"
    WRONG = "wrong item submitted"


@dataclass(frozen=True, slots=True)
class Talked:
    """A talk. heard: of the first sentence. others: (said, heard best) of everything said later. submitted: the code that was applied for."""

    wanted: Utterance
    first: First
    end: End
    heard: HeardAloud
    others: tuple[tuple[str, str], ...]
    submitted: str
    turns: int


def first_of(heard: Heard, code: str) -> First:
    """How the engine took the first sentence of somebody who wants the service with this code ("" for what no office does)."""
    match heard:
        case Value(wish) if isinstance(wish, dict):
            several = [part["item"] for part in (wish, wish.get("also")) if part and part["item"]]
            if several:
                return First.SURE if code in several else First.SURE_WRONG
            return First.ELSE if wish["intent"] != "request" else First.ASKED
        case Asks(_, item) if item:
            return First.SURE if item == code else First.SURE_WRONG
        case Near(candidates):
            codes = [value["item"] for value, _ in candidates]
            return First.OFFERED_WRONG if code not in codes else First.TOP if codes[0] == code else First.AMONG
        case Asks() | Command() | Value():
            return First.ELSE
    return First.ASKED


def converse(book: Book, budget: Budget, records: Records, wanted: Utterance, say: Say) -> Talked:
    """One talk from the greeting to its end. Raises what the engine raises."""
    return _Talk(book, budget, records, wanted, say).run()


class _Talk:
    def __init__(self, book: Book, budget: Budget, records: Records, wanted: Utterance, say: Say) -> None:
        self._book, self._budget, self._records, self._wanted, self._say = book, budget, records, wanted, say
        self._names = frozenset(item.name for item in book.items.items)
        self._session = replace(begin("resident"), touched=NOW)
        self._tried: Counter[tuple[str, str]] = Counter()
        self._first: tuple[First, HeardAloud] | None = None
        self._others: list[tuple[str, str]] = []
        self._back = ""  # the service that was last said back
        self._submitted = ""

    def run(self) -> Talked:
        turn = self._take(Began())
        for turns in range(1, MOST_TURNS + 1):
            if self._submitted or not isinstance(turn.then, Wait):
                return self._over(turn, turns)
            heard = self._answer()
            if heard is None:
                return self._over(turn, turns)
            turn = self._take(heard)
        return self._over(turn, MOST_TURNS)

    def _over(self, turn: Turn, turns: int) -> Talked:
        assert self._first is not None
        end = End.PERSON if isinstance(turn.then, HandOver) else End.CUT if isinstance(turn.then, Ended) else End.LEFT
        if self._submitted:
            end = End.SUBMITTED if self._submitted == self._wanted.code else End.WRONG
        return Talked(self._wanted, self._first[0], end, self._first[1], tuple(self._others), self._submitted, turns)

    # --- the resident ---------------------------------------------------------------------------------------------------------------

    def _answer(self) -> Heard | None:
        """What comes of the resident's answer to the question; None when they hang up."""
        asked, expect = question(self._book, self._session), expectation(self._book, self._session, self._budget)
        if self._first is None:
            aloud = self._say(self._wanted.text, expect)
            heard = self._read(aloud.event)
            self._first = (first_of(heard, self._wanted.code), aloud)
            return heard
        right = bool(self._wanted.name) and self._back == self._wanted.name
        match asked.name:
            case "near":
                mine = next((choice for choice in expect.choices if choice.label == self._wanted.name), None)
                single = len(expect.choices) == 2  # the name, and no
                if mine is None:
                    return self._word(expect, NO if single else NONE, "near:none")
                return self._word(expect, YES, mine.id) if single else self._read(Keys(mine.key))
            case "request.about" | "request.materials":
                return self._word(expect, APPLY, "apply") if right else self._word(expect, NO, "other", then=OTHER)
            case "request.check":
                return self._word(expect, YES, "yes") if right else self._word(expect, NO, "no")
            case "request.elsewhere":
                return self._word(expect, OTHER, "other")
        if asked.slot.name in OPEN:
            return self._once_more(expect)
        if asked.field and right:
            return self._filled()
        return self._person()

    def _word(self, expect: Expectation, word: str, choice: str, then: str = "") -> Heard:
        """Says a word (then: the second time another one); its key when it was said in vain."""
        tried = self._tried[expect.question, word]
        self._tried[expect.question, word] += 1
        if tried < TRIES:
            return self._read(self._said(then if then and tried else word, expect))
        key = next((each.key for each in expect.choices if each.id == choice), "0")
        return self._read(Keys(key))

    def _once_more(self, expect: Expectation) -> Heard | None:
        if not self._wanted.name:
            return None
        self._tried["", ""] += 1
        return self._read(self._said(self._wanted.name, expect)) if self._tried["", ""] <= TRIES else self._person()

    def _filled(self) -> Heard:
        """The first answer that is possible to a question of the form, as if it were keyed in; what may be skipped is."""
        asked = question(self._book, self._session)
        if asked.optional or asked.slot.wants not in self._budget.takes or asked.slot.wants is Wants.PHOTO:
            return Command("!skip")
        possible = [each for each in answers(self._book, self._session, self._budget) if each.kind is not Kind.OTHER]
        return possible[0].heard if possible else self._person()

    def _person(self) -> Heard:
        return Command("!person")

    def _said(self, text: str, expect: Expectation) -> Event:
        aloud = self._say(text, expect)
        self._others.append((text, aloud.text))
        return aloud.event

    # --- the engine -----------------------------------------------------------------------------------------------------------------

    def _read(self, event: Event) -> Heard:
        return read(self._book, self._session, event, self._budget)

    def _take(self, heard: Heard) -> Turn:
        turn = advance(self._book, self._session, heard)
        prompts = turn.prompts
        while isinstance(turn.then, Do):
            if turn.then.action == "submit_request":
                self._submitted = str(turn.then.arguments["service"]["code"])
            done = self._records(turn.then)
            turn = advance(self._book, after(turn.session, turn.then, done), done)
            prompts = (*prompts, *turn.prompts)
        self._session = replace(turn.session, said=prompts)
        for prompt in prompts:
            if prompt.name.startswith("request."):
                self._back = next((part for part in prompt.spoken.split("。") if part in self._names), self._back)
        return replace(turn, prompts=prompts)
