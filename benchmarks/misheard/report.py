"""The report: docs/misheard.md, and the same on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.misheard.counting import TITLES, Measured, Row, noise_named, outcomes, table, tsv, waits
from benchmarks.misheard.resident import End
from benchmarks.misheard.utterances import KINDS, VOICES, Utterance
from ivr.hearing.vocabulary import Grammar, Known, segment
from nlu.misheard import Misheard
from records.catalogue import Item

PAGE = Path(__file__).parents[2] / "docs" / "misheard.md"
SHOWN = 20
"""Confusions on the page; all are in the file."""
TEMPLATE = Path(__file__).parent / "page.md"
KNOWN = ("sentences", "n", "all words known", "some word unknown", "with a name it listens for")
LIMITS = {
    "trial": "It is the project's trial model: it has heard synthetic voices only and its vocabulary is small. **Nothing here says anything about\n"
    "real callers**, and most of what is not found was not misheard but is not in its vocabulary; the tables tell the two apart.",
    "own": "These residents are synthetic: real callers, dialects and telephones will be harder.",
}
"""What the figures do not say, by the kind of recogniser; what holds for any other than the trial model is under "own"."""
WAITED = ("noise", "end found", "of them too early", "waits p50, ms", "waits p95, ms", "computing p50, ms", "computing p95, ms")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the recogniser could hear at all.

    within: texts made of its words alone. named: texts with a name of their service that it listens for. services: how many services' names it
    has words for, and of how many. entries: of the open question's grammar. unheard: phrases of that question that had to be left out.
    """

    within: frozenset[str]
    named: frozenset[str]
    services: tuple[int, int]
    entries: int
    unheard: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the benchmark. model, kind, why: of the recogniser (`ivr.models.Recogniser`)."""

    model: str
    kind: str
    why: str
    measured: Sequence[Measured]
    vocabulary: Vocabulary
    confusions: Sequence[Misheard]
    seconds: float

    @property
    def wrong(self) -> tuple[Measured, ...]:
        """Talks that ended with a wrong item submitted: none, or something is broken."""
        return tuple(one for one in self.measured if one.talked.end is End.WRONG)


def vocabulary_of(items: Sequence[Item], wanted: Sequence[Utterance], known: Known, grammar: Grammar) -> Vocabulary:
    """What of these sentences a recogniser with these words and this grammar could hear. items: all services."""
    heard = {entry.replace(" ", "") for entry in grammar.entries}
    names = {item.code: [name for name in (item.name, *item.aliases) if name in heard] for item in items}
    return Vocabulary(
        frozenset(one.text for one in wanted if segment(one.text, known) is not None),
        frozenset(one.text for one in wanted if any(name in one.text for name in names.get(one.code, ()))),
        (sum(segment(item.name, known) is not None for item in items), len(items)),
        len(grammar.entries),
        len(grammar.unheard),
    )


def report(run: Run) -> str:
    """The whole page."""
    calls, has = len(run.measured), run.vocabulary
    return TEMPLATE.read_text("utf-8").format(
        calls=calls,
        sentences=calls // len({one.noise_db for one in run.measured}),
        model=run.model,
        limits=LIMITS.get(run.kind, LIMITS["own"]),
        wrong=len(run.wrong),
        wrong_ones="".join(f"\n- {_told(one)}" for one in run.wrong),
        services_heard=has.services[0],
        services=has.services[1],
        unheard=has.unheard,
        entries=has.entries,
        vocabulary=table(KNOWN, _vocabulary(run)),
        all=table(TITLES, outcomes(run.measured)),
        named=table(TITLES, outcomes(run.measured, lambda one: one.text in has.named)),
        within=table(TITLES, outcomes(run.measured, lambda one: one.text in has.within)),
        waits=table(WAITED, waits(run.measured)),
        confusions=len(run.confusions),
        caution=" They tell about this model alone: **do not put them into the shipped table**." if run.kind == "trial" else "",
        pairs=f"```tsv\n{tsv(run.confusions[:SHOWN])}```",
        voices=" and ".join(VOICES),
        minutes=f"{run.seconds / 60:.0f}",
    )


def _told(one: Measured) -> str:
    talk = one.talked
    return f"{talk.wanted.text} ({noise_named(one.noise_db)}): heard {talk.heard.text!r}, submitted {talk.submitted}"


def _vocabulary(run: Run) -> tuple[Row, ...]:
    has = run.vocabulary
    texts = {kind: {one.talked.wanted.text for one in run.measured if one.talked.wanted.kind == kind} for kind in KINDS}
    sizes = {kind: (len(of), len(of & has.within), len(of - has.within), len(of & has.named)) for kind, of in texts.items() if of}
    return tuple((kind, *map(str, size)) for kind, size in sizes.items())
