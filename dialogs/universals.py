"""What a resident can always do: 返回 重复 帮助 取消 主菜单 人工 结束 跳过 说慢一点, and the way back from a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dialogs.asides import half_done
from dialogs.book import MAIN, MENU, Book
from dialogs.contract import Prompt
from dialogs.flow import CallStep
from dialogs.heard import Began, Command, Gone, Heard, StartFlow
from dialogs.outcome import End, HandOver, Turn, Wait
from dialogs.question import MORE, question
from dialogs.running import ask, ask_again, come_back, fill, hand_over, menu, over
from dialogs.session import Aside, Failures, Frame, Session
from dialogs.slots.wish import wish


def command(book: Book, session: Session, named: str) -> Turn:
    """A universal, by its id."""
    match named:
        case "!person":
            return hand_over(book, session, "asked", ())
        case "!menu":
            return start_over(book, session)
        case "!cancel":
            return _cancel(book, session)
        case "!end":
            return Turn(over(session), (book.line("common.goodbye"),), End())
        case "!help":
            asked = question(book, session)
            return ask_again(book, session, asked.help or book.line("common.help"))
        case "!back":
            return _back(book, session)
        case "!skip" if question(book, session).optional:
            return fill(book, session.remember().progress(), None)
        case _ if named == MORE:
            return ask_again(book, replace(session, page=session.page + 1))
        case "!forget_me":
            return start(book, session, wish("forget_me"))
        case "!slower":
            return _again(book, replace(session, slow=True), book.line("common.slower"))
        case _:  # !repeat
            return _again(book, session)


def start_over(book: Book, session: Session) -> Turn:
    """The main menu; 返回 leads back to where one was."""
    at_menu = (session.top.flow, session.top.step) == (MAIN, MENU)
    return menu(book, session if at_menu or session.outcome == "hand_over" else session.remember())


def _cancel(book: Book, session: Session) -> Turn:
    """With a second thought where something would be lost; saying it twice is meant."""
    if half_done(book, session) and (session.aside is None or session.aside.kind != "cancel"):
        return ask(book, replace(session.progress(), aside=Aside("cancel")))
    return drop(book, session)


def drop(book: Book, session: Session) -> Turn:
    """Cancelled, with all that was filled in."""
    return menu(book, replace(session, history=()), book.line("common.cancelled"))


def _again(book: Book, session: Session, *before: Prompt) -> Turn:
    said = tuple(p for p in session.said if not p.name.startswith("common.")) or (question(book, session).prompt,)
    return Turn(replace(session, failures=Failures()), (*before, *said), Wait())


def start_flow(book: Book, session: Session, flow: str) -> Turn:
    """Begins a flow as if the main menu had led there; the menu itself when it leads to no such flow."""
    led = any(isinstance(step, CallStep) and step.call == flow for step in book.flows[MAIN].steps.values())
    return start(book, session, wish(flow)) if led else start_over(book, session)


def start(book: Book, session: Session, wanted: Mapping[str, str]) -> Turn:
    """Begins what is wanted, as if it had been said at the main menu; 返回 leads back to where one was."""
    frame = Frame(MAIN, MENU, {}, session.serial)
    fresh = replace(session.remember().progress(), frames=(frame,), outcome="wait", card=None, serial=session.serial + 1)
    return fill(book, fresh, dict(wanted))


def _back(book: Book, session: Session) -> Turn:
    if session.aside is None and not session.page and question(book, session).slot.children is not None and session.partial:
        return ask(book, replace(session.progress(), partial=session.partial.rpartition("/")[0]))
    if session.page or session.partial or session.aside is not None:
        return ask(book, session.progress())
    if session.top.digression and not _asked_before_here(session):
        return come_back(book, replace(session.progress(), frames=session.frames[:-1]))
    if not session.history:
        return ask_again(book, session, book.line("common.at_the_beginning"))
    back = replace(session.progress(), frames=session.history[-1], history=session.history[:-1])
    return ask(book, back)


def _asked_before_here(session: Session) -> bool:
    """Whether the last remembered question was asked in the digression that runs now."""
    return bool(session.history) and session.history[-1][-1].serial == session.top.serial


def with_person(book: Book, session: Session, heard: Heard) -> Turn:
    """While a person has the conversation, only the way back is ours."""
    back = replace(session, outcome="wait", card=None)
    match heard:
        case Command("!menu"):
            return start_over(book, back)
        case Command("!cancel"):
            return drop(book, back)
        case Command("!back") | Began():
            return come_back(book, back.progress())
        case StartFlow(flow):
            return start_flow(book, back, flow)
        case Command("!end"):
            return command(book, back, "!end")
        case Gone():
            return Turn(session, (), HandOver("again", again=True))
        case _:
            return Turn(session, (book.line("common.with_person"),), HandOver("again", again=True))
