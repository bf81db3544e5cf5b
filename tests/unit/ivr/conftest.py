"""A scripted engine for the telephone's tests: says what it is told to, remembers what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from dialogs.contract import Address, Choice, Event, Expectation, Incoming, Outcome, Prompt, Reply, Wants
from dialogs.words import Words, load_words

PERSON = Choice("!person", "人工", "0")


def ask(text: str, wants: Wants = Wants.CHOICE, choices: tuple[str, ...] = (), slot: str = "choice", **rest: object) -> Reply:
    """A reply that asks something."""
    offered = tuple(Choice(label, label, str(n)) for n, label in enumerate(choices, 1))
    expect = Expectation(text, wants, slot, offered, (PERSON,), **rest)  # type: ignore[arg-type]
    return Reply((Prompt(text),), Outcome.WAIT, expect)


def close(text: str, outcome: Outcome = Outcome.END) -> Reply:
    """A reply that ends the talk."""
    return Reply((Prompt(text),), outcome)


class ScriptedTalk:
    """Replies in order; the last one again and again. An exception in the list is raised, a number waits that many seconds."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)
        self.taken: list[Incoming] = []
        self.hold: asyncio.Event | None = None

    @property
    def events(self) -> list[Event]:
        return [incoming.event for incoming in self.taken]

    async def take(self, incoming: Incoming) -> Reply:
        reply = self.replies[min(len(self.taken), len(self.replies) - 1)]
        self.taken.append(incoming)
        if self.hold is not None:
            await self.hold.wait()
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def current(self, address: Address) -> Reply | None:
        return None


@pytest.fixture
def words() -> Words:
    return load_words()


@pytest.fixture
def scripted() -> Callable[..., ScriptedTalk]:
    return ScriptedTalk
