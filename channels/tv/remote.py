"""A viewer without a television: fetches our pages over HTTP, reads what is on them and follows their links, as a resident with a remote would.

Plays use it as the television's stage. It sees only what a page shows; it cannot do what no item of the screen does.
"""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx


class CannotFollow(LookupError):  # noqa: N818  named for what a viewer finds out
    """No item of the screen does what was wanted; the text lists what there is."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item on the screen. `key`: names of the remote's keys for it."""

    id: str
    label: str
    href: str
    kind: str
    badge: str = ""
    hint: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as a viewer sees it. `paragraphs` are whole again, however they were broken into lines; `value` is the number field.

    continues: the first paragraph began on the page before.
    """

    status: int
    name: str = ""
    title: str = ""
    paragraphs: tuple[str, ...] = ()
    items: tuple[Shown, ...] = ()
    focus: str = ""
    value: str | None = None
    count: str = ""
    notice: str = ""
    continues: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """What can be picked, without the keypad."""
        return tuple(item.label for item in self.items if item.kind != "key")

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices in the middle (or beside the keypad)."""
        return tuple(item.label for item in self.items if item.kind in ("choice", "offer"))

    @property
    def keypad(self) -> bool:
        """Whether a number is asked for."""
        return any(item.kind == "key" for item in self.items)


class _Reader(HTMLParser):
    """Reads a page of ours. What a piece of text is depends on the element it stands in, and on the part of the page that is in."""

    def __init__(self) -> None:
        super().__init__()
        self.view: dict[str, str] = {}
        self.texts = {"title": "", "value": "", "count": "", "notice": ""}
        self.has_value = False
        self.continues = False
        self.paragraphs: list[str] = []
        self.items: list[dict[str, str]] = []
        self._part = ""
        self._element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        self._element = tag
        if tag == "a":
            self.items.append({**have, "b": "", "span": "", "i": ""})
            self._part = "item"
        elif tag == "h1":
            self._part = "title"
        elif tag == "p":
            self._part = "text"
            going_on = have.get("class") == "on-going"
            self.continues = self.continues or (going_on and not self.paragraphs)
            if not going_on or not self.paragraphs:
                self.paragraphs.append("")
        elif tag == "div":
            self._part = have.get("id", "")
            self.has_value = self.has_value or self._part == "value"
            if self._part == "view":
                self.view = have

    def handle_endtag(self, tag: str) -> None:
        self._element = ""
        if tag in ("div", "a", "p", "h1"):
            self._part = ""

    def handle_data(self, data: str) -> None:
        if self._part in self.texts:
            self.texts[self._part] += data.replace("\u00a0", "")
        elif self._part == "text" and self._element == "p":
            self.paragraphs[-1] += data
        elif self._part == "item" and self._element in ("b", "span", "i"):
            self.items[-1][self._element] += data


def read_page(page: str, status: int = 200) -> Seen:
    """What a viewer sees of a page."""
    begin, end = page.find("<!--screen-->"), page.find("<!--/screen-->")
    reader = _Reader()
    reader.feed(page[begin:end])
    reader.close()
    items = tuple(
        Shown(
            i["id"],
            i["span"],
            i["href"],
            next((kind for kind in ("choice", "bar", "key", "offer") if kind in i["class"].split()), ""),
            i["b"],
            i["i"],
            tuple(i.get("data-key", "").split()),
        )
        for i in reader.items
    )
    texts = reader.texts
    return Seen(
        status,
        reader.view.get("data-name", ""),
        texts["title"],
        tuple(reader.paragraphs),
        items,
        reader.view.get("data-focus", ""),
        texts["value"] if reader.has_value else None,
        texts["count"],
        texts["notice"],
        reader.continues,
    )


class Television:
    """Somebody before a television. `client` has our service as its base address and keeps the cookies.

    `seen` is the page on the screen; `told` is everything the last answer said, over all its pages.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.seen = Seen(0)
        self.told: tuple[str, ...] = ()
        self._last = "/tv"

    @property
    def text(self) -> str:
        """What was said, one paragraph a line."""
        return "\n".join(self.told)

    async def open(self, **query: str) -> Seen:
        """Opens the television's page (`keys`, `size`, `returnUrl`, `scene`)."""
        return await self._see("/tv" + ("?" + urlencode(query) if query else ""))

    async def follow(self, label: str) -> Seen:
        """Picks the item with this label (or this number before it, or this key of the remote)."""
        item = next((i for wanted in ("label", "badge", "keys") for i in self.seen.items if self._is(i, label, wanted)), None)
        if item is None:
            raise CannotFollow(f"no item {label!r} on {self.seen.name!r}; there are: {' '.join(self.seen.labels)}")
        return await self._see(item.href)

    @staticmethod
    def _is(item: Shown, label: str, by: str) -> bool:
        if by == "keys":
            return label in item.keys
        return label != "" and label == (item.label if by == "label" else item.badge)

    async def enter(self, digits: str, done: str = "hash") -> Seen:
        """Enters a number on the keypad, key by key, and finishes it (`done=""`: leaves it unfinished)."""
        if not self.seen.keypad:
            raise CannotFollow(f"no keypad on {self.seen.name!r}; there are: {' '.join(self.seen.labels)}")
        for digit in digits:
            await self.follow("X" if digit in "xX*" else digit)
        return await self.follow(done) if done else self.seen

    async def again(self) -> Seen:
        """Follows the last link once more, as an impatient thumb or a reload does."""
        return await self._see(self._last)

    async def revisit(self, item: Shown) -> Seen:
        """Follows an item of a screen that was left, as a box's own back key brings it up again."""
        return await self._see(item.href)

    async def answer(self, said: str) -> Seen:
        """Answers as a play writes it: an item's label or number, or a number where one is asked for."""
        number = said.replace(" ", "")
        digits = number[:-1].isdigit() and (number[-1].isdigit() or number[-1] in "xX") if len(number) > 1 else number.isdigit()
        if self.seen.keypad and digits:
            return await self.enter(number)
        return await self.follow(said)

    async def _see(self, address: str) -> Seen:
        """Fetches a page and turns to the last one of what it says."""
        self._last = address
        self.seen = await self._fetch(address)
        told = list(self.seen.paragraphs)
        following = self._next()
        while following is not None:
            self.seen = await self._fetch(following.href)
            first, rest = self.seen.paragraphs[:1], self.seen.paragraphs[1:]
            told = [*told[:-1], told[-1] + first[0], *rest] if self.seen.continues and told else [*told, *self.seen.paragraphs]
            following = self._next()
        self.told = tuple(told)
        return self.seen

    def _next(self) -> Shown | None:
        """The next page's item while this page is only text."""
        return None if self.seen.choices or self.seen.keypad else next((i for i in self.seen.items if "pagedown" in i.keys), None)

    async def _fetch(self, address: str) -> Seen:
        answer = await self._client.get(address)
        return read_page(answer.text, answer.status_code)
