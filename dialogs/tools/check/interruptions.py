"""What may come between a question and its answer: afterwards the very same question stands, no slot is lost, and nobody is left without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dialogs.asides import NONE_OF_THESE
from dialogs.book import MAIN, MENU
from dialogs.heard import Began, Command, Gone, Heard, Near, NoPerson, Stale, StartFlow, Switch, Value
from dialogs.outcome import HandOver, Wait
from dialogs.question import question
from dialogs.session import Session
from dialogs.slots.wish import wish
from dialogs.tools.check.findings import Code
from dialogs.tools.check.proof import Proof
from dialogs.tools.check.settling import ends, settled
from dialogs.tools.explore import Samples, Visit
from dialogs.tools.inputs import called_by_main, digressions

#: A label for a way, and what is heard.
Row = tuple[tuple[str, Heard], ...]
_BACK = ("!back", Command("!back"))


def _rows(proof: Proof, session: Session) -> Iterator[Row]:
    """Everything after which the resident must stand where they stood."""
    yield (("<return>", Began()),)
    yield ("<leave>", Gone()), ("<return>", Began())
    yield (("<old button>", Stale()),)
    yield (("!help", Command("!help")),)
    yield (("!repeat", Command("!repeat")),)
    yield (("!slower", Command("!slower")),)
    yield ("!person", Command("!person")), _BACK
    yield ("!person", Command("!person")), ("<return>", Began())
    if session.aside is not None:
        return
    yield ("<near>", Near((("a", "甲"), ("b", "乙")))), ("都不是", Value(NONE_OF_THESE))
    for flow in called_by_main(proof.book):
        yield (f"<menu: {flow}>", StartFlow(flow)), _BACK
    if (session.top.flow, session.top.step) != (MAIN, MENU):
        yield ("!menu", Command("!menu")), _BACK
    for asks in digressions(proof.book, session):
        yield (asks.label, asks.heard), _BACK


#: Second thoughts: said yes to, they lead away; said no to, all stays.
_SECOND_THOUGHTS: Row = (("!cancel", Command("!cancel")), ("<another service>", Switch(wish("request"), "")))


def interruptions(proof: Proof, visit: Visit, samples: Samples) -> None:
    """Findings about everything that can come between this question and its answer."""
    session = visit.session
    for row in _rows(proof, session):
        _comes_back(proof, visit, row, samples)
    for label, heard in _SECOND_THOUGHTS:
        turn = settled(proof.step, proof.book, session, heard, samples)
        if (
            turn is not None
            and turn.session.aside is not None
            and turn.session.aside.kind in ("cancel", "switch")
            and session.aside is None
        ):
            _comes_back(proof, visit, ((label, heard), ("<keep on>", Value("keep"))), samples)
    _never_stuck(proof, visit, samples)


def _comes_back(proof: Proof, visit: Visit, row: Row, samples: Samples) -> None:
    """Goes through a row of interruptions; a row that leads out of it by itself (an end, nothing to go back from) tells nothing."""
    session, last = visit.session, len(row) - 1
    for n, (_, heard) in enumerate(row):
        turn = settled(proof.step, proof.book, session, heard, samples)
        if turn is None:
            return  # goes round: another finding
        session = replace(turn.session, said=turn.prompts or session.said)
        if n < last and not session.frames:
            return
        if n < last and heard_again(proof, visit.session, session):
            return  # already back: a digression that was answered in one sentence
    if not same_place(proof, visit.session, session):
        labels = tuple(label for label, _ in row)
        message = f"after {' and '.join(labels)} another question stands here than before, or a slot is not what it was"
        proof.on_the_way(replace(visit, path=(*visit.path, *labels)), Code.LOST, message)


def heard_again(proof: Proof, before: Session, now: Session) -> bool:
    """Whether the resident stands where they stood while the talk waits for them."""
    return now.outcome == "wait" and same_place(proof, before, now)


def same_place(proof: Proof, before: Session, now: Session) -> bool:
    """The same question (an aside may have been put away: then the flow's own below it), and the same slots in the same flows."""
    if not now.frames or now.outcome != "wait":
        return False
    where = [(f.flow, f.step, dict(f.slots)) for f in before.frames]
    if where != [(f.flow, f.step, dict(f.slots)) for f in now.frames]:
        return False
    mine = {question(proof.book, before).name, question(proof.book, replace(before, aside=None)).name}
    return question(proof.book, now).name in mine


def _never_stuck(proof: Proof, visit: Visit, samples: Samples) -> None:
    """返回, 主菜单 and 取消 lead to a question, and so they do once a person is called, and when that person does not come."""
    for label in ("!back", "!menu", "!cancel"):
        _to_a_question(proof, visit, label, Command(label), samples)
    wanted = proof.step(proof.book, visit.session, Command("!person"))
    if isinstance(wanted.then, HandOver):
        handed_over(proof, Visit(wanted, wanted.prompts, (*visit.path, "!person")), samples)


def handed_over(proof: Proof, visit: Visit, samples: Samples) -> None:
    """Findings about the ways back from a person who is called, or does not come."""
    for label, heard in (("!back", Command("!back")), ("!menu", Command("!menu")), ("<return>", Began()), ("<nobody comes>", NoPerson())):
        _to_a_question(proof, visit, label, heard, samples)


def _to_a_question(proof: Proof, visit: Visit, label: str, heard: Heard, samples: Samples) -> None:
    for turn in ends(proof.step, proof.book, visit.session, heard, samples):
        if not isinstance(turn.then, Wait):
            told = replace(visit, path=(*visit.path, label))
            proof.on_the_way(told, Code.STUCK, f"{label} does not lead to a question but to {type(turn.then).__name__}")
