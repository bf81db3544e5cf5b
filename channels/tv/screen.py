"""One screen as data: what is written where, what can be picked, and where each arrow key leads. Rendered to HTML by `page`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from channels.tv.layout import Box, Frame, neighbours
from channels.tv.wrap import Line


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be picked.

    id: its element's id, unique on the screen. kind: "choice" (big, in the middle), "bar" (bottom row), "key" (of the keypad), "offer"
    (beside it). badge: the number shown before a label. hotkeys: names of remote keys that pick it as well. nav: ids of its neighbours
    left, up, right, down ("" at an edge). outside: it leads away from our pages. size: 0 as usual, 1 a little smaller, 2 in
    two lines.
    """

    id: str
    label: str
    href: str
    box: Box
    kind: str
    badge: str = ""
    hint: str = ""
    hotkeys: tuple[str, ...] = ()
    nav: tuple[str, str, str, str] = ("", "", "", "")
    outside: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """The number being entered. `shown` is what may be seen of it; `count` says how many digits there are."""

    shown: str
    count: str
    box: Box
    count_box: Box
    small: bool = False


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen. `focus` is the item marked first; `pages` counts the pages of this reply; `wipe` is where the page goes when idle."""

    id: str
    frame: Frame
    title: str
    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    focus: str
    field: Field | None = None
    notice: str = ""
    page: int = 1
    pages: int = 1
    wipe: str = ""


def navigable(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items with their neighbours filled in from where they stand."""
    ids = [item.id for item in items]
    navs = neighbours([item.box for item in items])
    return tuple(
        replace(item, nav=tuple("" if n is None else ids[n] for n in nav))  # type: ignore[arg-type]  # always four
        for item, nav in zip(items, navs, strict=True)
    )
