"""What is to be said and picked, laid out on pages: nothing scrolls, so a long text becomes several pages with the choices on the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.tv.keypad import Entry, pad_items, shown_number
from channels.tv.layout import Box, Frame
from channels.tv.screen import Field, Item, Screen, navigable
from channels.tv.tokens import Links
from channels.tv.wrap import NARROW, Line, shorten, width, wrap_all
from dialogs.contract import Expectation
from dialogs.words import Words

#: Choices on one page; the engine's budget says the same, so more are met only when somebody forgets it.
MOST = 6
#: Offers beside a keypad; further ones are on the next page.
OFFERS = 3


@dataclass(frozen=True, slots=True)
class Target:
    """An item before it has a place."""

    label: str
    href: str
    badge: str = ""
    hint: str = ""
    hotkeys: tuple[str, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Pad:
    """That a number is asked for, and what of it is there."""

    expect: Expectation
    entry: Entry


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a reply's pages are composed of. `before` and `question` are paragraphs; the question stands beside its choices."""

    name: str
    title: str
    before: tuple[str, ...]
    question: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    bar: tuple[Target, ...] = ()
    pad: Pad | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One page: its lines, its placed choices, whether the keypad is on it."""

    lines: tuple[Line, ...]
    placed: tuple[tuple[Target, Box], ...] = ()
    pad: bool = False


def label_width(box: Box, frame: Frame) -> float:
    """Full-width characters of one line of a choice's label, beside its number."""
    return (box.w - 2 * frame.gap - 2 * frame.item) / frame.item


def _two_lines(box: Box, frame: Frame) -> float:
    """Full-width characters of two lines of a label in the smaller type; breaking may waste one."""
    return 2 * label_width(box, frame) * frame.item / frame.item_smaller - 1


