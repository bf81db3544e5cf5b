"""What one reply costs on a terminal, against what the terminal can bear: seconds of speech, bytes, lines, choices."""

from __future__ import annotations

import re

from dialogs.contract import Budget, Expectation, Outcome, Prompt, Reply, Wants
from dialogs.flow import AskStep, ChooseStep
from dialogs.load import Place
from dialogs.outcome import End, Wait
from dialogs.question import expectation, question
from dialogs.tools.check.findings import Code
from dialogs.tools.check.proof import Proof
from dialogs.tools.check.speech import unsayable
from dialogs.tools.explore import Visit
from dialogs.tools.situation import MOST_PAGES

#: "，请按一。" behind a choice that is said, when the terminal does not tell how it says a reply.
KEY_SYLLABLES = 3

#: Of the villages of one town, in the order of the alphabet: the county and the town have narrowed the list already, and there is no more to ask.
MOST_PAGES_OF_PLACES = 10


def syllables(said: str) -> int:
    """How many syllables a text takes to say: one a Chinese character or digit, about two a Latin letter."""
    return len(re.findall(r"[\u4e00-\u9fff\d]", said)) + 2 * len(re.findall(r"[A-Za-z]", said))


def within(proof: Proof, visit: Visit, budget: Budget) -> None:
    """Findings about what a situation says, on one terminal."""
    if not visit.prompts:
        return
    waits = expectation(proof.book, visit.session, budget) if isinstance(visit.turn.then, Wait) and visit.session.frames else None
    _say(proof, visit, budget, waits)
    _show(proof, visit, budget, waits)
    if waits is not None:
        _choices(proof, visit, budget, waits)
    if budget.speech_seconds is not None:
        for prompt in visit.prompts:
            place = _place(proof, prompt)
            if place and prompt.speech is None and (why := unsayable(prompt.text)):
                proof.at(*place, Code.NO_SPEECH, f"{why} would be spoken as it stands; give it a 'speech'", budget.channel, visit.path)


def _say(proof: Proof, visit: Visit, budget: Budget, waits: Expectation | None) -> None:
    if budget.speech_seconds is None:
        return
    spoken = proof.spoken.get(budget.channel)
    if spoken is not None:
        outcome = Outcome.WAIT if waits else Outcome.END if isinstance(visit.turn.then, End) else Outcome.HAND_OVER
        count = sum(map(syllables, spoken(Reply(visit.prompts, outcome, waits))))
    else:
        count = sum(syllables(prompt.spoken) for prompt in visit.prompts)
        count += sum(syllables(choice.spoken) + KEY_SYLLABLES for choice in (waits.choices if waits else ()))
    seconds = count / budget.syllables_per_second
    if seconds > budget.speech_seconds:
        message = f"{seconds:.0f} s to say in one go, at most {budget.speech_seconds:.0f}; give a shorter 'speech'"
        longest = max(visit.prompts, key=lambda p: syllables(p.spoken))
        _report(proof, visit, budget, Code.TOO_LONG_TO_SAY, message, longest, "text" if longest.speech is None else "speech")


def _show(proof: Proof, visit: Visit, budget: Budget, waits: Expectation | None) -> None:
    longest = max(visit.prompts, key=lambda p: len(p.text))
    if budget.text_bytes is not None:
        shown = [p.text for p in visit.prompts] + [f"{c.key} {c.label}" for c in (waits.choices if waits else ())]
        size = len("\n".join(shown).encode())
        if size > budget.text_bytes:
            message = f"{size} bytes in one go, at most {budget.text_bytes}; shorten the text"
            _report(proof, visit, budget, Code.TOO_MANY_BYTES, message, longest, "text")
    if budget.lines is not None and budget.line_width is not None:
        lines = sum(max(1, -(-len(line) // budget.line_width)) for p in visit.prompts for line in p.text.splitlines())
        if lines > budget.lines:
            message = f"{lines} lines in one go, at most {budget.lines}; shorten the text"
            _report(proof, visit, budget, Code.TOO_MANY_LINES, message, longest, "text")


def _choices(proof: Proof, visit: Visit, budget: Budget, waits: Expectation) -> None:
    """What an author writes fits at once; what the records list may be paged, but not for ever where it cannot be said or typed instead."""
    step = proof.book.flows[visit.where[0]].steps[visit.where[1]]
    written = len(step.choices) if isinstance(step, AskStep | ChooseStep) and visit.session.aside is None else 0
    if written > budget.choices:
        message = f"{written} choices, but {budget.channel} shows {budget.choices} at once; split the question in two"
        proof.on_the_way(visit, Code.TOO_MANY_CHOICES, message, budget, ("choices",))
        return
    asked = question(proof.book, visit.session)
    listed, most = len(asked.options), MOST_PAGES_OF_PLACES if asked.slot.children is not None else MOST_PAGES
    pages = -(-listed // max(1, budget.choices - 1))
    only_by_choosing = waits.wants is Wants.CHOICE or waits.wants not in budget.takes
    if only_by_choosing and listed > budget.choices and pages > most:
        message = f"{listed} choices need {pages} pages, and nobody turns more than {most}; ask first what narrows the list"
        proof.on_the_way(visit, Code.TOO_MANY_CHOICES, message, budget)


def _place(proof: Proof, prompt: Prompt) -> tuple[str, Place] | None:
    """The flow and place of a prompt that a flow's own line says, by the prompt's name; None for the engine's and the catalogue's."""
    flow, _, rest = prompt.name.partition(".")
    step, _, part = rest.partition(".")
    written = proof.book.flows.get(flow)
    if written is None or (not hasattr(written.steps.get(step), "say") and not isinstance(written.steps.get(step), AskStep | ChooseStep)):
        return None
    kind = written.steps[step]
    return flow, ("steps", step, part or ("prompt" if isinstance(kind, AskStep | ChooseStep) else "say"))


def _report(proof: Proof, visit: Visit, budget: Budget, code: Code, message: str, longest: Prompt, part: str) -> None:
    """At the line of the longest prompt, when a flow says it; else at the question."""
    place = _place(proof, longest)
    if place is not None:
        flow, at = place
        proof.at(flow, (*at, part), code, message, budget.channel, visit.path)
    elif visit.session.frames:
        proof.on_the_way(visit, code, message, budget)
