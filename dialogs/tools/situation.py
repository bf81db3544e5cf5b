"""What tells one situation of a conversation from another: where the flows stand, and what the slots hold that can still decide anything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dialogs.book import Book
from dialogs.flow import AnyStep, CallStep, Flow, FormStep, WhenStep
from dialogs.outcome import HandOver, Turn, Wait
from dialogs.question import question
from dialogs.session import Frame, Session
from dialogs.templates import TemplateError, evaluate
from dialogs.tools.dataflow import Chain, chains, uses, ways

#: 更多 turns page after page; from so many on nobody turns any more, and a walk does not either.
MOST_PAGES = 4


def situation(book: Book, turn: Turn) -> str:
    """What tells this situation from others, as text."""
    s, f = turn.session, turn.session.failures
    then = [type(turn.then).__name__, getattr(turn.then, "again", False)]
    if isinstance(turn.then, HandOver):
        return json.dumps([then, [[frame.flow, frame.step] for frame in s.frames]])
    aside = s.aside and [s.aside.kind, _shape(s.aside.data)]
    row = [f.silence, f.no_match, f.invalid]
    begun = _begun(book, s) if s.partial and isinstance(turn.then, Wait) else []
    situated = [then, _frames(book, s.frames), row, aside, min(s.page, MOST_PAGES), begun, s.outcome]
    return json.dumps(situated, ensure_ascii=False, default=str)


def _begun(book: Book, session: Session) -> list[int]:
    """Of an answer in parts: how deep in a place one is, and roughly how many choices that leaves open (some towns have fifty villages)."""
    return [session.partial.count("/"), min(len(question(book, session).options) // 8, 4)]


def _frames(book: Book, frames: Sequence[Frame]) -> list[Any]:
    """The flows that run; below a digression only where they stand, since it comes back to that very question."""
    between = bool(frames) and frames[-1].digression
    below = [[frame.flow, frame.step, [] if between else _matters(book, frame, returning=True)] for frame in frames[:-1]]
    return [*below, *([frame.flow, frame.step, frame.sealed, _matters(book, frame, returning=False)] for frame in frames[-1:])]


def _shape(data: Mapping[str, Any]) -> list[Any]:
    return [[name, len(value) if isinstance(value, list | tuple | dict) else bool(value)] for name, value in sorted(data.items())]


def _matters(book: Book, frame: Frame, *, returning: bool) -> list[Any]:
    """What the slots of a frame hold that can still decide where things go; of a form, which answers are given and what conditions read of them."""
    flow = book.flows[frame.flow]
    step = flow.steps[frame.step]
    if returning and isinstance(step, CallStep):
        after = flow.after(frame.step)
        return values(frame.slots, live(flow)[after]) if after else []
    found = values(frame.slots, live(flow)[frame.step])
    if isinstance(step, FormStep):
        answers = frame.slots.get(step.form) or {}
        conditions = " ".join(
            str(f.get("when") or "") + " " + str(f.get("known_if") or "") for f in evaluate(step.fields, frame.slots) or ()
        )
        read = set(re.findall(r"\w+", conditions))
        found += [[name, answers[name] if name in read else ""] for name in sorted(answers)]
    return found


# --- what is live -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Live:
    """What may still decide where things go: whether conditions hold, and what of which slots is read where that is not enough."""

    conditions: frozenset[str]
    reads: frozenset[Chain]


class _Same:
    """A flow by identity, so that it can be a key: models with mappings cannot be hashed."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def __hash__(self) -> int:
        return id(self.flow)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.flow is self.flow


def live(flow: Flow) -> dict[str, Live]:
    """For each step, what is still live there. A condition whose names are filled anew on the way counts by what remains of it."""
    return _live(_Same(flow))


@lru_cache(maxsize=256)
def _live(same: _Same) -> dict[str, Live]:
    flow = same.flow
    alive = {name: _own(step) for name, step in flow.steps.items()}
    changed = True
    while changed:
        changed = False
        for name in reversed(list(flow.steps)):
            now, fills = alive[name], _certain(flow, name)
            for way in ways(flow, name):
                if way.goal in alive:
                    now = _joined(now, _before(alive[way.goal], fills))
            changed, alive[name] = changed or now != alive[name], now
    return alive


def _own(step: AnyStep) -> Live:
    """What a step itself reads to decide."""
    if isinstance(step, WhenStep):
        return Live(frozenset(branch.if_ for branch in step.when), frozenset())
    return Live(frozenset(), frozenset(chain for use in uses(step) if use.control for chain in use.chains))


def _before(later: Live, fills: Set[str]) -> Live:
    """What is live before slots are filled anew."""
    kept = frozenset(source for source in later.conditions if not any(c[0] in fills for c in chains(source, expression=True)))
    remains = {chain for source in later.conditions - kept for chain in chains(source, expression=True)}
    return Live(kept, frozenset(chain for chain in later.reads | remains if chain[0] not in fills))


def _joined(one: Live, other: Live) -> Live:
    return Live(one.conditions | other.conditions, one.reads | other.reads)


def _certain(flow: Flow, name: str) -> frozenset[str]:
    """Slots that a step overwrites whatever happens (a branch that only knows a slot to be filled does not, nor a form, which adds to it)."""
    everywhere = [way.fills for way in ways(flow, name)]
    if not everywhere or isinstance(flow.steps[name], WhenStep | FormStep):
        return frozenset()
    return frozenset.intersection(*everywhere)


def values(slots: Mapping[str, Any], alive: Live) -> list[Any]:
    """What the slots hold, as far as it can decide anything: conditions by whether they hold, plain values as they are, records and lists by
    what they list."""
    conditions = [[source, _holds(source, slots)] for source in sorted(alive.conditions)]
    return conditions + [[*chain, _plain(_follow(slots, chain))] for chain in sorted(alive.reads) if chain[0] in slots]


def _holds(source: str, slots: Mapping[str, Any]) -> bool | None:
    try:
        return bool(evaluate(source, slots))
    except TemplateError:
        return None  # it reads what is not filled yet


def _follow(slots: Mapping[str, Any], chain: Chain) -> Any:
    value: Any = slots[chain[0]]
    for field in chain[1:]:
        if not isinstance(value, Mapping) or field not in value:
            return value
        value = value[field]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(v.get("id", v.get("name", ""))) if isinstance(v, Mapping) else _plain(v) for v in value]
    return value
