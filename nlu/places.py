"""Which town or village of Xiangyang was meant: 樊城区牛首镇花园村, 牛首的花园村, or a village alone.

248 village names stand in more than one town and 209 sound like another one, so what is not certain is asked: the town first, or which of a few.
Names: `data/places.tsv`; the words around them: `data/place_words.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from nlu.place_index import COUNTY, SUFFIXES, TOWN, VILLAGE, Node, place_index
from nlu.place_walk import END, Chain, after_glue, any_of, near_names, sounds_of, walk
from nlu.text import bare, clean

Verdict = Literal["sure", "part", "near"]
Level = Literal["town", "village"]

_DEPTH: Final = {"town": TOWN, "village": VILLAGE}
_OFFERED = 3
"""So many places can be asked back in one question."""
_ALTERNATIVES = 5
_FIRM_SYLLABLES = 3
"""From so many a name is known by its sound alone; shorter ones sound like too much else."""
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_FRONT = re.compile(f"(?:{any_of('front')})+")
_CITY = re.compile(any_of("city"))
_MARKER = re.compile(f"(?:{any_of('marker')})(?:{any_of('city')})?")
_NOT_THAT = re.compile(f"(?:{any_of('negation')})")
_NOT_BUT = re.compile(f"(?:{any_of('negation')}).+?(?:而是|应该是|应该在|是|在|住)(?P<but>.+)$")
_TOWN_END = re.compile(f".{{2,6}}?(?:{'|'.join(map(re.escape, SUFFIXES[TOWN]))})")
_AFTER_STEM = re.compile(r"\W|的|那|这|里|人|$")


@dataclass(frozen=True, slots=True)
class Place:
    """A place, as deep as it is known; what was not reached is "". A few towns have no villages: they are complete without."""

    county: str = ""
    town: str = ""
    village: str = ""

    @property
    def path(self) -> str:
        """樊城区/牛首镇/花园村: what is kept as the answer."""
        return "/".join(name for name in (self.county, self.town, self.village) if name)

    @property
    def label(self) -> str:
        """樊城区牛首镇花园村: what is shown and said."""
        return self.county + self.town + self.village

    @classmethod
    def of(cls, path: str) -> Place:
        """The place of a path. Raises ValueError when a path is deeper than county, town and village."""
        names = path.split("/") if path else []
        if len(names) > VILLAGE:
            raise ValueError(f"{path!r}: wants county/town/village")
        return cls(*names)


@dataclass(frozen=True, slots=True)
class Found:
    """What was understood.

    sure: the one place, complete. part: the one place is sure so far, possibly empty; ask for its next level. near: ask which (or whether) of at
    most three. said: with "part", what was said of deeper levels and fits more than three places or none (刘湾村; ask for the town, then read the
    answer and this together: "吴店镇" + "刘湾村").
    """

    verdict: Verdict
    places: tuple[Place, ...]
    said: str = ""


def children(path: str = "") -> tuple[str, ...]:
    """The names on the next level under a path, as they are listed; the counties for "", none under a village or an unknown path."""
    return tuple(node.name for node in place_index().children.get(_names(path), ()))


def phrases(path: str = "") -> tuple[str, ...]:
    """What a recogniser should listen for after a path is known: the names on the next level with and without suffix; for "" counties and towns
    (the villages of the whole city are too many and too alike)."""
    index = place_index()
    said: dict[str, None] = {}
    first = index.children.get(_names(path), ())
    second = [] if len(_names(path)) else [below for node in first for below in index.children.get(node.path, ())]
    for node in (*first, *second):
        said.update({node.name: None, node.stem: None})
    return tuple(said)


def read_place(texts: Sequence[str], level: Level = "village", within: str = "", heard: bool = False) -> Found | None:
    """The place an answer names, from what was typed (one text) or a recogniser's alternatives (best first). None when it names none.

    level: how deep it must be known. within: the path that is known already; another place is taken only when its town is named.
    heard: it was speech, so names that sound alike count as one, and short ones alone are asked back.
    """
    best: Found | None = None
    for text in texts[:_ALTERNATIVES]:
        found = _Reading(text, _DEPTH[level], within, heard).found()
        if found is None:
            continue
        if best is not None and best.verdict == found.verdict == "sure" and best.places != found.places:
            return Found("near", _first_three((*best.places, *found.places)))
        if best is None or _RANK[found.verdict] > _RANK[best.verdict]:
            best = found
    return best


def find_place(sentence: str, level: Level = "village") -> Place | None:
    """A place that a longer sentence mentions (她住牛首镇), at most as deep as level; None unless it is one and certain.

    A county or town counts with its suffix, or right after 住, 家在 and the like; a village only after its town, or with suffix after such a word.
    """
    words = _NOT_WORDS.sub(" ", clean(sentence))
    marked = {match.end() for match in _MARKER.finditer(words)}
    found: set[Place] = set()
    at = 0
    while at < len(words):
        chains = [chain for chain in walk(words, (), at) if _certain(chain, words, at in marked)]
        if chains and not _NOT_THAT.search(words[max(0, at - 4) : at]):
            longest = max(chains, key=lambda chain: (chain.end, chain.levels))
            found.update(_cut(longest.numbers, _DEPTH[level]))
            at = longest.end
        else:
            at += 1
    return found.pop() if len(found) == 1 else None


_RANK: Final = {"sure": 3, "part": 2, "near": 1}


class _Reading:
    """One text being read; the steps share what was said and what is known."""

    __slots__ = ("_context", "_depth", "_heard", "_sounds", "_words")

    def __init__(self, text: str, depth: int, within: str, heard: bool) -> None:
        words = bare(text)
        if match := _NOT_BUT.search(words):
            words = match["but"]
        self._words: Final = words
        self._depth: Final = depth
        self._heard: Final = heard
        self._context: Final = place_index().by_path.get(_names(within))
        self._sounds: Final = sounds_of(words)

    def found(self) -> Found | None:
        if len(self._words) < 2 or _NOT_THAT.match(self._words):
            return None
        if any(_CITY.fullmatch(self._words, at) for at in (0, *self._starts())):
            return Found("part", (self._so_far(),))
        whole = self._whole()
        if whole:
            return whole
        if self._depth == TOWN:
            return self._inside() or self._mended()
        return self._mended() or self._inside()

    # --- all that was said is a place ------------------------------------------------------------------------------------------------

    def _whole(self) -> Found | None:
        ends = self._ends()
        chains = [chain for at in self._starts() for chain in walk(self._words, self._sounds, at) if chain.end in ends]
        by_text = [chain for chain in chains if chain.text == chain.levels]
        if not self._heard and (self._context is None or self._context.level < TOWN):  # 愿意 is no 园艺社区
            chains = [chain for chain in chains if chain.text or chain.suffixed or chain.levels > 1]
        return self._judge(chains if self._heard or not by_text else by_text, bool(by_text))

    def _starts(self) -> list[int]:
        """Where the place may begin: after padding, and after the city."""
        starts = {0}
        if match := _FRONT.match(self._words):
            starts.update(range(1, match.end() + 1))
        starts |= {match.end() for at in starts if (match := _CITY.match(self._words, at))}
        return sorted(at for at in starts if at < len(self._words))

    def _ends(self) -> set[int]:
        match = END.search(self._words)
        return set(range(match.start() if match else len(self._words), len(self._words) + 1))

    def _judge(self, chains: Sequence[Chain], by_text: bool) -> Found | None:
        index = place_index()
        context = self._context
        if context is not None and context.level < self._depth:
            inside = [(chain, tuple(n for n in chain.numbers if index.under(n, context.number))) for chain in chains]
            kept = [Chain(numbers, chain.end, chain.levels, chain.text, chain.suffixed) for chain, numbers in inside if numbers]
            if kept:
                return self._decided(kept, by_text, context.level)
            if any(number == context.number or index.under(context.number, number) for chain in chains for number in chain.numbers):
                return Found("part", (Place(*context.path),))
            if chains and all(chain.levels == 1 for chain in chains):
                return self._mended() or _asked(self._decided(chains, by_text, 0))
        return self._decided(chains, by_text, 0)

    def _decided(self, chains: Sequence[Chain], by_text: bool, known: int) -> Found | None:
        """known: the level that is known already."""
        index = place_index()
        numbers = {number for chain in chains for number in chain.numbers}
        # A town said by its bare name is the town, not the village of that name in it.
        numbers = {number for number in numbers if not index.nodes[number].parents & numbers}
        if self._depth == TOWN and any(index.nodes[number].level <= TOWN for number in numbers):
            numbers = {number for number in numbers if index.nodes[number].level <= TOWN}
        if not numbers:
            return None
        places = _cut(sorted(numbers), self._depth)
        if len(places) > _OFFERED:
            towns = [number for number in numbers if index.nodes[number].level <= TOWN]
            if len(towns) == 1:
                return Found("near", _cut(towns, self._depth))
            return Found("part", (self._so_far(),), self._said())
        if len(places) > 1:
            return Found("near", places)
        return self._single(next(iter(numbers)), places[0], self._firm(chains, by_text, known))

    def _firm(self, chains: Sequence[Chain], by_text: bool, known: int) -> bool:
        """Whether the one place left may be taken without asking."""
        index = place_index()
        levels = max(chain.levels for chain in chains)
        alone = levels == 1 and known < TOWN and all(index.nodes[number].level == VILLAGE for chain in chains for number in chain.numbers)
        long = len(self._said()) >= _FIRM_SYLLABLES
        if by_text:
            return long or not (self._heard and alone)
        if alone:
            return False
        return long and (self._heard or levels > 1 or known >= TOWN)

    def _single(self, number: int, place: Place, firm: bool) -> Found:
        if not firm:
            return Found("near", (place,))
        node = place_index().nodes[number]
        return Found("sure" if _complete(node, self._depth) else "part", (place,))

    def _so_far(self) -> Place:
        return Place(*self._context.path) if self._context else Place()

    def _said(self) -> str:
        words = END.sub("", self._words) or self._words
        return words[max((at for at in self._starts() if len(words) - at >= 2), default=0) :]

    # --- something else was said beside it, or it was said with an error ----------------------------------------------------------------

    def _inside(self) -> Found | None:
        """The place that stands with its suffix somewhere in what was said; what follows it is no name that is known."""
        chains = [
            (chain, at)
            for at in range(len(self._words))
            for chain in walk(self._words, (), at)
            if chain.suffixed and chain.text == chain.levels
        ]
        if not chains:
            return None
        longest, at = max(chains, key=lambda pair: (pair[0].levels, pair[0].end - pair[1]))
        if _NOT_THAT.search(self._words[max(0, at - 4) : at]):
            return None
        found = self._judge([longest], True)
        if (
            longest.levels == 1
            and place_index().nodes[longest.numbers[0]].level == VILLAGE
            and (self._context is None or self._context.level < TOWN)
        ):
            return _asked(found)
        if found and found.verdict == "part" and not found.said:
            return Found("part", found.places, self._words[after_glue(self._words, longest.end) :])
        return found

    def _mended(self) -> Found | None:
        """The places whose name has one character wrong, missing or too many; always asked back."""
        index = place_index()
        known = frozenset({self._context.number}) if self._context else frozenset()
        tails: dict[str, set[int]] = {}
        for at in self._starts():
            tails.setdefault(self._words[at:], set())
            for chain in walk(self._words, self._sounds, at):
                if index.nodes[chain.numbers[0]].level < VILLAGE:
                    tails.setdefault(self._words[after_glue(self._words, chain.end) :], set()).update(chain.numbers)
        numbers = {n for said, over in tails.items() for n in near_names(said) if _lies_in(n, over or known)}
        for at in self._starts():
            numbers |= self._below_mended_town(at)
        places = _cut(sorted(numbers), self._depth)
        return Found("near", places) if 1 <= len(places) <= _OFFERED else None

    def _below_mended_town(self, at: int) -> set[int]:
        """午首镇花园村: the village is right, the town before it nearly."""
        index = place_index()
        match = _TOWN_END.match(self._words, at)
        towns = {n for n in near_names(match.group()) if index.nodes[n].level == TOWN} if match else set()
        if not match or not towns:
            return set()
        ends = self._ends()
        below = [chain for chain in walk(self._words, self._sounds, after_glue(self._words, match.end())) if chain.end in ends]
        return {number for chain in below for number in chain.numbers if index.nodes[number].parents & towns}


def _lies_in(number: int, over: Collection[int]) -> bool:
    return not over or not place_index().nodes[number].parents.isdisjoint(over)


def _asked(found: Found | None) -> Found | None:
    """The same, to be asked back instead of taken."""
    return Found("near", found.places) if found and (found.verdict == "sure" or (found.places[0].path and not found.said)) else found


def _certain(chain: Chain, words: str, marked: bool) -> bool:
    """Whether a place found inside a sentence is meant for certain."""
    nodes = [place_index().nodes[number] for number in chain.numbers]
    if len(nodes) != 1:
        return False
    if nodes[0].level == VILLAGE and chain.levels == 1:
        return marked and chain.suffixed
    if chain.suffixed:
        return True
    return (marked or chain.levels > 1) and bool(_AFTER_STEM.match(words, chain.end))


def _complete(node: Node, depth: int) -> bool:
    return node.level >= depth or (node.level > COUNTY and node.path not in place_index().children)


def _cut(numbers: Iterable[int], depth: int) -> tuple[Place, ...]:
    """The places of these numbers no deeper than depth, each once."""
    return tuple(dict.fromkeys(Place(*place_index().nodes[number].path[:depth]) for number in numbers))


def _first_three(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(places))[:_OFFERED]


def _names(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()
