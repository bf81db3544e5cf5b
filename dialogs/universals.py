"""What a resident can always do: 返回 重复 帮助 取消 主菜单 人工 结束 跳过, and the way back from a person."""

from __future__ import annotations

from dataclasses import replace

from dialogs.book import MAIN, MENU, Book
from dialogs.contract import Prompt
from dialogs.flow import AskStep, CallStep, ChooseStep, FormStep
from dialogs.heard import Began, Command, Gone, Heard, StartFlow
from dialogs.outcome import End, HandOver, Turn, Wait
from dialogs.question import MORE, question
from dialogs.running import ask, ask_again, fill, hand_over, over, run_on
from dialogs.session import Failures, Frame, Session
from dialogs.slots import wish


def command(book: Book, session: Session, named: str) -> Turn:
    """A universal, by its id."""
    match named:
        case "!person":
            return hand_over(book, session, "asked", ())
        case "!menu":
            return menu(book, session)
        case "!cancel":
            return menu(book, session, book.line("common.cancelled"))
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
        case _:  # !repeat
            said = tuple(p for p in session.said if not p.name.startswith("common.")) or (question(book, session).prompt,)
            return Turn(replace(session, failures=Failures()), said, Wait())


def menu(book: Book, session: Session, *before: Prompt) -> Turn:
    frame = Frame(MAIN, MENU, {}, session.serial)
    fresh = replace(session.progress(), frames=(frame,), history=(), outcome="wait", card=None, serial=session.serial + 1)
    return run_on(book, fresh, before)


def start_flow(book: Book, session: Session, flow: str) -> Turn:
    """Begins a flow at the step of the main flow that calls it, as if the menu had led there."""
    main = book.flows[MAIN]
    call = next((name for name, step in main.steps.items() if isinstance(step, CallStep) and step.call == flow), None)
    if call is None:
        return menu(book, session)
    frame = Frame(MAIN, call, {"wish": wish(flow)}, session.serial)
    fresh = replace(session.remember().progress(), frames=(frame,), outcome="wait", card=None, serial=session.serial + 1)
    return run_on(book, fresh, ())


def _back(book: Book, session: Session) -> Turn:
    if session.page or session.partial or session.aside is not None:
        return ask(book, session.progress())
    if not session.history:
        return ask_again(book, session, book.line("common.at_the_beginning"))
    back = replace(session.progress(), frames=session.history[-1], history=session.history[:-1])
    return ask(book, back)


def with_person(book: Book, session: Session, heard: Heard) -> Turn:
    """While a person has the conversation, only the way back is ours."""
    back = replace(session, outcome="wait", card=None)
    match heard:
        case Command("!menu" | "!cancel"):
            return menu(book, back)
        case Command("!back") | Began():
            return _resume(book, back)
        case StartFlow(flow):
            return start_flow(book, back, flow)
        case Command("!end"):
            return command(book, back, "!end")
        case Gone():
            return Turn(session, (), HandOver("again", again=True))
        case _:
            return Turn(session, (book.line("common.with_person"),), HandOver("again", again=True))


def _resume(book: Book, session: Session) -> Turn:
    waiting = isinstance(book.step(session.top.flow, session.top.step), AskStep | ChooseStep | FormStep)
    if not waiting and session.history:  # the flow itself brought the person in: back to the question before it
        session, waiting = replace(session, frames=session.history[-1], history=session.history[:-1]), True
    return ask(book, session.progress()) if waiting else menu(book, session)
