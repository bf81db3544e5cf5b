"""Places boxes and arrows in layers: every arrow leads down, except those that go back, which run up on the left. Knows nothing of flows.

Arrows to one box share their way: they merge and arrive as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from dialogs.tools.drawing.crossings import uncrossed
from dialogs.tools.drawing.settle import settle
from dialogs.tools.drawing.tracks import Net, tracks

Point = tuple[int, int]

#: Pixels: between two boxes, box and line, two lines; between ports; from layer to first track; from track to track; for the arrow's head.
APART, ASIDE, ABREAST, PORT, STEM, TRACK, HEAD = 36, 26, 18, 10, 14, 14, 16
#: Boxes side by side at most; more go on in the layer below.
WIDEST = 5


@dataclass(frozen=True, slots=True)
class Box:
    """Something with a size in px, in reading order."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow with the size of its label in px (0 without one). Several may join the same boxes."""

    source: str
    target: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """boxes: top left corners. ports: where each link leaves its box (x, bottom of the box). ways: the corners of each link's line. In px."""

    boxes: Mapping[str, Point]
    ports: Sequence[Point]
    ways: Sequence[tuple[Point, ...]]
    back: frozenset[int]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Via:
    """Where a line crosses a layer: on its way down to, or back up to, `target`."""

    target: str
    layer: int
    up: bool


_Thing = str | _Via


def lay_out(boxes: Sequence[Box], links: Sequence[Link]) -> Placed:
    """Places everything. A link that would close a circle goes back; reading order breaks circles."""
    return _Plan(boxes, links).placed()


