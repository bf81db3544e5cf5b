"""Where things stand on a screen, in pixels from its top left corner, and which neighbour an arrow key leads to.

Everything is absolute: boxes' browsers differ in their CSS, but all of them know left, top, width and height. Two screens are known:
1280x720 and the old 640x530.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in px."""

    x: int
    y: int
    w: int
    h: int

    @property
    def name(self) -> str:
        """Its class in the style sheet."""
        return f"b{self.x}-{self.y}-{self.w}-{self.h}"


@dataclass(frozen=True, slots=True)
class Frame:
    """A screen's measures in px. Sources: side and top are the safe area; the sizes of type are argued in `budget`.

    bar_most: how many items the bottom row can hold at a readable size. row: height of a choice; line: of a line of text.
    key_w, key_h: a key of the keypad. columns: choices may stand side by side in so many columns.
    """

    name: str
    width: int
    height: int
    side: int
    top: int
    title: int
    text: int
    line: int
    item: int
    small: int
    value: int
    bar: int
    row: int
    gap: int
    key_w: int
    key_h: int
    bar_most: int
    columns: int = 2

    @property
    def inner(self) -> int:
        """Width of the safe area."""
        return self.width - 2 * self.side

    @property
    def item_smaller(self) -> int:
        """Type of a label that is long."""
        return self.item * 9 // 10

    @property
    def title_h(self) -> int:
        return round(self.title * 1.4)

    @property
    def body_top(self) -> int:
        """Where text begins."""
        return self.top + self.title_h + self.gap

    @property
    def body_bottom(self) -> int:
        """Where text and choices end: above the bottom row and its gap."""
        return self.height - self.top - self.bar - self.gap

    @property
    def line_width(self) -> int:
        """Full-width characters in a line of text."""
        return self.inner // self.text

    @property
    def reading_lines(self) -> int:
        """Lines on a page that is only text."""
        return (self.body_bottom - self.body_top) // self.line

    def text_lines(self, rows: int) -> int:
        """Lines of text above so many rows of choices."""
        return max(0, (self.body_bottom - self.body_top - rows * (self.row + self.gap)) // self.line)

    def choice(self, n: int, columns: int, lines: int) -> Box:
        """The n-th choice (from 0) in so many columns, below so many lines of text."""
        w = (self.inner - (columns - 1) * self.gap) // columns
        y = self.body_top + lines * self.line + self.gap
        return Box(self.side + (n % columns) * (w + self.gap), y + (n // columns) * (self.row + self.gap), w, self.row)

    def bar_item(self, n: int, of: int) -> Box:
        """The n-th item of the bottom row."""
        left, right = (round(k * (self.inner + self.gap) / of) for k in (n, n + 1))
        return Box(self.side + left, self.height - self.top - self.bar, right - left - self.gap, self.bar)

    # --- the page with a keypad: text, number and offers at the left, keys at the right

    @property
    def pad_w(self) -> int:
        return 3 * self.key_w + 2 * self.gap

    @property
    def beside(self) -> int:
        """Width of what stands beside the keypad."""
        return self.inner - self.pad_w - 2 * self.gap

    @property
    def beside_width(self) -> int:
        """Full-width characters of a line beside the keypad."""
        return self.beside // self.text

    @property
    def value_h(self) -> int:
        return round(self.value * 1.7)

    def beside_lines(self, offers: int) -> int:
        """Lines of text beside the keypad, above the number, its count and so many offers."""
        used = self.value_h + self.line + 2 * self.gap + offers * (self.bar + self.gap)
        return max(1, (self.body_bottom - self.body_top - used) // self.line)

    def value_box(self, lines: int) -> Box:
        """Where the number stands, below so many lines."""
        return Box(self.side, self.body_top + lines * self.line + self.gap, self.beside, self.value_h)

    def count_box(self, lines: int) -> Box:
        """The line below the number: how many digits there are."""
        above = self.value_box(lines)
        return Box(above.x, above.y + above.h + self.gap // 2, above.w, self.line)

    def offer(self, n: int, of: int) -> Box:
        """An offered answer beside the keypad."""
        y = self.body_bottom - (of - n) * (self.bar + self.gap) + self.gap
        return Box(self.side, y, self.beside, self.bar)

    def pad_key(self, row: int, column: int, span: int = 1) -> Box:
        """A key of the keypad, rows and columns from 0."""
        x = self.side + self.inner - self.pad_w + column * (self.key_w + self.gap)
        return Box(x, self.body_top + row * (self.key_h + self.gap), span * self.key_w + (span - 1) * self.gap, self.key_h)


HD = Frame(
    "hd",
    width=1280,
    height=720,
    side=64,
    top=36,
    title=42,
    text=36,
    line=52,
    item=38,
    small=28,
    value=44,
    bar=72,
    row=92,
    gap=16,
    key_w=132,
    key_h=80,
    bar_most=9,
)
SD = Frame(
    "sd",
    width=640,
    height=530,
    side=32,
    top=27,
    title=28,
    text=24,
    line=34,
    item=26,
    small=20,
    value=26,
    bar=48,
    row=60,
    gap=8,
    key_w=76,
    key_h=56,
    bar_most=7,
)
FRAMES = {frame.name: frame for frame in (HD, SD)}

Nav = tuple[int | None, int | None, int | None, int | None]


def _ahead(here: Box, there: Box, direction: int) -> tuple[float, float] | None:
    """How far `there` is in a direction (0 left, 1 up, 2 right, 3 down) and how far off the line; None when it is not in that direction."""
    dx = (there.x + there.w / 2) - (here.x + here.w / 2)
    dy = (there.y + there.h / 2) - (here.y + here.h / 2)
    if direction in (0, 2):
        along = here.x - (there.x + there.w) if direction == 0 else there.x - (here.x + here.w)
        apart = max(0, max(here.y, there.y) - min(here.y + here.h, there.y + there.h))
        return (along, apart * 4 + abs(dy) / 4) if along >= 0 and apart == 0 else None
    along = here.y - (there.y + there.h) if direction == 1 else there.y - (here.y + here.h)
    apart = max(0, max(here.x, there.x) - min(here.x + here.w, there.x + there.w))
    return (along, apart + abs(dx) / 4) if along >= 0 else None


def neighbours(boxes: Sequence[Box]) -> tuple[Nav, ...]:
    """For each box the index of the one an arrow leads to (left, up, right, down); None at an edge.

    Left and right stay within a row of boxes that overlap in height; up and down may lead anywhere above or below, the nearest row first.
    """
    result: list[Nav] = []
    for i, here in enumerate(boxes):
        found: list[int | None] = []
        for direction in range(4):
            ways = [(sum(w), j) for j, there in enumerate(boxes) if j != i and (w := _ahead(here, there, direction)) is not None]
            found.append(min(ways)[1] if ways else None)
        result.append((found[0], found[1], found[2], found[3]))
    return tuple(result)


def every_box(frame: Frame) -> tuple[Box, ...]:
    """All boxes any page of this frame can use: the style sheet names each of them once, in the head of the page."""
    lines = range(frame.reading_lines + 1)
    boxes = [frame.choice(n, c, k) for k in lines for c in range(1, frame.columns + 1) for n in range(6)]
    boxes += [frame.bar_item(n, of) for of in range(1, frame.bar_most + 1) for n in range(of)]
    boxes += [box for k in lines for box in (frame.value_box(k), frame.count_box(k))]
    boxes += [frame.offer(n, of) for of in range(1, 4) for n in range(of)]
    boxes += [frame.pad_key(r, c, s) for r in range(5) for s in range(1, 4) for c in range(4 - s)]
    bottom = frame.height - frame.top
    return tuple(dict.fromkeys(box for box in boxes if box.y + box.h <= bottom))
