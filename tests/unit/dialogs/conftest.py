"""A small resident for the engine's tests: the shipped flows, samples in place of the records, no Redis."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from dialogs.actions import SPECS
from dialogs.book import Book, read_book
from dialogs.contract import Budget, Event, Keys, Pick, Silence, Text
from dialogs.engine import advance, begin, committed
from dialogs.heard import Began, Done
from dialogs.outcome import Do, Turn
from dialogs.question import expectation, question
from dialogs.reading import read
from dialogs.session import Session
from nlu.items import Item, ItemIndex

PHONE = Budget("telephone", choices=4)
ITEMS = (
    Item("YL-001", "老年优待证", ("老年证", "老人优待证")),
    Item("YL-002", "高龄补贴", ("高龄津贴", "八十岁补贴")),
    Item("ZZ-001", "居住证", ("暂住证",)),
    Item("JZ-001", "低保", ("最低生活保障",)),
)


#: 2026-11-23, early in the afternoon.
NOW = 1_795_410_000.0


@pytest.fixture(scope="session")
def book() -> Book:
    return read_book(ItemIndex(ITEMS), tuple(item.name for item in ITEMS))


@dataclass
class Resident:
    """Talks to the pure step; actions end as `outcomes` says, else as their first sample."""

    book: Book
    budget: Budget = PHONE
    outcomes: dict[str, Done] = field(default_factory=dict)
    asked: list[Do] = field(default_factory=list)
    session: Session = field(default_factory=lambda: replace(begin("s1"), touched=NOW))
    turn: Turn | None = None

    def arrive(self) -> str:
        return self.heard(Began())

    def heard(self, heard: object) -> str:
        turn = advance(self.book, self.session, heard)  # type: ignore[arg-type]
        prompts = turn.prompts
        while isinstance(turn.then, Do):
            self.asked.append(turn.then)
            spec = SPECS[turn.then.action]
            done = self.outcomes.get(spec.name) or Done(*next(iter(spec.samples.items())))
            turn = advance(self.book, committed(turn.session) if done.outcome in spec.commits else turn.session, done)
            prompts = (*prompts, *turn.prompts)
        self.turn, self.session = turn, replace(turn.session, said=prompts)
        return "\n".join(p.text for p in prompts)

    def event(self, event: Event) -> str:
        return self.heard(read(self.book, self.session, event, self.budget))

    def say(self, text: str) -> str:
        return self.event(Text(text))

    def press(self, keys: str) -> str:
        return self.event(Keys(keys))

    def pick(self, choice: str) -> str:
        return self.event(Pick(choice))

    def wait(self) -> str:
        return self.event(Silence())

    def forms(self, form: list[dict[str, object]]) -> None:
        """Every service brings this form from now on."""
        self.outcomes["open_item"] = Done("found", {**SPECS["open_item"].samples["found"], "form": form})

    @property
    def question(self) -> str:
        return question(self.book, self.session).name

    @property
    def choices(self) -> list[str]:
        return [c.label for c in expectation(self.book, self.session, self.budget).choices]

    @property
    def slots(self) -> dict[str, object]:
        return dict(self.session.top.slots)


@pytest.fixture
def resident(book: Book) -> Resident:
    resident = Resident(book)
    resident.arrive()
    return resident