class _Plan:
    """One picture in the making: layers, then the order within them, then x, then tracks and y."""

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link]) -> None:
        self.boxes = {box.name: box for box in boxes}
        self.links = links
        place = {box.name: n for n, box in enumerate(boxes)}
        self.place = place
        self.back = _back(links, place)
        self.out = {name: [n for n, link in enumerate(links) if link.source == name] for name in self.boxes}
        self.layer = self._layered([link for n, link in enumerate(links) if n not in self.back])
        self.layers = self._ordered()
        self.ports = self._ports()
        self.x = self._across()

    # --- layers and their order -------------------------------------------------------------------------------------------------

    def _layered(self, forth: Sequence[Link]) -> dict[str, int]:
        """The layer of each box, 0 the uppermost: below all that lead to it, near to them, and no layer with more boxes than a page is wide."""
        apart = [(link.source, link.target, 1) for link in forth]
        springs = [(link.source, link.target, 1, 8 if self.place[link.target] == self.place[link.source] + 1 else 1) for link in forth]
        while True:
            layer = settle(self.boxes, apart, springs)
            full = next((names for names in _by_layer(layer) if len(names) > WIDEST), None)
            if full is None:
                return layer
            full.sort(key=lambda name: self.place[name])
            apart += [(full[n % WIDEST], name, 1) for n, name in enumerate(full[WIDEST:])]

    def _ordered(self) -> list[list[_Thing]]:
        depth = max(self.layer.values()) + 1
        layers: list[list[_Thing]] = [[] for _ in range(depth)]
        for name in self.boxes:
            layers[self.layer[name]].append(name)
        lanes: dict[str, int] = {}
        for n, link in enumerate(self.links):
            if n in self.back:
                lanes[link.target] = max(lanes.get(link.target, 0), self.layer[link.source])
                continue
            for at in range(self.layer[link.source] + 1, self.layer[link.target]):
                via = _Via(link.target, at, up=False)
                if via not in layers[at]:
                    layers[at].append(via)
        layers = uncrossed(layers, self._joins())
        # Short lanes nearest to the boxes: a longer one goes round them.
        for target, last in sorted(lanes.items(), key=lambda lane: lane[1] - self.layer[lane[0]]):
            for at in range(self.layer[target], last + 1):
                layers[at].insert(0, _Via(target, at, up=True))
        return layers

    def next(self, n: int, at: int) -> _Thing:
        """What a link that goes forth meets in the layer below `at`."""
        target = self.links[n].target
        return target if self.layer[target] == at + 1 else _Via(target, at + 1, up=False)

    def _joins(self) -> list[tuple[_Thing, _Thing]]:
        """Neighbours in adjacent layers, upper first; each once a link that begins there, once a shared line."""
        joins: dict[tuple[_Thing, _Thing, int], None] = {}
        for n, link in enumerate(self.links):
            if n in self.back:
                continue
            here: _Thing = link.source
            for at in range(self.layer[link.source], self.layer[link.target]):
                there = self.next(n, at)
                joins[here, there, n if here == link.source else -1] = None
                here = there
        return [(a, b) for a, b, _ in joins]

    # --- across -----------------------------------------------------------------------------------------------------------------

    def _ports(self) -> dict[int, int]:
        """How far right of its box's middle each link leaves: back ones first, the others in the order of what they meet."""
        offsets: dict[int, int] = {}
        for name, out in self.out.items():
            at = self.layer[name]
            rank: dict[_Thing, int] = {thing: n for n, thing in enumerate(self.layers[at])}
            if at + 1 < len(self.layers):
                rank |= {thing: n for n, thing in enumerate(self.layers[at + 1])}

            def key(n: int, at: int = at, rank: dict[_Thing, int] = rank) -> tuple[bool, int, int]:
                back = n in self.back
                met: _Thing = _Via(self.links[n].target, at, up=True) if back else self.next(n, at)
                return (not back, rank[met], n)

            ordered = sorted(out, key=key)
            wide = [max(self.links[n].width, PORT) for n in ordered]
            x = -(sum(wide) + PORT * (len(wide) - 1)) // 2
            for n, width in zip(ordered, wide, strict=True):
                offsets[n] = x + width // 2
                x += width + PORT
        return offsets

    def _wide(self, thing: _Thing) -> int:
        if isinstance(thing, _Via):
            return 0
        ports = [self.ports[n] for n in self.out[thing]]
        labels = sum(max(self.links[n].width, PORT) for n in self.out[thing]) + PORT * max(0, len(ports) - 1)
        return max(self.boxes[thing].width, labels)

    def _across(self) -> dict[_Thing, int]:
        apart = []
        for layer in self.layers:
            for a, b in pairwise(layer):
                lines = isinstance(a, _Via) + isinstance(b, _Via)
                apart.append((a, b, -(-self._wide(a) // 2) + -(-self._wide(b) // 2) + (APART, ASIDE, ABREAST)[lines]))
        springs: list[tuple[_Thing, _Thing, int, int]] = []
        for n, link in enumerate(self.links):
            at = self.layer[link.source]
            if n in self.back:
                springs.append((_Via(link.target, at, up=True), link.source, 0, 1))
            else:
                follows = self.place[link.target] == self.place[link.source] + 1
                springs.append((link.source, self.next(n, at), self.ports[n], 6 if follows else 2))
        for layer in self.layers:
            for thing in layer:
                if not isinstance(thing, _Via):
                    continue
                if thing.up:
                    after: _Thing = _Via(thing.target, thing.layer + 1, up=True)
                    if thing.layer + 1 < len(self.layers) and after in self.layers[thing.layer + 1]:
                        springs.append((thing, after, 0, 16))
                else:
                    onward = _Via(thing.target, thing.layer + 1, up=False)
                    last = self.layer[thing.target] == thing.layer + 1
                    springs.append((thing, thing.target if last else onward, 0, 4 if last else 16))
        things = [thing for layer in self.layers for thing in layer]
        x = settle(things, apart, springs)
        shift = max(self._wide(thing) // 2 - x[thing] for thing in things)
        return {thing: at + shift for thing, at in x.items()}

    # --- down -------------------------------------------------------------------------------------------------------------------

    def port(self, n: int) -> int:
        return self.x[self.links[n].source] + self.ports[n]

    def _nets(self) -> list[dict[tuple[str, bool], Net]]:
        """The lines in the gap above each layer, and below the last: by target and whether on the way back up."""
        nets: list[dict[tuple[str, bool], Net]] = [{} for _ in range(len(self.layers) + 1)]

        def join(gap: int, target: str, up: bool, upper: Iterable[int] = (), lower: Iterable[int] = ()) -> None:
            nets[gap].setdefault((target, up), Net()).add(upper, lower)

        for n, link in enumerate(self.links):
            at, goal = self.layer[link.source], self.layer[link.target]
            if n not in self.back:
                join(at + 1, link.target, False, [self.port(n)])
                for layer in range(at + 1, goal):
                    via = self.x[_Via(link.target, layer, up=False)]
                    join(layer, link.target, False, lower=[via])
                    join(layer + 1, link.target, False, upper=[via])
                join(goal, link.target, False, lower=[self.x[link.target]])
                continue
            join(at + 1, link.target, True, [self.port(n), self.x[_Via(link.target, at, up=True)]])
            for layer in range(goal, at):
                join(layer + 1, link.target, True, [self.x[_Via(link.target, layer, True)]], [self.x[_Via(link.target, layer + 1, True)]])
            join(goal, link.target, False, lower=[self.x[_Via(link.target, goal, up=True)], self.x[link.target]])
        return nets

    def placed(self) -> Placed:
        nets = self._nets()
        y, tops = 0, []
        heights: list[dict[tuple[str, bool], int]] = []
        for gap, here in enumerate(nets):
            levels = tracks(here)
            heights.append({key: y + STEM + level * TRACK for key, level in levels.items()})
            used = max(levels.values(), default=-1) + 1
            y += (STEM + used * TRACK + HEAD) if here else 0
            if gap < len(self.layers):
                tops.append(y)
                y += max(self._high(thing) for thing in self.layers[gap])
        corners = {name: (self.x[name] - box.width // 2, tops[self.layer[name]]) for name, box in self.boxes.items()}
        ports = [(self.port(n), corners[link.source][1] + self.boxes[link.source].height) for n, link in enumerate(self.links)]
        ways = [self._way(n, ports[n], tops, heights) for n in range(len(self.links))]
        across = max(self.x[thing] + -(-self._wide(thing) // 2) for layer in self.layers for thing in layer)
        return Placed(corners, ports, ways, self.back, across, y)

    def _high(self, thing: _Thing) -> int:
        if isinstance(thing, _Via):
            return 0
        labels = max((self.links[n].height for n in self.out[thing]), default=0)
        return self.boxes[thing].height + labels

    def _way(self, n: int, start: Point, tops: list[int], heights: list[dict[tuple[str, bool], int]]) -> tuple[Point, ...]:
        link = self.links[n]
        at, goal = self.layer[link.source], self.layer[link.target]
        way, x = [start], start[0]

        def over(gap: int, up: bool, to: int) -> int:
            y = heights[gap][link.target, up]
            way.extend(((x, y), (to, y)))
            return to

        if n in self.back:
            x = over(at + 1, True, self.x[_Via(link.target, at, up=True)])
            for layer in range(at - 1, goal - 1, -1):
                x = over(layer + 1, True, self.x[_Via(link.target, layer, up=True)])
            x = over(goal, False, self.x[link.target])
        else:
            for layer in range(at, goal):
                x = over(layer + 1, False, self.x[self.next(n, layer)])
        way.append((x, tops[goal]))
        return _corners(way)


def _back(links: Sequence[Link], place: Mapping[str, int]) -> frozenset[int]:
    """The links against the reading order that would close a circle; the others of them may lead down all the same."""
    down: nx.DiGraph[str] = nx.DiGraph()
    down.add_nodes_from(place)
    down.add_edges_from((link.source, link.target) for link in links if place[link.source] < place[link.target])
    back = set()
    for n, link in enumerate(links):
        if place[link.source] < place[link.target]:
            continue
        if nx.has_path(down, link.target, link.source):
            back.add(n)
        else:
            down.add_edge(link.source, link.target)
    return frozenset(back)


def _by_layer(layer: Mapping[str, int]) -> list[list[str]]:
    names: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name, at in layer.items():
        names[at].append(name)
    return names


def _corners(way: Sequence[Point]) -> tuple[Point, ...]:
    """The way without points where it goes straight on or stands still."""
    kept: list[Point] = []
    for point in way:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept[-1] = point
            continue
        kept.append(point)
    return tuple(kept)
