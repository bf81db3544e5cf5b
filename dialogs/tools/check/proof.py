"""What every part of the check works on: the book, the terminals, the items, and where findings are written down with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dialogs.book import Book
from dialogs.contract import Budget, Reply
from dialogs.flow import FormStep
from dialogs.load import Place
from dialogs.question import pending_field
from dialogs.tools.check.findings import Code, Finding, Findings
from dialogs.tools.check.items import ItemSource
from dialogs.tools.explore import Advance, Visit

#: How sure: is this phrase in the loaded recogniser's vocabulary?
Hearable = Callable[[str], bool]
#: The sentences in which a terminal says a reply, choices included.
Spoken = Callable[[Reply], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Proof:
    """One run of the check. items: the catalogue's, by code; without them the actions' samples stand for the catalogue."""

    book: Book
    budgets: tuple[Budget, ...]
    items: Mapping[str, ItemSource]
    step: Advance
    hearable: Hearable | None
    spoken: Mapping[str, Spoken]
    most: int
    found: Findings

    def at(self, flow: str, place: Place, code: Code, message: str, terminal: str = "", path: tuple[str, ...] = ()) -> None:
        """A finding at a place of a flow."""
        source = self.book.sources[flow]
        self.found.add(Finding(source.file, source.line(*place), code, message, terminal, path))

    def on_the_way(self, visit: Visit, code: Code, message: str, budget: Budget | None = None, part: Place = ()) -> None:
        """A finding at the question of a situation: in the catalogue when an item's field is asked, else in the flow."""
        terminal = budget.channel if budget else ""
        flow, name = visit.where
        step = self.book.flows[flow].steps.get(name)
        if isinstance(step, FormStep) and visit.session.frames and visit.session.aside is None:
            field = pending_field(step, visit.session.top)
            item = self.items.get(str((visit.session.top.slots.get("service") or {}).get("code", "")))
            if field is not None and item is not None:
                line = item.lines.get(field["name"], item.line)
                told = f"{item.code}, field {field['name']!r}: {message}"
                self.found.add(Finding(item.file, line, code, told, terminal, visit.path))
                return
        self.at(flow, ("steps", name, *part), code, message, terminal, visit.path)

    @property
    def heard_somewhere(self) -> bool:
        """Whether a terminal speaks and listens."""
        return any(budget.speech_seconds is not None for budget in self.budgets)
