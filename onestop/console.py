"""A resident in a terminal window: shows replies as plain text and turns typed lines into events."""

from __future__ import annotations

import re
from collections.abc import Callable

from dialogs.contract import Alternative as Heard
from dialogs.contract import Choice, Event, Expectation, Keys, Pick, Reply, Silence, Speech, Text, Wants

HELP = "键入一句话、编号或数字；空行是不说话；/say 话 当作说出来的；/keys 123 当作按键；/quit 结束"


def shown(reply: Reply, *, spoken: bool = False) -> list[str]:
    """The reply's lines: prompts, numbered choices, then the universals in one line. spoken: as a voice would say it."""
    lines = [line for prompt in reply.prompts for line in (prompt.spoken if spoken else prompt.text).splitlines()]
    if reply.card is not None:
        lines += [f"［转人工 {reply.card.reference}］{label}：{value}" for label, value in reply.card.lines]
    expect = reply.expect
    if expect is None:
        return lines
    lines += [_choice(choice, spoken) for choice in expect.choices]
    if expect.typed_so_far:
        lines.append(f"（已输入 {expect.typed_so_far}）")
    if expect.universals:
        lines.append("　".join(f"[{one.key}]{one.label}" if one.key else one.label for one in expect.universals))
    return lines


def _choice(choice: Choice, spoken: bool) -> str:
    label = choice.spoken if spoken else choice.label
    return f"  {choice.key}  {label}" + (f"  {choice.hint}" if choice.hint and not spoken else "")


def event_of(line: str, expect: Expectation | None, *, telephone: bool) -> Event:
    """What a typed line means: on the telephone digits are keys and words are speech; elsewhere text, or a pick by number or name."""
    line = line.strip()
    if not line:
        return Silence()
    if line.startswith("/keys "):
        return Keys(re.sub(r"[^0-9*#]", "", line))
    if line.startswith("/say "):
        return Speech((Heard(line.removeprefix("/say ").strip()),))
    if telephone:
        return Keys(line) if re.fullmatch(r"[0-9*#]+", line) else Speech((Heard(line),))
    if expect is not None and expect.wants is Wants.CHOICE:
        for choice in (*expect.choices, *expect.universals):
            if line in (choice.key, choice.label):
                return Pick(choice.id, expect.question)
    return Text(line)


Ask = Callable[[], str]
"""Reads one line of the resident; raises EOFError at the end."""
