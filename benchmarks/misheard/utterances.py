"""Which sentences are spoken, and by whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.meaning.sentences import Sentence

NAME, OUTSIDE = "name", "out_of_domain"
KINDS = (NAME, "standard", "colloquial", OUTSIDE)
OUTSIDE_SENTENCES = 40
VOICES = ("zf_xiaoyi", "zm_yunyang")
"""A woman and a man, whom neither the prompts nor the training of the trial recogniser have."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one resident wants and says first. code, name: of the service; empty for what no office does."""

    kind: str
    code: str
    name: str
    text: str

    @property
    def voice(self) -> str:
        """One resident, one voice: who wants a service says its name, too, with the voice of the sentence."""
        return VOICES[_order(self.code or self.text) % len(VOICES)]


def _order(text: str) -> int:
    """A number by which texts are mixed, the same in every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def utterances(services: Sequence[tuple[str, str]], sentences: Iterable[Sentence], most: int | None = None) -> tuple[Utterance, ...]:
    """For each service (code, name) its bare name and the first sentence of each kind; and some that mean no service.

    most: so many in all, evenly of all kinds, each a mix of all domains; None for all. Raises ValueError for fewer than one of each kind.
    """
    if most is not None and most < len(KINDS):
        raise ValueError(f"{most} sentences: wants {len(KINDS)} at least, one of each kind")
    names = dict(services)
    found: dict[str, dict[str, Utterance]] = {kind: {} for kind in KINDS}
    found[NAME] = {code: Utterance(NAME, code, name, name) for code, name in services}
    for one in sentences:
        if one.kind == OUTSIDE:
            found[OUTSIDE][one.text] = Utterance(OUTSIDE, "", "", one.text)
        elif one.kind in found and len(one.codes) == 1 and one.codes[0] in names:
            found[one.kind].setdefault(one.codes[0], Utterance(one.kind, one.codes[0], names[one.codes[0]], one.text))
    mixed = {kind: sorted(of.values(), key=lambda each: _order(each.text)) for kind, of in found.items()}
    mixed[OUTSIDE] = mixed[OUTSIDE][:OUTSIDE_SENTENCES]
    kept = dict.fromkeys(KINDS, 0)
    left = sum(map(len, mixed.values())) if most is None else most
    while left and any(kept[kind] < len(mixed[kind]) for kind in KINDS):
        for kind in KINDS:
            if left and kept[kind] < len(mixed[kind]):
                kept[kind] += 1
                left -= 1
    return tuple(one for kind in KINDS for one in mixed[kind][: kept[kind]])
