"""Which steps of the flows were walked, and which nobody came to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dialogs.book import Book


@dataclass(frozen=True, slots=True)
class Unwalked:
    """A step that nobody came to, with its place."""

    flow: str
    step: str
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.flow}.{self.step} is walked by no play"


@dataclass(frozen=True, slots=True)
class Coverage:
    """counts: flow, steps walked, all steps, in the order of the flows' names. unwalked: in the order of the files."""

    counts: tuple[tuple[str, int, int], ...]
    unwalked: tuple[Unwalked, ...]

    @property
    def line(self) -> str:
        """All in one line: `plays walk 69 of 70 steps: about 13/13, …`."""
        walked, everything = sum(count[1] for count in self.counts), sum(count[2] for count in self.counts)
        flows = ", ".join(f"{flow} {some}/{all_}" for flow, some, all_ in self.counts)
        return f"plays walk {walked} of {everything} steps: {flows}"


def coverage(book: Book, passed: Collection[tuple[str, str]]) -> Coverage:
    """What was `passed` (flow, step), against all there is in the book."""
    counts, unwalked = [], []
    for name in sorted(book.flows):
        steps, source = book.flows[name].steps, book.sources[name]
        left = [step for step in steps if (name, step) not in passed]
        counts.append((name, len(steps) - len(left), len(steps)))
        unwalked += [Unwalked(name, step, source.file, source.line("steps", step)) for step in left]
    return Coverage(tuple(counts), tuple(unwalked))
