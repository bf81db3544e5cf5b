"""The places of Xiangyang as they are looked up: by name without suffix, as text and by sound. Names: `data/places.tsv`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from nlu.pinyin import fuzzy
from nlu.tables import FOLDER, TableError, phrases

COUNTY, TOWN, VILLAGE = 1, 2, 3
LEVELS: Final = (COUNTY, TOWN, VILLAGE)
WORDS: Final = phrases("place_words")
SUFFIXES: Final = {
    COUNTY: tuple(sorted(WORDS["suffix_county"], key=len, reverse=True)),
    TOWN: tuple(sorted(WORDS["suffix_town"], key=len, reverse=True)),
    VILLAGE: tuple(sorted(WORDS["suffix_village"], key=len, reverse=True)),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One place. parents: the numbers of all places it lies in, or is said to lie in; parent: the one it is listed under, -1 for none."""

    number: int
    level: int
    path: tuple[str, ...]
    stem: str
    parent: int
    parents: frozenset[int]

    @property
    def name(self) -> str:
        """Its own name, with suffix."""
        return self.path[-1]


def stem_of(name: str, level: int) -> str:
    """牛首 of 牛首镇. A name of which only one character would be left stays whole (杨村)."""
    for suffix in SUFFIXES[level]:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """All places. by_text and by_sound: for each level, a stem or its fuzzy syllables to the numbers of the places it may be.
    names: all whole names, each once; by_name: whose they are. longest: characters of the longest stem."""

    nodes: tuple[Node, ...]
    by_path: dict[tuple[str, ...], Node]
    children: dict[tuple[str, ...], tuple[Node, ...]]
    by_text: dict[int, dict[str, tuple[int, ...]]]
    by_sound: dict[int, dict[tuple[str, ...], tuple[int, ...]]]
    by_name: dict[str, tuple[int, ...]]
    names: tuple[str, ...]
    longest: int

    def under(self, number: int, ancestor: int) -> bool:
        """Whether a place lies in another one."""
        return ancestor in self.nodes[number].parents


@cache
def place_index() -> PlaceIndex:
    """The index, built when it is first wanted (about 60 ms, mostly spelling out 2,900 names) and kept."""
    nodes = _nodes(_rows())
    children: dict[tuple[str, ...], list[Node]] = {}
    by_text: dict[int, dict[str, list[int]]] = {level: {} for level in LEVELS}
    by_sound: dict[int, dict[tuple[str, ...], list[int]]] = {level: {} for level in LEVELS}
    by_name: dict[str, list[int]] = {}
    also = _also(nodes)
    for node in nodes:
        children.setdefault(node.path[:-1], []).append(node)
        by_name.setdefault(node.name, []).append(node.number)
        for said in {node.stem, *also.get((node.level, node.name), ())}:
            by_text[node.level].setdefault(said, []).append(node.number)
            by_sound[node.level].setdefault(fuzzy(said), []).append(node.number)
    return PlaceIndex(
        nodes,
        {node.path: node for node in nodes},
        {path: tuple(found) for path, found in children.items()},
        {level: {said: tuple(numbers) for said, numbers in table.items()} for level, table in by_text.items()},
        {level: {said: tuple(numbers) for said, numbers in table.items()} for level, table in by_sound.items()},
        {name: tuple(numbers) for name, numbers in by_name.items()},
        tuple(by_name),
        max(len(said) for table in by_text.values() for said in table),
    )


def _rows() -> list[tuple[str, str, list[str]]]:
    path = FOLDER / "places.tsv"
    rows = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        county, tab, rest = line.partition("\t")
        town, _, villages = rest.partition("\t")
        if not (county and tab and town):
            raise TableError(f"{path.name}:{number}: wants county, town and villages with tabs between; run scripts/make_places.py again")
        rows.append((county, town, villages.split()))
    return rows


def _nodes(rows: Iterable[tuple[str, str, list[str]]]) -> tuple[Node, ...]:
    nodes: list[Node] = []
    counties: dict[str, int] = {}
    holders = {held: holder for holder, held in _pairs("county_holds")}

    def add(level: int, path: tuple[str, ...], parent: int, parents: frozenset[int]) -> int:
        nodes.append(Node(len(nodes), level, path, stem_of(path[-1], level), parent, parents))
        return len(nodes) - 1

    for county, town, villages in rows:
        if county not in counties:
            counties[county] = add(COUNTY, (county,), -1, frozenset())
        over = {counties[county]} | ({counties[holders[county]]} if county in holders else set())
        town_number = add(TOWN, (county, town), counties[county], frozenset(over))
        for village in villages:
            add(VILLAGE, (county, town, village), town_number, frozenset(over | {town_number}))
    return tuple(nodes)


def _also(nodes: tuple[Node, ...]) -> dict[tuple[int, str], set[str]]:
    """Other names, without suffix, for a level and a name."""
    table: dict[tuple[int, str], set[str]] = {}
    names = {(node.level, node.name) for node in nodes}
    for key, level in (("county_also", COUNTY), ("town_also", TOWN)):
        for said, name in _pairs(key):
            if (level, name) not in names:
                raise TableError(f"place_words.yaml: {key}: there is no {name} in places.tsv")
            table.setdefault((level, name), set()).add(said)
    return table


def _pairs(key: str) -> list[tuple[str, str]]:
    pairs = []
    for entry in WORDS[key]:
        said, equals, name = entry.partition("=")
        if not (said and equals and name):
            raise TableError(f"place_words.yaml: {key}: {entry!r} wants said=name")
        pairs.append((said, name))
    return pairs
