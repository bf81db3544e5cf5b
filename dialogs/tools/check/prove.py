"""`onestop check`: what can be known about the flows before a resident meets them, each finding with file, line and the shortest way there.

First the flows as written; then, if they hold together, as they run: every conversation is walked on every terminal (`explore`), and at every
question everything is tried that a resident, a terminal or the records may do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.book import Book
from dialogs.contract import Budget
from dialogs.engine import advance
from dialogs.flow import FormStep
from dialogs.heard import Done
from dialogs.load import FlowError
from dialogs.outcome import CircleError, Do, HandOver, Wait
from dialogs.question import question
from dialogs.tools.catalogue import CatalogueSource, ItemSource
from dialogs.tools.check.budgets import within
from dialogs.tools.check.findings import Code, Finding, Findings
from dialogs.tools.check.hearing import by_ear, universals_by_ear
from dialogs.tools.check.interruptions import handed_over, interruptions
from dialogs.tools.check.proof import Hearable, Proof, Spoken
from dialogs.tools.check.questions import a_person_at_once, can_be_answered, failures_end_at_a_person, means_what_it_says
from dialogs.tools.check.rounds import rounds
from dialogs.tools.check.speech import speech_is_there
from dialogs.tools.check.written import as_written
from dialogs.tools.explore import MOST_SITUATIONS, Advance, Broken, Samples, Visit, Walk, Walker, WatchedBook, failing, watched
from dialogs.tools.inputs import AboutTheItem, nothing


@dataclass(frozen=True, slots=True)
class Report:
    """What the check found, and how many situations it walked on each terminal."""

    findings: tuple[Finding, ...]
    situations: Mapping[str, int]


def unreadable(wrong: FlowError) -> Report:
    """The report about flows that cannot even be loaded."""
    return Report(tuple(Finding(f.file, f.line, Code(f.code), f.message) for f in wrong.findings), {})


def check(
    book: Book,
    budgets: Iterable[Budget],
    hearable: Hearable | None = None,
    catalogue: CatalogueSource | None = None,
    spoken: Mapping[str, Spoken] | None = None,
    step: Advance = advance,
    most: int = MOST_SITUATIONS,
) -> Report:
    """All findings, by file and line; none is a pass.

    hearable: whether the recogniser's vocabulary has a phrase; None leaves that out. catalogue: its items' forms are walked too. spoken: by
    channel, how a terminal says a reply. step: the engine's. most: situations on one terminal at which a walk is given up.
    """
    catalogue = catalogue or CatalogueSource()
    watching, found = watched(book), Findings()
    items = {item.code: item for item in catalogue.items}
    proof = Proof(watching, tuple(budgets), items, step, hearable, spoken or {}, most, found)
    as_written(proof)
    situations: dict[str, int] = {}
    if not found:
        speech_is_there(proof)
        universals_by_ear(proof)
        running = _Running(proof, catalogue)
        for budget in proof.budgets:
            situations[budget.channel] = running.on(budget)
        _unreachable(proof, watching)
    return Report(found.sorted(), situations)


def _unreachable(proof: Proof, watching: WatchedBook) -> None:
    for flow in watching.flows.values():
        for name in flow.steps:
            if (flow.flow, name) not in watching.passed:
                proof.at(flow.flow, ("steps", name), Code.UNREACHABLE, "no conversation comes here; lead to it or delete it")


@dataclass(frozen=True, slots=True)
class _Walked:
    """A walk with everything that was seen on it, in order; what was told on another way to a known situation included."""

    visits: tuple[Visit, ...]
    walk: Walk


class _Running:
    """The flows as they run. What does not differ between terminals is looked at once."""

    def __init__(self, proof: Proof, catalogue: CatalogueSource) -> None:
        self._proof, self._catalogue = proof, catalogue
        self._interrupted: set[str] = set()
        self._failed: dict[tuple[object, ...], tuple[Visit, ...]] = {}
        self._read: set[tuple[object, ...]] = set()
        # Terminals differ in how many choices they show at once, and in nothing else that a walk could see.
        self._walked: dict[int, _Walked] = {}
        self._forms: dict[tuple[str, int], _Walked] = {}
        self._about_the_item = AboutTheItem()
        themes, lists = list(catalogue.themes), [list(listed) for listed in catalogue.lists]
        self._samples: Samples = {"list_themes": {"found": [themes]}, "list_under": {"found": lists}} if themes else {}

    def on(self, budget: Budget) -> int:
        """Looks at one terminal; gives the number of situations."""
        if budget.choices not in self._walked:
            self._walked[budget.choices] = self._walk(budget)
        walked = self._walked[budget.choices]
        for visit in walked.visits:
            self._look(visit, budget)
        self._broken(walked.walk, budget)
        if not walked.walk.complete:
            told = f"more than {self._proof.most} situations on {budget.channel}, so nothing is proved"
            message = f"{told}; look for a slot that counts without end"
            self._proof.on_the_way(walked.visits[-1], Code.TOO_LARGE, message, budget)
        else:
            rounds(self._proof, walked.walk)
        items = sum(self._item(item, walked, budget) for item in self._catalogue.items)
        return len(walked.walk.visits) + items + sum(self._elsewhere(approval, walked, budget) for approval in self._catalogue.elsewhere)

    def _walk(self, budget: Budget) -> _Walked:
        proof = self._proof
        walker = Walker(proof.book, budget, self._samples, step=proof.step, most=proof.most, digressing=True)
        walker.begin()
        return _Walked(tuple(walker.run()), walker.walk)

    def _look(self, visit: Visit, budget: Budget) -> None:
        """Everything about one situation."""
        within(self._proof, visit, budget)
        if visit.retold:
            return
        fresh = visit.key not in self._interrupted
        self._interrupted.add(visit.key)
        try:
            match visit.turn.then:
                case Wait():
                    self._at_a_question(visit, budget)
                    if fresh:
                        interruptions(self._proof, visit, self._samples)
                case HandOver(again=False) if fresh:
                    handed_over(self._proof, visit, self._samples)
        except Exception as wrong:  # whatever a flow breaks with is a finding
            self._broke(Broken(*visit.where, visit.path, wrong), budget)

    def _at_a_question(self, visit: Visit, budget: Budget) -> None:
        """What depends on the question alone is looked at once for each wording of its choices."""
        proof = self._proof
        asked = question(proof.book, visit.session)
        once = (budget.channel, visit.where, asked.name, asked.options, visit.session.page, bool(visit.session.partial))
        if once in self._read:
            return
        self._read.add(once)
        can_be_answered(proof, visit, budget)
        a_person_at_once(proof, visit, budget, self._samples)
        means_what_it_says(proof, visit, budget)
        if budget.speech_seconds is not None:
            by_ear(proof, visit, budget)
        for failed in self._failures(visit, (visit.where, asked.name, asked.prompt)):
            within(proof, failed, budget)

    def _failures(self, visit: Visit, key: tuple[object, ...]) -> tuple[Visit, ...]:
        if key not in self._failed:
            failures_end_at_a_person(self._proof, visit)
            self._failed[key] = tuple(failing(self._proof.book, visit, self._proof.step))
        return self._failed[key]

    def _broke(self, broken: Broken, budget: Budget) -> None:
        circle = isinstance(broken.error, CircleError)
        message = str(broken.error) if circle else f"{type(broken.error).__name__}: {broken.error}"
        place = ("steps", broken.step)
        self._proof.at(broken.flow, place, Code.CIRCLE if circle else Code.BREAKS, message, budget.channel, broken.path)

    def _broken(self, walk: Walk, budget: Budget) -> None:
        for broken in walk.broken:
            self._broke(broken, budget)

    # --- the catalogue's items ------------------------------------------------------------------------------------------------------

    def _item(self, item: ItemSource, main: _Walked, budget: Budget) -> int:
        """Looks at one item's form on one terminal; gives the number of situations."""
        opening = next((visit for visit in main.walk.visits.values() if self._opens(visit)), None)
        if opening is None:
            return 0
        for key in ((item.code, 0), (item.code, budget.choices)):
            if key in self._forms:
                walked = self._forms[key]
                break
        else:
            walked = self._item_walk(item, opening, budget)
            fits = not any(self._pages(visit) for visit in walked.visits)
            self._forms[item.code, 0 if fits else budget.choices] = walked
        for visit in walked.visits:
            within(self._proof, visit, budget)
            if isinstance(visit.turn.then, Wait) and not visit.retold:
                try:
                    self._at_a_question(visit, budget)
                except Exception as wrong:  # whatever an item's form breaks with is a finding
                    self._broke(Broken(*visit.where, visit.path, wrong), budget)
        self._broken(walked.walk, budget)
        return len(walked.walk.visits)

    def _item_walk(self, item: ItemSource, opening: Visit, budget: Budget) -> _Walked:
        """From where the records open the item, on by answers alone."""
        samples = {**self._samples, "open_item": {"found": [item.opened]}}
        walker = Walker(self._proof.book, budget, samples, self._about_the_item, self._proof.step, self._proof.most)
        walker.go_on(opening, Done("found", item.opened), item.code)
        return _Walked(tuple(walker.run()), walker.walk)

    def _elsewhere(self, approval: Mapping[str, Any], main: _Walked, budget: Budget) -> int:
        """Looks at what is said of an approval that is decided elsewhere, wherever something is opened; gives the number of situations."""
        opened = {visit.where: visit for visit in main.walk.visits.values() if _asks(visit, "open_item")}
        for opening in opened.values():
            walker = Walker(self._proof.book, budget, inputs=nothing, step=self._proof.step)
            walker.go_on(opening, Done("elsewhere", approval), str(approval["name"]))
            for visit in walker.run():
                within(self._proof, visit, budget)
        return len(opened)

    def _pages(self, visit: Visit) -> bool:
        """Whether some terminal would show the choices here on several pages, so that terminals differ."""
        if not isinstance(visit.turn.then, Wait) or not visit.session.frames:
            return False
        return len(question(self._proof.book, visit.session).options) > min(budget.choices for budget in self._proof.budgets)

    def _opens(self, visit: Visit) -> bool:
        """Whether an item is opened here in order to be requested, and not only asked about."""
        return _asks(visit, "open_item") and any(
            isinstance(step, FormStep) for step in self._proof.book.flows[visit.where[0]].steps.values()
        )


def _asks(visit: Visit, action: str) -> bool:
    return isinstance(visit.turn.then, Do) and visit.turn.then.action == action
