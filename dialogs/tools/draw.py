"""A flow as an SVG picture that a clerk can read: real text, shapes that differ without colour, arrows that go down and, on the left, back up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from dialogs.book import read_universals
from dialogs.flow import Flow
from dialogs.tools.clerk import clerk
from dialogs.tools.drawing.diagram import Figure, Way, figures, ways
from dialogs.tools.drawing.layout import Box, Link, Placed, Point, lay_out
from dialogs.tools.drawing.lettering import width, wrap
from dialogs.tools.drawing.shapes import STYLES, outline

#: Type sizes and line heights in px.
BODY, SMALL, TITLE = 14, 12, 22
LINE, SMALL_LINE = 20, 17
#: Text of a box: px across inside it, px between it and the edge, lines at most.
ROOM, PAD, MOST_LINES = 224, 12, 5
#: A label on an arrow: em across, lines at most, px of edge, px of line above it.
LABEL_ROOM, LABEL_LINES, LABEL_PAD, LABEL_DROP = 10, 3, 6, 12
MARGIN = 28
ROUND = 7


_START = Figure("", "start", clerk()("start"), "")
INK, EDGE, BACK, PERSON = "#1a1a1a", "#4a5058", "#1d4f86", "#a3371a"


@dataclass(frozen=True, slots=True)
class _Lettered:
    """A figure with its lines and its size."""

    figure: Figure
    lines: tuple[tuple[str, int, bool], ...]  # text, size, bold
    width: int
    height: int


def draw(flow: Flow, always: Sequence[str] = ()) -> str:
    """The picture of a flow. `always`: the universals' labels, told once above it. Every step and every way from step to step is in it."""
    lettered = {figure.name: _letter(figure) for figure in (_START, *figures(flow))}
    found = (Way(_START.name, flow.start), *ways(flow))
    labels = [wrap(way.label, LABEL_ROOM, LABEL_LINES) if way.label else () for way in found]
    links = [Link(way.source, way.target, *_label_size(label)) for way, label in zip(found, labels, strict=True)]
    placed = lay_out([Box(name, each.width, each.height) for name, each in lettered.items()], links)
    legend, legend_width, legend_height = _legend()
    head, top = _head(flow, always, max(placed.width, legend_width))
    across = max(placed.width, legend_width) + 2 * MARGIN
    left = MARGIN + max(0, (across - 2 * MARGIN - placed.width) // 2)
    down = top + placed.height + 50 + legend_height
    body = [
        *head,
        f'<g transform="translate({left} {top + 20})">',
        *_arrows(found, placed, lettered),
        *(_shape(lettered[name], at) for name, at in placed.boxes.items()),
        *(_label(way, lines, port) for way, lines, port in zip(found, labels, placed.ports, strict=True) if lines),
        "</g>",
        f'<g class="legend" transform="translate({MARGIN} {top + placed.height + 50})">',
        *legend,
        "</g>",
    ]
    return "\n".join([*_open(flow, across, down + MARGIN), *body, "</svg>", ""])


def _open(flow: Flow, across: int, down: int) -> list[str]:
    heads = [
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" '
        f'orient="auto"><path d="M0 0 10 5 0 10 2.5 5z" fill="{colour}"/></marker>'
        for name, colour in (("on", EDGE), ("back", BACK), ("person", PERSON))
    ]
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {down}" width="{across}" height="{down}" role="img" '
        f"aria-labelledby=\"title\" lang=\"zh-CN\" font-family=\"'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', "
        f"'PingFang SC', 'WenQuanYi Zen Hei', sans-serif\">",
        f'<title id="title">{escape(flow.title)} ({escape(flow.flow)})</title>',
        f"<desc>{escape(flow.for_)}</desc>",
        f"<defs>{''.join(heads)}</defs>",
        f'<rect width="{across}" height="{down}" fill="#ffffff"/>',
    ]


