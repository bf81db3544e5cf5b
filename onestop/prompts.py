"""Which sentences the telephone can say, found by walking every conversation with the real catalogue, and their rendering ahead of time.

One walk goes through all flows with sample records. From each place on it where the records are asked, shorter walks go on with what the
records really answer: each heading of the menu, each item with its form and its guide, each approval, each item's case.
What a resident gives (numbers, names of the moment) is not among them: it is joined from cached pieces or spoken by the same voice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dialogs.actions import what_next
from dialogs.asked import Question
from dialogs.book import Book
from dialogs.contract import Budget, Expectation, Outcome, Reply
from dialogs.engine import ABOUT
from dialogs.heard import Done
from dialogs.outcome import Do, Wait
from dialogs.question import expectation
from dialogs.session import Session
from dialogs.slots.table import field_slot
from dialogs.telling import tell
from dialogs.tools.catalogue import CatalogueSource
from dialogs.tools.explore import Broken, Visit, Walker, explore, failing_too, watched
from dialogs.tools.inputs import AboutTheItem, Input, Inputs, answers, command, nothing
from dialogs.words import Words
from ivr.budget import TELEPHONE
from ivr.render import render
from ivr.voice.store import SHIPPED
from records.states import State, label

ALONE = ("keys_only", "wait", "down_to_person", "no_agent")
"""What the telephone says outside every conversation."""


def sentences(book: Book, catalogue: CatalogueSource) -> tuple[str, ...]:
    """Every sentence that the telephone can say on its own, once each: as conversations come to them, but answers out of guides last, since
    rendering takes hours, may be stopped, and callers hear those least."""
    found: dict[str, None] = {}
    answers_from_guides: list[Visit] = []
    for name in ALONE:
        found |= dict.fromkeys(_of(book, Reply((book.line(f"telephone.{name}"),), Outcome.END)))
    for visit in _visits(watched(book), catalogue):
        if isinstance(visit, Broken):  # `onestop check` tells
            continue
        if any(said.name.startswith(f"{ABOUT}.") for said in visit.prompts):
            answers_from_guides.append(visit)
        else:
            found |= dict.fromkeys(_of(book, _reply(book, visit)))
    for visit in answers_from_guides:
        found |= dict.fromkeys(_of(book, _reply(book, visit)))
    return tuple(found)


STAMP = SHIPPED / "rendered-for.txt"
"""Beside the shipped prompts: the fingerprint of what they are rendered for. A service that says the same prepares nothing at its start: what is
not rendered yet is spoken when it is wanted, and kept."""


def fingerprint(book: Book, catalogue: CatalogueSource) -> str:
    """What the sentences come from, as one short text: where it is the same, so are they."""
    flows = {name: flow.model_dump(mode="json") for name, flow in book.flows.items()}
    items = [{key: value for key, value in item.opened.items() if key != "version"} for item in catalogue.items]
    told = [flows, dict(book.words.sentences), items, catalogue.themes, catalogue.lists, catalogue.elsewhere]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _visits(book: Book, catalogue: CatalogueSource) -> Iterator[Visit | Broken]:
    themes = {"list_themes": {"found": [list(catalogue.themes)]}}
    doors: dict[tuple[str, str], Visit] = {}
    for visit in explore(book, TELEPHONE, themes):
        yield visit
        if isinstance(visit, Visit) and isinstance(visit.turn.then, Do):
            doors.setdefault((visit.where[0], visit.turn.then.action), visit)

    def on(flow: str, action: str, done: Done, inputs: Inputs = nothing) -> Iterator[Visit | Broken]:
        walker = Walker(book, TELEPHONE, themes, inputs)
        walker.go_on(doors[flow, action], done, done.outcome)
        yield from failing_too(walker, _of_a_form)

    about_the_item = _AnswersAndHelp()
    for listed in catalogue.lists:
        yield from on("request", "list_under", Done("found", list(listed)), _pages)
    for item in catalogue.items:
        yield from on("request", "open_item", Done("found", item.opened), about_the_item)
        for lines in _reviews(item.opened["form"], book.words):
            yield from on("request", "read_back", Done("found", lines))
        yield from on("check_status", "find_case", Done("found", _case(book.words, item.opened["name"], State.SUBMITTED)))
    for approval in catalogue.elsewhere:
        for flow in ("request", "about"):
            yield from on(flow, "open_item", Done("elsewhere", approval))
    for state in State:
        yield from on("check_status", "find_case", Done("found", _case(book.words, catalogue.items[0].opened["name"], state)))
    for days in sorted({item.opened["promised_days"] for item in catalogue.items}):
        case = {"number": "2612304275", "next": what_next(book.words, days)}
        yield from on("request", "submit_request", Done("done", case))


class _AnswersAndHelp:
    """What answers about the item in hand, and help: all that an item's own words are said for."""

    def __init__(self) -> None:
        self._answers = AboutTheItem()

    def __call__(self, book: Book, session: Session, budget: Budget) -> Iterator[Input]:
        yield from self._answers(book, session, budget)
        if session.top.slots.get("service"):
            yield command("!help")


def _pages(book: Book, session: Session, budget: Budget) -> Iterator[Input]:
    yield from (each for each in answers(book, session, budget) if each.turns_the_page)


def _of_a_form(asked: Question) -> bool:
    return bool(asked.field)


def _reviews(form: Sequence[Mapping[str, Any]], words: Words) -> Iterator[list[dict[str, str]]]:
    """What is read back of a form, with each answer of each choice once."""
    for number in range(max((len(field["choices"]) for field in form), default=0) or 1):
        lines = []
        for field in form:
            choices = field["choices"]
            sample = choices[min(number, len(choices) - 1)]["id"] if choices else field_slot(field).sample
            text, speech = tell(field, sample, words)
            lines.append({"id": field["name"], "label": field["label"], "text": text, "speech": speech})
        yield lines


def _case(words: Words, item: str, state: State) -> Mapping[str, Any]:
    """What `find_case` answers for a case in this state."""
    day = "2026-01-01"  # dates are joined from pieces that are always there
    return {"item": item, "state": label(state), "day": day, "meaning": words(f"common.state_{state}"), "note": ""}


def _reply(book: Book, visit: Visit) -> Reply:
    waits = isinstance(visit.turn.then, Wait) and bool(visit.turn.session.frames)
    expect: Expectation | None = expectation(book, visit.turn.session, TELEPHONE) if waits else None
    return Reply(visit.prompts, Outcome.WAIT if waits else Outcome.END, expect)


def _of(book: Book, reply: Reply) -> tuple[str, ...]:
    return render(reply, book.words, offer_person=True)
