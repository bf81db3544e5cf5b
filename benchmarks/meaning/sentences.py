"""The catalogue as services to find, and the sentences to find them by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from nlu.items import Item
from records.catalogue import directory_files, read_directory, read_files, sample_files

UTTERANCES = Path(__file__).parent / "utterances.tsv"
IN_DOMAIN = ("standard", "colloquial", "indirect", "typed", "misheard")
OUTSIDE = ("not_ours", "out_of_domain")
LONG = ("not_ours_long", "out_of_domain_long")


@dataclass(frozen=True, slots=True)
class Sentence:
    """codes: the services that are right; none for what is not ours."""

    kind: str
    codes: tuple[str, ...]
    text: str

    @property
    def heard(self) -> bool:
        """Whether it is scored as speech."""
        return self.kind == "misheard"

    @property
    def half(self) -> str:
        """A: limits and methods may be chosen on it. B: only reported."""
        return "AB"[hashlib.sha256(self.text.encode()).digest()[0] & 1]


def services() -> list[Item]:
    """The 144 services of the catalogue and the 229 approvals of the city directory."""
    items = [Item(one.code, one.name, one.aliases, one.ways.all) for one in read_files(sample_files()).items]
    return items + [Item(one.code, one.name, one.aliases, one.ways) for one in read_directory(directory_files()).approvals]


def sentences() -> list[Sentence]:
    """All test sentences."""
    rows = [line.split("\t") for line in UTTERANCES.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return [Sentence(kind, tuple(filter(None, codes.split("|"))), text) for kind, codes, text in rows]
