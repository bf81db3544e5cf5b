"""From talks to figures: tables by kind of sentence and noise, how long a caller waits, what was heard for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.misheard.resident import End, First, Talked
from benchmarks.misheard.utterances import KINDS, Utterance
from ivr.hearing.vocabulary import Known, segment
from nlu.confusions import learn
from nlu.misheard import Misheard

FIRST = (First.SURE, First.TOP, First.AMONG, First.ASKED, First.ELSE, First.OFFERED_WRONG, First.SURE_WRONG)
ENDS = (End.SUBMITTED, End.PERSON, End.LEFT, End.CUT, End.WRONG)
TITLES = ("sentences", "noise", "n", *FIRST, "found", *ENDS)

Row = tuple[str, ...]
Kept = Callable[[Utterance], bool]


@dataclass(frozen=True, slots=True)
class Measured:
    """One talk over one line. noise_db: None without noise."""

    noise_db: float | None
    talked: Talked


def noise_named(noise_db: float | None) -> str:
    """A noise as it stands in tables."""
    return "none" if noise_db is None else f"{noise_db:g} dB"


def outcomes(measured: Sequence[Measured], kept: Kept = lambda _: True) -> tuple[Row, ...]:
    """For each kind and noise how often each outcome came, under `TITLES`; only utterances that are `kept`.

    found: the share of first sentences after which the right service was taken or offered; empty where there is no right one.
    """
    rows: list[Row] = []
    for kind in KINDS:
        for noise in dict.fromkeys(one.noise_db for one in measured):
            talks = [one.talked for one in measured if one.noise_db == noise and one.talked.wanted.kind == kind and kept(one.talked.wanted)]
            if not talks:
                continue
            first, end = Counter(talk.first for talk in talks), Counter(talk.end for talk in talks)
            found = first[First.SURE] + first[First.TOP] + first[First.AMONG]
            share = f"{found / len(talks):.0%}" if talks[0].wanted.code else ""
            rows.append(
                (kind, noise_named(noise), str(len(talks)), *(str(first[one]) for one in FIRST), share, *(str(end[one]) for one in ENDS))
            )
    return tuple(rows)


def waits(measured: Sequence[Measured]) -> tuple[Row, ...]:
    """For each noise: first sentences whose end was found, those whose turn was over while they still lasted, ms from the last word to the
    answer (p50, p95), ms of it computing (p50, p95)."""
    rows: list[Row] = []
    for noise in dict.fromkeys(one.noise_db for one in measured):
        heard = [one.talked.heard for one in measured if one.noise_db == noise]
        waited = sorted(one.waited_ms for one in heard if one.waited_ms is not None)
        computed = sorted(one.computed_ms for one in heard if one.computed_ms is not None)
        figures = (f"{at(values, share):.0f}" if values else "" for values in (waited, computed) for share in (0.5, 0.95))
        rows.append((noise_named(noise), f"{len(waited)} of {len(heard)}", str(sum(ms < 0 for ms in waited)), *figures))
    return tuple(rows)


def at(values: Sequence[float], share: float) -> float:
    """The value under which this share of the sorted values lies. Raises IndexError for none."""
    return values[min(len(values) - 1, int(share * len(values)))]


def confusions(measured: Iterable[Measured], known: Known, source: str, names: Sequence[str]) -> tuple[Misheard, ...]:
    """What was heard for what, as rows for the table of confusions, most frequent first. known: the recogniser's words.

    Only from what it could have heard right: a word that it does not have is not misheard, and would fill the table with chance.
    """
    pairs = []
    for one in measured:
        said = [(one.talked.wanted.text, one.talked.heard.text), *one.talked.others]
        pairs += [(heard, meant) for meant, heard in said if heard and heard != meant and segment(meant, known) is not None]
    return learn(pairs, source=source, names=names)


def tsv(rows: Iterable[Misheard]) -> str:
    """As `nlu/data/misheard.tsv` has them."""
    lines = ("\t".join((row.heard, row.meant, str(row.times), row.source)) for row in rows)
    return "\n".join(("heard\tmeant\ttimes\tsource", *lines)) + "\n"


def listed(measured: Iterable[Measured]) -> str:
    """Every talk as a line, for whoever looks for a cause: sentence, noise, what was heard, how it was taken, the end, and what was said and
    heard later."""
    rows = [("sentences", "code", "said", "noise", "heard", "first", "end", "turns", "later")]
    for one in measured:
        talk, wanted = one.talked, one.talked.wanted
        later = " ".join(f"{said}>{heard or '-'}" for said, heard in talk.others)
        told = (talk.heard.text, talk.first, talk.end, str(talk.turns), later)
        rows.append((wanted.kind, wanted.code, wanted.text, noise_named(one.noise_db), *told))
    return "".join("\t".join(row) + "\n" for row in rows)


def table(titles: Sequence[str], rows: Iterable[Row]) -> str:
    """A Markdown table; columns of figures to the right."""
    rows = tuple(rows)
    figures = [all(cell.lstrip("-")[:1].isdigit() or not cell for cell in column) for column in zip(*rows, strict=True)] or [False] * len(
        titles
    )
    rule = tuple("---:" if right else "---" for right in figures)
    return "\n".join("| " + " | ".join(row) + " |" for row in (tuple(titles), rule, *rows))
