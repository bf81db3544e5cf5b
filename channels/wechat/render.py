"""A Reply becomes the texts of WeChat messages. Pure."""

from __future__ import annotations

import re

from channels.wechat.xml import legal
from dialogs.contract import Choice, Expectation, Reply, Wants
from dialogs.words import Words

_SHOWN_UNIVERSALS = ("!back", "!menu", "!person")
"""The hint line names only these: a way back, a way out, a person. The others work all the same, and 帮助 tells of them."""

_ENDS = ("\n", "。！？；!?;…", "，、,: ：", "")
"""Where a page may end, best first: a line, a sentence, a clause, anywhere."""


def pages(reply: Reply, words: Words, *, page_bytes: int, tappable: bool = False) -> tuple[str, ...]:
    """The reply as messages of at most `page_bytes` UTF-8 bytes each; empty when it says nothing."""
    parts = [prompt.text.strip() for prompt in reply.prompts if prompt.text.strip()]
    if reply.expect is not None:
        parts += _how_to_answer(reply.expect, words, tappable)
    return split(legal("\n\n".join(parts)), page_bytes)


def _how_to_answer(expect: Expectation, words: Words, tappable: bool) -> list[str]:
    parts = []
    if expect.choices:
        numbered = [(choice.key or str(place), choice) for place, choice in enumerate(expect.choices, start=1)]
        parts.append("\n".join(_line(number, choice, expect.question, tappable) for number, choice in numbered))
        name = "wechat.answer_with_number" if expect.wants is Wants.CHOICE else "wechat.answer_or_number"
        parts.append(words(name, example=numbered[0][0]))
    universals = {universal.id: universal.label for universal in expect.universals}
    shown = [universals[each] for each in _SHOWN_UNIVERSALS if each in universals]
    if shown:
        hint = words("wechat.universals", labels="、".join(shown))
        parts[-1:] = [f"{parts[-1]}\n{hint}"] if expect.choices else [*parts[-1:], hint]
    return parts


def _line(number: str, choice: Choice, question: str, tappable: bool) -> str:
    """`1. 查办事进度`, with its hint behind it, and as a link when asked for."""
    label = choice.label
    if tappable and not re.search(r"[<>\"'&]", label + choice.id + question):
        label = f'<a href="weixin://bizmsgmenu?msgmenucontent={label}&msgmenuid={question}~{choice.id}">{label}</a>'
    return f"{number}. {label}" + (f"（{choice.hint}）" if choice.hint else "")


def split(text: str, page_bytes: int) -> tuple[str, ...]:
    """Cuts a text into pieces of at most `page_bytes` UTF-8 bytes: at a line's end, else a sentence's, else a clause's, else anywhere.

    A cut less than a third into the page is not worth it and the next kind of place is tried. Links (<a …>…</a>) are not cut.
    """
    found: list[str] = []
    rest = text.strip()
    while len(rest.encode()) > page_bytes:
        room = len(rest.encode()[:page_bytes].decode(errors="ignore"))
        cut = _cut(rest, room)
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest:
        found.append(rest)
    return tuple(found)


def _cut(text: str, room: int) -> int:
    """How many characters of the text go on this page, at most `room`."""
    link = text.rfind("<a ", 0, room)
    if link > 0 and "</a>" not in text[link:room]:
        room = link
    for ends in _ENDS[:-1]:
        place = max(text.rfind(end, 0, room) for end in ends)
        if place >= room // 3:
            return place + 1
    return room
