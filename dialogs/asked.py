"""A question as the engine puts it: the flow's own, a form's field, or one of the engine's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dialogs.book import Book
from dialogs.contract import Choice, Prompt
from dialogs.flow import Line
from dialogs.slots.kinds import SlotType
from dialogs.templates import render

YES_NO = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Question:
    """A question. `options` are all its choices, with `values` where a choice means more than its id; `field` is the form field's name.

    again: asked when the talk comes back to it. label: what its answer is called. accepts: another slot type whose answers are taken in place of
    yes or no ("不是，是139…").
    """

    name: str
    slot: SlotType
    prompt: Prompt
    retry: Prompt | None = None
    rescue: Prompt | None = None
    help: Prompt | None = None
    again: Prompt | None = None
    options: tuple[Choice, ...] = ()
    values: Mapping[str, Any] | None = None
    field: str = ""
    label: str = ""
    optional: bool = False
    accepts: SlotType | None = None

    def value(self, choice: str) -> Any:
        """What picking a choice means."""
        return self.values[choice] if self.values and choice in self.values else choice


def prompt(line: Line, slots: Mapping[str, Any], name: str) -> Prompt:
    """A flow's line with its values."""
    return Prompt(render(line.text, slots), None if line.speech is None else render(line.speech, slots), name)


def yes_no(book: Book) -> tuple[Choice, ...]:
    """是的 and 不是."""
    return tuple(named(book, id, f"common.{id}") for id in YES_NO)


def named(book: Book, id: str, sentence: str, **values: object) -> Choice:
    """A choice of the engine's own, in the words of a small sentence."""
    return Choice(id, book.words(sentence, **values), words=book.also(sentence))
