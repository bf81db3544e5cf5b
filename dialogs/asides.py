"""The questions that the engine puts in by itself before it goes back to the flow's own: how each is asked, and what its answers mean."""

from __future__ import annotations

from typing import Any

from dialogs.asked import YES_NO, Question, named, yes_no
from dialogs.book import Book
from dialogs.contract import Choice
from dialogs.flow import FormStep
from dialogs.session import Aside, Session
from dialogs.slots.table import SLOT_TYPES
from nlu.values import as_spoken_digits

#: What 都不是 means among near candidates.
NONE_OF_THESE = "near:none"


def aside_question(book: Book, session: Session) -> Question:
    """The aside that the session stands at."""
    aside = session.aside
    if aside is None:
        raise ValueError("the session stands at no aside")
    return {"near": _near, "known": _known, "cancel": _cancel, "switch": _switch, "offer_person": _offer_person}[aside.kind](
        book, session, aside
    )


def _near(book: Book, _: Session, aside: Aside) -> Question:
    candidates = list(aside.data["candidates"])
    single = len(candidates) == 1
    also = (book.words("common.yes"), *book.also("common.yes"), *book.also("common.did_you_mean_this")) if single else ()
    options = [Choice(f"near:{n}", label, words=also) for n, (_, label) in enumerate(candidates)]
    return Question(
        "near",
        SLOT_TYPES["choice"],
        book.line("common.did_you_mean_this", label=candidates[0][1]) if single else book.line("common.did_you_mean"),
        options=(*options, named(book, NONE_OF_THESE, "common.none_of_these")),
        values={f"near:{n}": value for n, (value, _) in enumerate(candidates)},
    )


def _known(book: Book, _: Session, aside: Aside) -> Question:
    slot = SLOT_TYPES[aside.data["type"]]
    told = slot.tell(aside.data["value"], book.words)
    tail = str(aside.data["value"])[-4:]
    line = book.line(f"common.use_known_{slot.name}", tail=tail, tail_spoken=as_spoken_digits(tail), told=told.text)
    return Question("known", SLOT_TYPES["yes_no"], line, options=yes_no(book), values=YES_NO, accepts=slot)


def _cancel(book: Book, session: Session, _: Aside) -> Question:
    return Question(
        "cancel",
        SLOT_TYPES["choice"],
        book.line("common.really_cancel", what=doing(book, session)),
        options=(named(book, "drop", "common.drop_it"), named(book, "keep", "common.keep_on")),
    )


def _switch(book: Book, session: Session, aside: Aside) -> Question:
    to = aside.data["label"] or book.words("common.something_else")
    return Question(
        "switch",
        SLOT_TYPES["choice"],
        book.line("common.really_switch", what=doing(book, session), to=to),
        options=(named(book, "switch", "common.switch_to", to=to), named(book, "keep", "common.keep_on")),
    )


def _offer_person(book: Book, _: Session, __: Aside) -> Question:
    return Question(
        "offer_person",
        SLOT_TYPES["choice"],
        book.line("common.offer_person"),
        options=(named(book, "person", "common.to_person"), named(book, "again", "common.try_again")),
    )


def doing(book: Book, session: Session) -> str:
    """What the resident is at, in a word: the service's name, else the flow's title."""
    for frame in reversed(session.frames):
        if not frame.digression and (service := frame.slots.get("service")):
            return str(service["name"])
    flows = [frame.flow for frame in session.frames if not frame.digression]
    return book.flows[flows[-1]].title


def half_done(book: Book, session: Session) -> bool:
    """Whether something has been filled in that would be lost: a form with an answer, not yet recorded."""
    return any(
        not frame.sealed and isinstance(step, FormStep) and frame.slots.get(step.form)
        for frame in session.frames
        for step in book.flows[frame.flow].steps.values()
    )


def near(candidates: tuple[tuple[Any, str], ...]) -> Aside:
    """At most three: nobody keeps more apart by ear."""
    return Aside("near", {"candidates": [[value, label] for value, label in candidates[:3]]})
