"""A reply of the engine as a screen. Pure: the same reply, frame and partial number give the same screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from channels.tv.compose import Draft, Pad, Target, compose
from channels.tv.keypad import Entry
from channels.tv.layout import Frame
from channels.tv.screen import Screen
from channels.tv.tokens import Links
from dialogs.contract import Choice, Outcome, Reply, Wants
from dialogs.words import Words

#: Universals in the order of the bottom row, with the remote's keys for them. 重复 is not among them: the text stays on the screen.
BAR: dict[str, tuple[str, ...]] = {
    "!skip": (),
    "!back": ("back", "red"),
    "!help": ("yellow",),
    "!cancel": (),
    "!menu": ("home", "green"),
    "!person": ("blue",),
    "!end": (),
}
#: Left out of the bottom row, in this order, when it would get too narrow to read; the person never.
SPARE = ("!end", "!cancel", "!help")


@dataclass(frozen=True, slots=True)
class Look:
    """How this television wants its screens: the frame; the hotline (or ""); whether there is a portal to go back to."""

    frame: Frame
    hotline: str = ""
    portal: bool = False


def positions(reply: Reply) -> dict[str, str]:
    """What the links of a reply's screen stand for: position on the screen to the id that is picked."""
    if reply.outcome is Outcome.HAND_OVER:
        return {"menu": "!menu"}
    if reply.expect is None:
        return {}
    picks = {str(n): choice.id for n, choice in enumerate(reply.expect.choices, 1)}
    return picks | {choice.id.lstrip("!"): choice.id for choice in reply.expect.universals}


def screen_of(reply: Reply, links: Links, words: Words, look: Look, page: int = 1, entry: Entry | None = None, notice: str = "") -> Screen:
    """The `page`-th screen of a reply (a long one has several).

    entry: the number entered so far, when the reply waits for digits. notice: a line about what was just done.
    """
    told = [[p for p in prompt.text.splitlines() if p.strip()] for prompt in reply.prompts]
    bar = _portal(links, words, look)
    pad = None
    if reply.outcome is Outcome.WAIT and reply.expect is not None:
        expect = reply.expect
        targets = [
            Target(c.label, links.choice(str(n)), c.key or str(n), c.hint, (c.key or str(n),)) for n, c in enumerate(expect.choices, 1)
        ]
        bar = [*_universals(expect.universals, links, words, look), *bar]
        if expect.wants is Wants.DIGITS:
            pad = Pad(expect, entry or Entry())
            targets = [Target(t.label, t.href) for t in targets]  # digits belong to the number here
        elif expect.wants is Wants.TEXT:
            told = [*told, [words("tv.no_letters" if targets else "tv.no_letters_no_choices")]]
    elif reply.outcome is Outcome.HAND_OVER:
        told = [*told, [how_to_reach_a_person(words, look)]]
        targets = [
            Target(words("tv.go_on"), links.choice("again"), "1", hotkeys=("1", "back")),
            Target(words("tv.bar_menu"), links.choice("menu"), "2", hotkeys=("2", "home")),
        ]
    elif reply.outcome is Outcome.DOWN:
        told = [*(told or [[words("common.down")]]), [how_to_reach_a_person(words, look)]]
        targets = [Target(words("tv.try_again"), "/tv", "1", hotkeys=("1", "back"))]
    else:
        targets = [Target(words("tv.start_again"), links.new, "1", hotkeys=("1", "home", "back"))]
    draft = Draft(
        name=reply.expect.question if reply.expect else reply.outcome.value,
        title=reply.title or words("tv.name"),
        before=tuple(p for group in told[:-1] for p in group),
        question=tuple(told[-1]) if told else (),
        targets=tuple(targets),
        bar=tuple(bar),
        pad=pad,
        notice=notice,
    )
    return compose(draft, links, words, look.frame, page, wipe=reply.outcome is not Outcome.DOWN)


def plain(name: str, told: Sequence[str], targets: Sequence[Target], words: Words, frame: Frame) -> Screen:
    """A screen that is no reply: too many key presses, nobody there any more, bad input. It holds nothing that would have to be wiped."""
    draft = Draft(name, words("tv.name"), (), tuple(told), tuple(targets))
    return compose(draft, Links("", "", 0), words, frame, 1, wipe=False)


def how_to_reach_a_person(words: Words, look: Look) -> str:
    """The sentence that names the hotline, or the service window when there is none."""
    return words("tv.person_how", hotline=look.hotline) if look.hotline else words("tv.person_how_no_hotline")


def _choice(choice: Choice, n: int, links: Links) -> Target:
    number = choice.key or str(n)
    return Target(choice.label, links.choice(str(n)), number, choice.hint, (number,))


def _portal(links: Links, words: Words, look: Look) -> list[Target]:
    return [Target(words("tv.leave"), links.leave, hotkeys=("exit",), outside=True)] if look.portal else []


def _universals(universals: Sequence[Choice], links: Links, words: Words, look: Look) -> list[Target]:
    shown = {choice.id: choice for choice in universals if choice.id != "!repeat"}
    if look.portal:
        shown.pop("!end", None)
    room = look.frame.bar_most - 2 - look.portal  # two are for the next and the previous page
    for spare in SPARE:
        if len(shown) > room:
            shown.pop(spare, None)
    order = {name: n for n, name in enumerate(BAR)}
    targets = []
    for choice in sorted(shown.values(), key=lambda c: order.get(c.id, len(order))):
        name = choice.id.lstrip("!")
        label = words(f"tv.bar_{name}") if f"tv.bar_{name}" in words.sentences else choice.label
        targets.append(Target(label, links.choice(name), hotkeys=BAR.get(choice.id, ())))
    return targets
