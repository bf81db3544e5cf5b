"""Asks one question after another on a call: says it, listens, collects keys, and comes back with exactly one answer each time."""

from __future__ import annotations

from collections import deque

from dialogs.contract import Event, Expectation, Leave
from ivr.clock import Clock
from ivr.contract import Final, Lost, Partial
from ivr.inbox import GiveUp, HeardAt, Inbox, Item, Tick
from ivr.media import Closed, Key
from ivr.player import CannotSay, Player, PromptEnded
from ivr.turn import Act, Answer, Ears, Patience, Resume, StopPrompt, Turn


class Asking:
    """One call's. typing: the caller is in the middle of a number. deaf: why nobody hears the caller, until the caller has been told; or ""."""

    def __init__(self, inbox: Inbox, player: Player, patience: Patience, ears: Ears, clock: Clock) -> None:
        self.typing = False
        self.deaf = ""
        self._inbox, self._player, self._patience, self._ears, self._clock = inbox, player, patience, ears, clock
        self._ahead: deque[Key] = deque()  # keys pressed before they were asked for
        self._late_hash_until = 0.0

    def catch_up(self) -> None:
        """Sorts what came while nothing was asked: keys are kept for the questions to come, a lost recogniser is noticed."""
        for item in self._inbox.waiting():
            match item:
                case Key():
                    self._ahead.append(item)
                case Closed():
                    self._inbox.put(item)
                case HeardAt(_, Lost(reason)):
                    self.deaf = reason

    async def ask(self, sentences: tuple[str, ...], expect: Expectation, *, slow: bool) -> Event:
        """Says the sentences and gives back the answer; slow: with longer patience. Raises GiveUp when they cannot be said."""
        inbox = self._inbox
        inbox.question += 1
        turn = Turn(expect, self._patience, self._ears, self._clock.now(), slow=slow)
        if inbox.listener is not None:
            await inbox.listener.begin(expect.phrases)
        answer = await self._typed_ahead(turn, expect)
        if answer is None and turn.prompting:
            await self._player.start(sentences)
        while answer is None:
            inbox.set_alarm(turn.wake_at)
            self.typing = bool(turn.typed)
            if inbox.empty and not turn.prompting:
                inbox.resting.set()
            item = await inbox.next()
            if isinstance(item, Closed):
                return Leave("hung up")
            answer = await self._obey(self._acts(turn, item), sentences)
        inbox.set_alarm(None)
        self.typing = False
        if answer.full:
            self._late_hash_until = self._clock.now() + self._patience.late_hash
        if inbox.listener is not None:
            await inbox.listener.end()
        return answer.event

    async def _typed_ahead(self, turn: Turn, expect: Expectation) -> Answer | None:
        """Keys pressed before the question was asked answer it, but never a confirmation: what is confirmed must have been heard."""
        self.catch_up()
        if expect.slot == "yes_no":
            self._ahead.clear()
        while self._ahead:
            if answer := await self._obey(self._acts(turn, self._ahead.popleft()), ()):
                return answer
        return None

    def _acts(self, turn: Turn, item: Item) -> tuple[Act, ...]:
        now = self._clock.now()
        match item:
            case Key("#") if now < self._late_hash_until and not turn.typed:
                self._late_hash_until = 0.0
            case Key(digit):
                self._late_hash_until = 0.0
                return turn.key(digit, now)
            case HeardAt(_, Lost(reason)):
                self.deaf = reason
                return turn.deaf(now)
            case HeardAt(question, Partial(text)) if question == self._inbox.question:
                return turn.partial(text, now)
            case HeardAt(question, Final(alternatives)) if question == self._inbox.question:
                return turn.final(alternatives, now)
            case PromptEnded(run) if run == self._player.run:
                return turn.prompt_ended(now)
            case CannotSay(run, why) if run == self._player.run:
                raise GiveUp(f"cannot speak: {why}")
            case Tick():
                return turn.tick(now)
        return ()

    async def _obey(self, acts: tuple[Act, ...], sentences: tuple[str, ...]) -> Answer | None:
        for act in acts:
            match act:
                case StopPrompt():
                    await self._player.stop()
                case Resume():
                    await self._player.start(sentences, self._player.place)
                case Answer():
                    return act
        return None
