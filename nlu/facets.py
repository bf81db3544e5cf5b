"""Which part of a service's guide a question asks about: what to bring, how long, how much, where, …

Patterns in `data/facets.yaml`, and a linear model for what they do not know.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from nlu.facet_model import facet_model
from nlu.tables import TableError, phrases
from nlu.text import bare, clean

Kind = Literal["hours", "basis", "benefit", "result", "days", "contact", "place", "who", "fee", "materials", "steps"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order they are tried: what is special before what is general."""

_TABLE: Final = phrases("facets")
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_LONGEST = 60
"""Characters; who says more tells a story, and a word of it decides nothing."""
_SHORTEST = 3
"""Characters from which the model reads a sentence; what is shorter is a question only when a pattern says so."""
_LEAD = 0.1
"""How far a kind must be ahead of "none" by the model alone."""
_TAKEN_BACK = -0.5
"""So far behind "none", a pattern found something that was no question."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What is asked about, and the words that said so, dialect made plain (for the trace).

    materials 带什么, days 几天能办好, fee 收费吗, place 在哪办, contact 电话多少, who 谁能办, steps 怎么办, result 能拿到什么, hours 几点下班,
    basis 什么依据, benefit 补贴一个月多少钱.
    """

    kind: Kind
    evidence: str


def _pattern(key: str) -> re.Pattern[str] | None:
    for pattern in _TABLE.get(key, ()):
        try:
            re.compile(pattern)
        except re.error as wrong:
            raise TableError(f"facets.yaml: {key}: {pattern!r} is no regular expression: {wrong}") from wrong
    return re.compile("|".join(f"(?:{pattern})" for pattern in _TABLE[key])) if key in _TABLE else None


def _rules() -> tuple[tuple[Kind, re.Pattern[str], re.Pattern[str] | None], ...]:
    rows = []
    for kind in KINDS:
        pattern = _pattern(kind)
        if pattern is None:
            raise TableError(f"facets.yaml: wants a list {kind}")
        rows.append((kind, pattern, _pattern(f"not_{kind}")))
    if unknown := set(_TABLE) - set(KINDS) - {f"not_{kind}" for kind in KINDS} - {"same", "not_question"}:
        raise TableError(f"facets.yaml: {sorted(unknown)} are no kinds; kinds are {', '.join(KINDS)}")
    return tuple(rows)


def _same() -> dict[str, str]:
    table = {}
    for entry in _TABLE["same"]:
        said, equals, plain = entry.partition("=")
        if not (said and equals and plain):
            raise TableError(f"facets.yaml: same: {entry!r} wants said=read as")
        table[said] = plain
    return table


_RULES: Final = _rules()
_NOT_QUESTION: Final = _pattern("not_question")
_SAME: Final = _same()
_SAID: Final = re.compile("|".join(re.escape(said) for said in sorted(_SAME, key=len, reverse=True)))


def core_of(text: str) -> str:
    """A sentence as the model reads it: dialect made plain, no punctuation, no padding but at its end (行不行, 好吗), where it may ask."""
    plain = _plain(text)
    return plain[plain.rfind(bare(plain)) :]


def read_facet(text: str) -> Facet | None:
    """The part of a guide that is asked about; None for an answer, a wish, or anything else that is no such question.

    Patterns first; the model (`nlu.facet_model`) reads what none of them knows, and takes back a pattern's find in what is surely no question.
    材料 alone is materials, 我交材料了 is none. A question about one's own case (办到哪一步了) is none: that is the intent check_status. So is one
    that asks which services there are (九十岁老人有什么补贴): that is a wish.
    """
    plain = _plain(text)
    core = bare(plain)
    if len(plain) > _LONGEST or not core or plain.isascii():  # a number asks nothing
        return None
    if _NOT_QUESTION is not None and (_NOT_QUESTION.search(plain) or _NOT_QUESTION.search(core)):
        return None
    asked = _asked(plain) or (
        _asked(core) if core != plain else None
    )  # 能办好吗 loses its question with the padding, 麻烦问一下…啊 shows it without
    model, words = facet_model(), plain[plain.rfind(core) :]
    if asked is not None and model.lead(words, asked.kind) > _TAKEN_BACK:
        return asked
    if len(words) < _SHORTEST:
        return None
    leaning = model.leaning(words)
    return Facet(cast(Kind, leaning.kind), leaning.evidence) if leaning.lead >= _LEAD else None


def _plain(text: str) -> str:
    return _SAID.sub(lambda match: _SAME[match.group()], _NOT_WORDS.sub("", clean(text)))


def _asked(words: str) -> Facet | None:
    for kind, pattern, unless in _RULES:
        match = pattern.search(words)
        if match and not (unless and unless.search(words)):
            return Facet(kind, match.group())
    return None
