"""What every part of the check works on: the book, the terminals, the items, and where findings are written down with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dialogs.book import Book
from dialogs.contract import Budget, Reply
from dialogs.flow import FormStep
from dialogs.load import Place
from dialogs.outcome import Wait
from dialogs.question import pending_field, question
from dialogs.tools.catalogue import ItemSource
from dialogs.tools.check.findings import Code, Finding, Findings
from dialogs.tools.explore import Advance, Visit
from dialogs.words import FOLDER as WORDS

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
        """A finding at the question of a situation: in the flow, in the catalogue when an item's field is asked, or in the engine's words."""
        terminal = budget.channel if budget else ""
        if visit.session.aside is not None and isinstance(visit.turn.then, Wait):
            file, line = words_place(question(self.book, visit.session).prompt.name)
            self.found.add(Finding(file, line, code, message, terminal, visit.path))
            return
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


def words_place(name: str) -> tuple[str, int]:
    """File and line of a small sentence, by its name ("common.really_cancel")."""
    owner, _, key = name.partition(".")
    path = WORDS / f"{owner}.yaml"
    written = path.read_text("utf-8").splitlines()
    line = next((n for n, text in enumerate(written, 1) if re.match(rf"[\"']?{re.escape(key)}[\"']?:", text)), 1)
    return from_here(path), line


def from_here(path: Path) -> str:
    """A file as findings name it: from the working folder, when it is in there."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
