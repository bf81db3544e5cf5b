"""The book the engine reads from: flows, small words, universals and the index of service items. Immutable; a new catalogue makes a new book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from dialogs.contract import Choice, Prompt
from dialogs.flow import AnyStep, Flow
from dialogs.load import FOLDER, Source, read_flows
from dialogs.words import Words, load_words
from nlu.commands import COMMAND_PHRASES
from nlu.items import ItemIndex

#: The flow every conversation begins with, and its step that 主菜单 goes to.
MAIN, MENU = "main", "menu"


@dataclass(frozen=True, slots=True)
class Book:
    """All that can be said. `sources` know the line of everything, for findings. `item_phrases` are the items' names for a recogniser.
    `domains` are the headings of the menu under which items stand; their ids are what a `service_item` slot takes for one."""

    flows: Mapping[str, Flow]
    sources: Mapping[str, Source]
    words: Words
    universals: tuple[Choice, ...]
    items: ItemIndex
    item_phrases: tuple[str, ...] = ()
    domains: tuple[Choice, ...] = ()

    def step(self, flow: str, step: str) -> AnyStep:
        """A step by its names; KeyError when a session is older than the flows."""
        return self.flows[flow].steps[step]

    def line(self, name: str, /, **values: object) -> Prompt:
        """A small sentence as a prompt; `<name>_spoken`, where it exists, is its speech."""
        spoken = f"{name}_spoken"
        speech = self.words(spoken, **values) if spoken in self.words.sentences else None
        return Prompt(self.words(name, **values), speech, name)

    def line_of_kind(self, part: str, slot: str) -> Prompt | None:
        """What is said for a kind of answer ("help", "mobile") where a question says nothing itself; None when there is nothing to say."""
        name = f"common.{part}_{slot}"
        return self.line(name) if name in self.words.sentences else None

    def also(self, name: str) -> tuple[str, ...]:
        """Further ways of saying a choice that is named by a small sentence: `<name>_also`, divided by blanks; none if it is not there."""
        also = f"{name}_also"
        return tuple(self.words(also).split()) if also in self.words.sentences else ()


def read_universals(path: Path = FOLDER.parent / "universals.yaml") -> tuple[Choice, ...]:
    """The universals in the order they are shown; their spoken words come with the nlu's command table."""
    return tuple(
        Choice(f"!{u['id']}", u["label"], str(u.get("key", "")), words=COMMAND_PHRASES[f"!{u['id']}"])
        for u in yaml.safe_load(path.read_text("utf-8"))
    )


def read_book(
    items: ItemIndex | None = None, item_phrases: tuple[str, ...] = (), domains: tuple[Choice, ...] = (), folder: Path = FOLDER
) -> Book:
    """The book from its files. Raises FlowError or WordsError with file and line."""
    loaded = read_flows(folder)
    return Book(
        flows={name: flow for name, (flow, _) in loaded.items()},
        sources={name: source for name, (_, source) in loaded.items()},
        words=load_words(),
        universals=read_universals(),
        items=items or ItemIndex(()),
        item_phrases=item_phrases,
        domains=domains,
    )