def _text(x: float, y: float, text: str, size: int, *, ink: str = INK, anchor: str = "middle", bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{ink}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


# --- boxes --------------------------------------------------------------------------------------------------------------------------


def _letter(figure: Figure) -> _Lettered:
    """The lines of a figure and the size its shape needs around them."""
    diamond = figure.kind == "when"
    room = ROOM - (70 if diamond else 20 if figure.kind in ("call", "do", "hand_over", "end") else 0)
    lines = [(line, SMALL, True) for line in wrap(figure.head, room / SMALL, 2)]
    lines += [(line, BODY, False) for line in wrap(figure.said, room / BODY, MOST_LINES) if line]
    lines += [(line, SMALL, False) for line in wrap(figure.note, room / SMALL, 2) if line]
    widest = max(width(text) * size for text, size, _ in lines)
    high = sum(LINE if size == BODY else SMALL_LINE for _, size, _ in lines)
    if figure.kind == "start":
        return _Lettered(figure, tuple(lines), round(widest) + 2 * PAD, SMALL_LINE + 8)
    if diamond:
        # A diamond has room for a block of w x h when w/W + h/H <= 1; the text's corners stay inside with both doubled.
        return _Lettered(figure, tuple(lines), max(ROOM, round(widest * 1.75)), round(high * 2.35))
    return _Lettered(figure, tuple(lines), ROOM + 2 * PAD, high + 2 * PAD - 4)


def _shape(each: _Lettered, at: Point) -> str:
    figure, (x, y), w, h = each.figure, at, each.width, each.height
    style = STYLES.get(figure.kind, STYLES["say"])
    paint = f'fill="{style.fill}" stroke="{style.edge}" stroke-width="{style.stroke:g}"'
    parts = [f'<g class="step {figure.kind}" data-step={quoteattr(figure.name)} data-box="{x} {y} {w} {h}">']
    parts.append(f"<title>{escape(figure.whole)}</title>")
    parts.append(outline(figure.kind, x, y, w, h, paint, style.edge))
    line = y + (h - sum(LINE if size == BODY else SMALL_LINE for _, size, _ in each.lines)) / 2
    for text, size, bold in each.lines:
        step = LINE if size == BODY else SMALL_LINE
        ink = style.edge if bold and style.ink == INK else style.ink
        parts.append(_text(x + w / 2, line + step / 2 + size * 0.36, text, size, ink=ink, bold=bold))
        line += step
    return "".join([*parts, "</g>"])


# --- arrows -------------------------------------------------------------------------------------------------------------------------


def _label_size(lines: Sequence[str]) -> tuple[int, int]:
    if not lines:
        return 0, 0
    return round(max(map(width, lines)) * SMALL) + 2 * LABEL_PAD, LABEL_DROP + len(lines) * SMALL_LINE + 6


def _label(way: Way, lines: Sequence[str], port: Point) -> str:
    (wide, high), (x, y) = _label_size(lines), port
    top, tall = y + LABEL_DROP, high - LABEL_DROP
    box = f'<rect x="{x - wide / 2:g}" y="{top}" width="{wide}" height="{tall}" rx="9" fill="#ffffff" stroke="{EDGE}"/>'
    written = [_text(x, top + 3 + SMALL_LINE * n + SMALL_LINE / 2 + SMALL * 0.36, line, SMALL) for n, line in enumerate(lines)]
    place = f'data-box="{x - wide / 2:g} {top} {wide} {tall}"'
    return f'<g class="label" data-from={quoteattr(way.source)} data-to={quoteattr(way.target)} {place}>{box}{"".join(written)}</g>'


def _arrows(found: Sequence[Way], placed: Placed, lettered: Mapping[str, _Lettered]) -> list[str]:
    """Every way as a line of its own; those to one step run together at the end. A white edge lifts a line over those it crosses."""
    drawn: list[str] = []
    by_target: dict[str, list[int]] = {}
    for n, way in enumerate(found):
        by_target.setdefault(way.target, []).append(n)
    for target, ns in by_target.items():
        person = lettered[target].figure.kind == "hand_over"
        lines = {n: _from_within(placed.ways[n], placed.boxes[found[n].source], lettered[found[n].source]) for n in ns}
        for n in ns:
            drawn.append(f'<path d="{_curve(lines[n])}" fill="none" stroke="#ffffff" stroke-width="6"/>')
        for n in ns:
            name = "back" if n in placed.back else "person" if person else "on"
            colour = {"back": BACK, "person": PERSON, "on": EDGE}[name]
            way = found[n]
            drawn.append(
                f'<path class="way {name}" data-from={quoteattr(way.source)} data-to={quoteattr(way.target)} '
                f'data-marks={quoteattr(" ".join(way.marks))} data-points="{" ".join(f"{x},{y}" for x, y in placed.ways[n])}" '
                f'd="{_curve(lines[n])}" fill="none" stroke="{colour}" stroke-width="{1.8 if name != "on" else 1.5}" '
                f'marker-end="url(#{name})"/>'
            )
    return [*drawn, *(_upwards(placed.ways[n]) for n in sorted(placed.back))]


def _from_within(way: Sequence[Point], box: Point, each: _Lettered) -> Sequence[Point]:
    """The line with a beginning that its box covers, whatever the box's shape; from beside the box it first comes from its middle."""
    (x, y), *rest = way
    middle = box[0] + each.width // 2
    if abs(x - middle) < each.width // 2 - ROUND:
        return [(x, box[1] + each.height // 2), *rest]
    return [(middle, box[1] + each.height // 2), (middle, y + LABEL_DROP // 2), (x, y + LABEL_DROP // 2), *rest]


def _curve(way: Sequence[Point]) -> str:
    """The line with its corners rounded."""
    (x, y), *_ = way
    path = [f"M{x} {y}"]
    for before, corner, after in zip(way, way[1:], way[2:], strict=False):
        ways_in = max(abs(corner[0] - before[0]), abs(corner[1] - before[1]))
        ways_out = max(abs(after[0] - corner[0]), abs(after[1] - corner[1]))
        r = min(ROUND, ways_in // 2, ways_out // 2)
        start, end = _toward(corner, before, r), _toward(corner, after, r)
        path.append(f"L{start[0]} {start[1]}Q{corner[0]} {corner[1]} {end[0]} {end[1]}")
    return "".join([*path, f"L{way[-1][0]} {way[-1][1]}"])


def _toward(point: Point, other: Point, by: int) -> Point:
    def sign(a: int) -> int:
        return (a > 0) - (a < 0)

    return point[0] + by * sign(other[0] - point[0]), point[1] + by * sign(other[1] - point[1])


def _upwards(way: Sequence[Point]) -> str:
    """A mark in the middle of the longest part that leads up."""
    (x, low), (_, high) = max(((a, b) for a, b in pairwise(way) if b[1] < a[1]), key=lambda part: part[0][1] - part[1][1])
    y = (low + high) // 2
    return f'<path d="M{x - 5} {y + 4}L{x} {y - 6}L{x + 5} {y + 4}Z" fill="{BACK}"/>'


# --- head and legend ----------------------------------------------------------------------------------------------------------------


def _head(flow: Flow, always: Sequence[str], room: int) -> tuple[list[str], int]:
    words = clerk()
    y = MARGIN + TITLE
    parts = [_text(MARGIN, y, f"{flow.title}（{flow.flow}）", TITLE, anchor="start", bold=True)]
    y += 6
    told = [words("for") + flow.for_, words("not_for") + flow.not_for]
    told += [words("always", words="　".join(always))] if always else []
    for paragraph in told:
        for line in wrap(paragraph, room / SMALL):
            y += SMALL_LINE + 1
            parts.append(_text(MARGIN, y, line, SMALL, anchor="start", ink="#3a3f46"))
    return parts, y


LEGEND: Mapping[str, tuple[str, ...]] = {
    "ask": ("ask", "choose", "form"),
    "say": ("say",),
    "do": ("do",),
    "when": ("when",),
    "set": ("set",),
    "call": ("call",),
    "hand_over": ("hand_over",),
    "end": ("end",),
}


def _legend() -> tuple[list[str], int, int]:
    """Every shape with its name, in rows; then the two kinds of arrows."""
    words = clerk()
    parts = [_text(0, 0, words("legend"), SMALL, anchor="start", bold=True)]
    x, y, column, row = 0, 14, 170, 38
    for n, (kind, named) in enumerate(LEGEND.items()):
        x, top = (n % 4) * column, y + (n // 4) * row
        style = STYLES[kind]
        paint = f'fill="{style.fill}" stroke="{style.edge}" stroke-width="{style.stroke:g}"'
        parts.append(outline(kind, x, top, 40, 24, paint, style.edge))
        parts.append(_text(x + 48, top + 16, "、".join(words.word("kinds", each) for each in named), SMALL, anchor="start"))
    y += -(-len(LEGEND) // 4) * row + 8
    parts.append(f'<path d="M0 {y}H40" stroke="{BACK}" stroke-width="1.8" marker-end="url(#back)"/>')
    parts.append(f'<path d="M14 {y - 5}L4 {y}L14 {y + 5}Z" fill="{BACK}" transform="rotate(180 14 {y})"/>')
    parts.append(_text(48, y + 4, words("back"), SMALL, anchor="start"))
    return parts, 4 * column, y + 10


def pictures(flows: Mapping[str, Flow]) -> dict[str, str]:
    """The pictures of all flows by name, as docs/flows/ has them."""
    always = [universal.label for universal in read_universals()]
    return {name: draw(flow, always) for name, flow in flows.items()}
