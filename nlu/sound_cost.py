"""What a line of the table of sounds costs: names that are one sound because of it, and so can no longer be told apart by ear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nlu.pinyin import syllables
from nlu.sounds import Folding, Sound

Owned = tuple[str, str]
"""What a name means (a service's code, a place's path, a command), and the name."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two names of one kind that mean different things and are one sound. kind: "services", "places", …"""

    kind: str
    one: str
    other: str


class Ears:
    """Names spelled out once, to be compared under many tables."""

    def __init__(self, names: Mapping[str, Iterable[Owned]]) -> None:
        """names: by kind. Places are given by town, since they are listened for by town: their kind is what stands before the first blank."""
        self._names = {kind: [(owner, name, syllables(name)) for owner, name in dict.fromkeys(owned)] for kind, owned in names.items()}

    def clashes(self, rows: Iterable[Sound]) -> frozenset[Clash]:
        """All clashes when these rows count."""
        fold = Folding(row for row in rows if row.use).fold
        folded: dict[str, str] = {}
        found: set[Clash] = set()
        for kind, names in self._names.items():
            alike: dict[tuple[str, ...], list[Owned]] = {}
            for owner, name, sound in names:
                key = tuple(folded.setdefault(one, fold(one)) if one not in folded else folded[one] for one in sound)
                alike.setdefault(key, []).append((owner, name))
            for same in alike.values():
                found |= {
                    Clash(kind.split(" ")[0], *sorted((name, other)))
                    for at, (owner, name) in enumerate(same)
                    for another, other in same[at + 1 :]
                    if owner != another and name != other
                }
        return frozenset(found)

    def cost(self, row: Sound, rows: Iterable[Sound]) -> tuple[Clash, ...]:
        """What this row alone makes alike beside the other rows that count; in the order of kinds and names."""
        others = [other for other in rows if other.use and other != row]
        more = self.clashes([*others, replace(row, use=True)]) - self.clashes(others)
        return tuple(sorted(more, key=lambda clash: (clash.kind, clash.one, clash.other)))
