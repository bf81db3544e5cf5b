"""The on-screen keypad: its keys as items, and what may be seen of the number being entered."""

from __future__ import annotations

from dataclasses import dataclass

from channels.tv.layout import Frame
from channels.tv.screen import Item
from channels.tv.tokens import DELETE, DONE, LETTER_X, Links
from dialogs.contract import Expectation
from dialogs.words import Words

#: How numbers are written in groups, by their length: case numbers 3-3-4, mobiles 3-4-4, identity numbers 6-8-4.
GROUPS = {10: (3, 3, 4), 11: (3, 4, 4), 18: (6, 8, 4)}
#: As narrow as a digit in every font, unlike ●, which Chinese fonts draw twice as wide.
HIDDEN = "*"


@dataclass(frozen=True, slots=True)
class Entry:
    """The number entered so far at this question: `step` counts the presses, `pressed` is the last one, which keeps the focus.

    An X is kept as "X"; the engine gets "*" for it, as from a telephone.
    """

    step: int = 0
    digits: str = ""
    pressed: str = ""

    def after(self, key: str, expect: Expectation) -> Entry:
        """The entry with one more key; a key that cannot follow (a 12th digit of 11, an X that is not the last) changes only the count."""
        digits = self.digits
        if key == DELETE:
            digits = digits[:-1]
        elif len(digits) < expect.most and (key != LETTER_X or (expect.letter_x and len(digits) == expect.most - 1)):
            digits += key
        return Entry(self.step + 1, digits, key)


def grouped(text: str, length: int) -> str:
    """The text in the groups in which a number of that length is written."""
    parts, rest = [], text
    for size in GROUPS.get(length, ()):
        if rest:
            parts.append(rest[:size])
            rest = rest[size:]
    return " ".join([*parts, rest] if rest else parts)


def shown_number(entry: Entry, expect: Expectation) -> str:
    """What may be seen. A personal number shows only the key just pressed, so that a slip is noticed; a full one shows nothing."""
    digits = entry.digits
    if expect.mask:
        seen = bool(digits) and len(digits) < expect.most and entry.pressed == digits[-1]
        digits = HIDDEN * (len(digits) - seen) + (digits[-1] if seen else "")
    return grouped(digits, expect.most)


def pad_items(frame: Frame, links: Links, words: Words, expect: Expectation, step: int) -> list[Item]:
    """1 2 3 / 4 5 6 / 7 8 9 / X 0 删除 / 完成. Every key is a link with a token of this press."""

    def key(name: str, label: str, row: int, column: int, span: int = 1, hotkeys: tuple[str, ...] = ()) -> Item:
        return Item(f"k{name}", label, links.key(name, step), frame.pad_key(row, column, span), "key", hotkeys=hotkeys)

    digits = [key(str(n), str(n), (n - 1) // 3, (n - 1) % 3, hotkeys=(str(n),)) for n in range(1, 10)]
    last = [key(LETTER_X, "X", 3, 0, hotkeys=("star",))] if expect.letter_x else []
    zero = key("0", "0", 3, 1, hotkeys=("0",)) if expect.letter_x else key("0", "0", 3, 0, 2, ("0",))
    return [
        *digits,
        *last,
        zero,
        key(DELETE, words("tv.delete"), 3, 2, hotkeys=("delete",)),
        key(DONE, words("tv.done"), 4, 0, 3, ("hash",)),
    ]
