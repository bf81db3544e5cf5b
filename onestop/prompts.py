"""Which sentences the telephone can say, found by walking every conversation with the real catalogue, and their rendering ahead of time.

What a resident gives (numbers, names of the moment) is not among them: it is joined from cached pieces or spoken by the same voice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from dialogs.actions import Actions, Context, Offices
from dialogs.book import Book
from dialogs.contract import Address, Expectation, Outcome, Reply
from dialogs.outcome import Wait
from dialogs.question import expectation
from dialogs.tools.explore import Broken, Visit, explore
from dialogs.words import Words
from ivr.budget import TELEPHONE
from ivr.render import render
from records.states import State, label

ALONE = ("keys_only", "wait", "down_to_person", "no_agent")
"""What the telephone says outside every conversation."""


Samples = Mapping[str, Mapping[str, Sequence[Any]]]


async def _samples(catalogue: Any, words: Words) -> list[Samples]:
    """What the actions that only read the catalogue really answer, made by the actions themselves: one walk for each theme and item.

    The first has all that is common; walks that differ only by an item's words count as the same situation to `explore`.
    """
    offices = Offices(catalogue, None, None, None)  # type: ignore[arg-type]  # those that are asked use the catalogue alone
    actions = Actions(offices, None, words)  # type: ignore[arg-type]
    here = Context(Address("telephone", "prompts"), "prompts")
    themes = (await actions.run("list_themes", here, {})).value
    groups = [*(theme["id"] for theme in themes), *(f"domain:{domain.id}" for domain in await catalogue.domains())]
    lists = [(await actions.run("list_under", here, {"group": group})).value for group in groups]
    items = [(await actions.run("open_item", here, {"code": item.code})).value for item in await catalogue.items()]
    always = {"list_themes": {"found": [themes]}}
    names = [item.name for item in await catalogue.items()]
    found: list[Samples] = [
        {"find_case": {"found": [_case(words, name, state)]}}
        for name, state in [(names[0], state) for state in State] + [(name, State.SUBMITTED) for name in names]
    ]
    walks: list[Samples] = [always | {"list_under": {"found": [listed]}} for listed in lists]
    return walks + [always | {"open_item": {"found": [item]}} for item in items] + found


def _case(words: Words, item: str, state: State) -> dict[str, str]:
    """What `find_case` answers for a case in this state."""
    day = "2026-01-01"  # dates are joined from pieces that are always there
    return {"item": item, "state": label(state), "day": day, "meaning": words(f"common.state_{state}"), "note": ""}


async def sentences(book: Book, catalogue: Any) -> tuple[str, ...]:
    """Every sentence that the telephone can say on its own, in the order conversations come to them, once each."""
    walks = await _samples(catalogue, book.words)
    return await asyncio.to_thread(_walk, book, walks)


def _walk(book: Book, walks: list[Samples]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in ALONE:
        found |= dict.fromkeys(_of(book, Reply((book.line(f"telephone.{name}"),), Outcome.END)))
    for number, samples in enumerate(walks):
        for visit in explore(book, TELEPHONE, samples, failures=number == 0):
            if not isinstance(visit, Broken):  # what is broken, `onestop check` tells
                found |= dict.fromkeys(_of(book, _reply(book, visit)))
    return tuple(found)


def _reply(book: Book, visit: Visit) -> Reply:
    waits = isinstance(visit.turn.then, Wait) and bool(visit.turn.session.frames)
    expect: Expectation | None = expectation(book, visit.turn.session, TELEPHONE) if waits else None
    return Reply(visit.prompts, Outcome.WAIT if waits else Outcome.END, expect)


def _of(book: Book, reply: Reply) -> tuple[str, ...]:
    return render(reply, book.words, offer_person=True)