def _reading(lines: Sequence[Line], frame: Frame) -> list[View]:
    """Pages of text only. A page ends where a paragraph does, unless that would leave more than half of it empty."""
    views: list[View] = []
    rest = list(lines)
    while rest:
        most = frame.reading_lines
        ends = (n for n in range(most, most // 2, -1) if n >= len(rest) or rest[n].starts)
        end = next(ends, most)
        views.append(View(tuple(rest[:end])))
        rest = rest[end:]
    return views


def _arrange(targets: Sequence[Target], lines: tuple[Line, ...], columns: int, frame: Frame) -> View:
    return View(lines, tuple((t, frame.choice(n, columns, len(lines))) for n, t in enumerate(targets)))


def list_views(before: Sequence[str], question: Sequence[str], targets: Sequence[Target], frame: Frame) -> list[View]:
    """Pages of a text with choices: one page when all fits (in one column if it can be), else reading pages and then the choices."""
    lines = wrap_all([*before, *question], frame.line_width)
    narrow = all(width(t.label) <= _two_lines(frame.choice(0, frame.columns, 0), frame) for t in targets)
    widest = frame.columns if narrow else 1
    size = MOST if narrow else MOST // frame.columns
    chunks = [targets[i : i + size] for i in range(0, len(targets), size)] or [()]
    for columns in range(1, widest + 1):
        rows = -(-len(targets) // columns)
        if len(chunks) == 1 and rows <= MOST // frame.columns and len(lines) <= frame.text_lines(rows):
            return [_arrange(targets, lines, columns, frame)]
    room = frame.text_lines(max(-(-len(chunk) // widest) for chunk in chunks))
    asked = wrap_all(question, frame.line_width)
    kept = asked[-room:]
    read = (*wrap_all(before, frame.line_width), *asked[: len(asked) - len(kept)])
    return [*_reading(read, frame), *(_arrange(chunk, kept, widest, frame) for chunk in chunks)]


def pad_views(before: Sequence[str], question: Sequence[str], targets: Sequence[Target], frame: Frame) -> list[View]:
    """Pages of a text with a keypad: the text beside it when it fits, else reading pages first; more than three offers come after it."""
    offers, rest = targets[:OFFERS], targets[OFFERS:]
    room = frame.beside_lines(len(offers))
    lines = wrap_all([*before, *question], frame.beside_width)
    read: tuple[Line, ...] = ()
    if len(lines) > room:
        lines = wrap_all(question, frame.beside_width)
        read = wrap_all(before, frame.line_width)
        if len(lines) > room:
            read, lines = wrap_all([*before, *question], frame.line_width), lines[-room:]
    placed = tuple((t, frame.offer(n, len(offers))) for n, t in enumerate(offers))
    more = list_views((), question, rest, frame) if rest else []
    return [*_reading(read, frame), View(lines, placed, pad=True), *more]


def _placed(view: View, frame: Frame) -> list[Item]:
    items = []
    for n, (target, box) in enumerate(view.placed):
        room = label_width(box, frame)
        wide = width(target.label)
        size = 0 if wide <= room else 1 if wide <= room * frame.item / frame.item_smaller else 2
        hint = "" if size == 2 or view.pad else shorten(target.hint, room * frame.item / frame.small)
        label = shorten(target.label, room if view.pad else _two_lines(box, frame))
        kind = "offer" if view.pad else "choice"
        items.append(Item(f"c{n}", label, target.href, box, kind, target.badge, hint, target.hotkeys, outside=target.outside, size=size))
    return items


def compose(draft: Draft, links: Links, words: Words, frame: Frame, page: int, wipe: bool) -> Screen:
    """The `page`-th page (from 1; out of range gives the nearest) of a draft."""
    lay = pad_views if draft.pad else list_views
    views = lay(draft.before, draft.question, draft.targets, frame)
    page = min(max(1, page), len(views))
    view = views[page - 1]
    items = _placed(view, frame)
    field = None
    if view.pad and draft.pad:
        expect, entry = draft.pad.expect, draft.pad.entry
        count = words("tv.count", have=len(entry.digits), least=expect.least, most=expect.most)
        boxes = frame.value_box(len(view.lines)), frame.count_box(len(view.lines))
        field = _field(expect.typed_so_far + shown_number(entry, expect), count, boxes, frame)
        items = [*pad_items(frame, links, words, expect, entry.step), *items]
    turn = [Target(words("tv.previous_page"), links.page(page - 1), hotkeys=("pageup",))] if page > 1 else []
    if page < len(views):
        turn.append(Target(words("tv.next_page"), links.page(page + 1), hotkeys=("pagedown",)))
    bar = [*turn, *draft.bar]
    for n, target in enumerate(bar):
        box = frame.bar_item(n, len(bar))
        items.append(Item(f"u{n}", target.label, target.href, box, "bar", hotkeys=target.hotkeys, outside=target.outside))
    only_read = page < len(views) and not view.placed and not view.pad
    return Screen(
        id=draft.name,
        frame=frame,
        title=shorten(draft.title, (frame.inner - 9 * frame.small) / frame.title),
        lines=view.lines,
        items=navigable(items),
        focus=f"u{len(turn) - 1}" if only_read else _focus(items, draft.pad if view.pad else None),
        field=field,
        notice=draft.notice,
        page=page,
        pages=len(views),
        wipe=links.wipe if wipe else "",
    )


def _field(shown: str, count: str, boxes: tuple[Box, Box], frame: Frame) -> Field:
    """The number field; a very long number is written smaller, and of one that still does not fit its end is seen."""
    room = (boxes[0].w - 3 * frame.gap) / NARROW
    small = len(shown) > room / frame.value
    most = int(room / frame.small)
    return Field(shown if len(shown) <= most else "…" + shown[2 - most :], count, *boxes, small=small)


def _focus(items: Sequence[Item], pad: Pad | None) -> str:
    """What is marked first: the first item; at a keypad the key just pressed, or 完成 once the number is full."""
    ids = [item.id for item in items]
    if pad is not None:
        full = len(pad.entry.digits) >= pad.expect.most and pad.entry.pressed != "delete"
        wanted = "kdone" if full else f"k{pad.entry.pressed or '1'}"
        return wanted if wanted in ids else ids[0]
    return ids[0] if ids else ""
