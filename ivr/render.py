"""A reply as sentences to be spoken, one after another. Pure.

Sentences are the unit that is cached, interrupted and taken up again, so they are split finely and worded the same each time.
"""

from __future__ import annotations

import re

from dialogs.contract import Choice, Expectation, Outcome, Reply, Wants
from dialogs.words import Words

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
# Seven or more digits in a row are a number that somebody has to follow with a pen.
_LONG_NUMBER = re.compile(r"(?<![0-9])[0-9]{7,}[Xx]?(?![0-9])")
# How such numbers are grouped when people say them: case numbers 3-3-4, mobiles 3-4-4, ID numbers 6-4-4-4 (place, year, day, rest).
_GROUPS = {10: (3, 3, 4), 11: (3, 4, 4), 18: (6, 4, 4, 4)}


def render(reply: Reply, words: Words, *, offer_person: bool) -> tuple[str, ...]:
    """The sentences of a reply, in order. offer_person: remind of key 0 (on the first question and when somebody is stuck)."""
    said = [sentence for prompt in reply.prompts for sentence in sentences(prompt.spoken)]
    expect = reply.expect
    if reply.outcome is Outcome.WAIT and expect is not None:
        said += [_offer(choice, words) for choice in expect.choices if choice.key]
        if expect.wants is Wants.DIGITS and expect.most != expect.least and not any("井号" in sentence for sentence in said):
            said.append(words("telephone.finish_digits"))
        if offer_person and _has_person(expect) and not any("人工" in s or "工作人员" in s for s in said):
            said.append(words("telephone.person_hint"))
    return tuple(said)


def sentences(text: str) -> tuple[str, ...]:
    """Splits at the ends of sentences and of lines; digits in groups; nothing that has no sound."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return tuple(group_digits(sentence) for sentence in found if re.search(r"\w", sentence))


def group_digits(text: str) -> str:
    """Commas into long numbers, so that a voice pauses where people do: 2600000015 becomes 260，000，0015."""
    return _LONG_NUMBER.sub(lambda match: "，".join(_groups(match.group())), text)


def _groups(number: str) -> list[str]:
    sizes = _GROUPS.get(len(number)) or (4,) * -(-len(number) // 4)
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return [part for part in parts if part]


def _offer(choice: Choice, words: Words) -> str:
    key = "".join(words(f"telephone.digit_{digit}") for digit in choice.key)
    return words("telephone.press", label=choice.spoken.rstrip("。！？!? "), key=key)


def _has_person(expect: Expectation) -> bool:
    return any(choice.id == "!person" for choice in expect.universals)
