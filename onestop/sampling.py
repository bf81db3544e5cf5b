"""What a sample of a conversation looks like on each terminal: the terminals' own renderers, without a server, a screen or a voice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from channels.tv.layout import HD
from channels.tv.render import Look, screen_of
from channels.tv.screen import Screen
from channels.tv.tokens import Links
from channels.wechat.render import pages
from dialogs.actions import Actions, Context, Offices
from dialogs.contract import Address, Budget, Outcome, Reply
from dialogs.heard import Done
from dialogs.outcome import Do
from dialogs.tools.check.budgets import syllables
from dialogs.tools.sample import Records, first_samples
from dialogs.words import Words
from ivr.render import render as spoken
from records.catalogue import PaperCatalogue

#: The actions that only read the catalogue; all others end as their first sample.
READ = frozenset({"list_themes", "list_under", "open_item", "read_back"})


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a terminal's budget one turn takes. most: None when there is no limit."""

    what: str
    used: float
    most: float | None

    @property
    def over(self) -> bool:
        """Whether it is too much."""
        return self.most is not None and self.used > self.most

    def __str__(self) -> str:
        used = f"{self.used:.1f}" if isinstance(self.used, float) else str(self.used)
        return f"{self.what} {used}" if self.most is None else f"{self.what} {used}/{self.most:g}"


@dataclass(frozen=True, slots=True)
class Shown:
    """One turn as it comes out: `parts` are messages, screens or the spoken sentences together, each of several lines."""

    parts: tuple[tuple[str, ...], ...]
    used: tuple[Used, ...]


Render = Callable[[Reply, Budget, Words, bool], Shown]
"""A reply, its terminal's budget, the words, and whether it is the first of the conversation."""


def _choices(reply: Reply, budget: Budget) -> tuple[Used, ...]:
    count = len(reply.expect.choices) if reply.expect is not None else 0
    return (Used("choices", count, budget.choices),) if count else ()


def wechat(reply: Reply, budget: Budget, words: Words, first: bool) -> Shown:
    """The messages; their bytes are counted one by one, and the longest is told."""
    assert budget.text_bytes is not None
    messages = pages(reply, words, page_bytes=budget.text_bytes)
    longest = max((len(message.encode()) for message in messages), default=0)
    used = (Used("messages", len(messages), None), Used("bytes", longest, budget.text_bytes))
    return Shown(tuple(tuple(message.splitlines()) for message in messages), (*used, *_choices(reply, budget)))


def telephone(reply: Reply, budget: Budget, words: Words, first: bool) -> Shown:
    """The sentences as they are spoken, with the seconds that they take at the budget's pace."""
    said = spoken(reply, words, offer_person=first)
    seconds = sum(map(syllables, said)) / budget.syllables_per_second
    return Shown((said,), (Used("seconds", seconds, budget.speech_seconds), *_choices(reply, budget)))


def tv(reply: Reply, budget: Budget, words: Words, first: bool) -> Shown:
    """The text of each screen of 1280x720; the lines of all of them are counted together, as the budget does."""
    look, links = Look(HD), Links("sample", "sample", reply.revision)
    screen = screen_of(reply, links, words, look)
    screens = [screen, *(screen_of(reply, links, words, look, page=n) for n in range(2, screen.pages + 1))]
    lines = sum(len(each.lines) for each in screens)
    used = (Used("screens", len(screens), None), Used("lines", lines, budget.lines))
    return Shown(tuple(map(_screen, screens)), (*used, *_choices(reply, budget)))


def _screen(screen: Screen) -> tuple[str, ...]:
    number = f"  {screen.page}/{screen.pages}" if screen.pages > 1 else ""
    lines = [f"┌ {screen.title}{number}", *(f"│ {line.text}" for line in screen.lines)]
    if screen.field is not None:
        keys = " ".join(item.label for item in screen.items if item.kind == "key")
        lines += [f"│ [{screen.field.shown or '　'}] {screen.field.count}", f"│ {keys}"]
    for item in screen.items:
        if item.kind in ("choice", "offer"):
            lines.append(f"│ [{item.badge or '·'}] {item.label}" + (f"（{item.hint}）" if item.hint else ""))
    return (*lines, "└ " + " ｜ ".join(item.label for item in screen.items if item.kind == "bar"))


RENDERERS: Mapping[str, Render] = {"wechat": wechat, "tv": tv, "telephone": telephone}


def closing(reply: Reply) -> tuple[str, ...]:
    """What happens behind the last words: the card of a hand-over, or the end."""
    if reply.outcome is Outcome.HAND_OVER and reply.card is not None:
        return (f"— {reply.outcome} ({reply.card.reason}) —", *(f"{label}：{value}" for label, value in reply.card.lines))
    return () if reply.outcome is Outcome.WAIT else (f"— {reply.outcome} —",)


def sample_records(catalogue: PaperCatalogue, words: Words) -> Records:
    """Answers from the catalogue's files; what would be written down ends as its first sample."""
    none = cast(Any, None)  # nothing of what READ does comes near cases, profiles or the vault
    actions = Actions(Offices(cast(Any, catalogue), none, none, none), none, words)

    def answer(do: Do) -> Done:
        if do.action not in READ:
            return first_samples(do)
        return asyncio.run(actions.run(do.action, Context(Address("console", "sample"), do.key), do.arguments))

    return answer
