"""Turns the records of a real conversation into a play: the same steps with sample values where personal data was.

What a resident is is gone from the records; what the play puts in its place is the sample of each kind of answer, a number that is wrong in
the same way, and cases that stood where the resident's cases stood. Expectations are pieces of our own sentences that hold nothing personal.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from dialogs.book import Book
from dialogs.tools.play import TERMINALS
from dialogs.trace.masking import HIDDEN
from dialogs.trace.record import Said, Trace
from nlu.intents import intent_of
from nlu.values import as_spoken_digits
from records import case_number
from records.states import TRANSITIONS, State, label

MOBILE, WRONG_TAIL = "13800138000", "0001"
SAMPLES: Mapping[str, str] = {
    "mobile": MOBILE,
    "id_number": "11010519491231002X",
    "date": "1958年3月5日",
    "place": "樊城区牛首镇花园村",
    "name": "张三",
    "amount": "3500",
    "text": "请上门办理",
    "digits": "8000",
}
"""A valid answer of each kind, as a resident would give it."""

WRONG: Mapping[str, tuple[str, ...]] = {
    "case_number": ("2600000000",),
    "checksum": ("110105194912310021",),
    "date": ("11010519491331002X",),
    "place": ("990105194912310020",),
    "old_15": ("110105491231002",),
    "not_mobile": ("22800138000",),
}
"""Numbers that are wrong in just one way, by the reason's name."""

#: Terminals without a stage, and the one that shows and takes the same.
PLAYED_ON = {"console": "wechat"}
#: A case of this number was never made: no two conversations can differ on it.
UNKNOWN_CASE = case_number.make(0, 0)
#: A wish for something that no catalogue will ever have.
UNKNOWN_WISH = f"我要办{HIDDEN * 4}"
#: Characters of one expectation: enough to be found nowhere else, little enough to survive a change of wording beside it.
PIECE = 12
LEAST_PIECE = 3
#: Expectations of one turn.
PIECES = 3

_TYPED = re.compile(r"<(\w+)(?::(\d+))?>")
_PIECES = re.compile(rf"<\w+(?::\d+)?>|[{HIDDEN}\d\s，。？！、；：,.?!;:“”\"'（）()·…—]+")


class CannotReplay(ValueError):  # noqa: N818  a condition of the records; the text says which
    """No play can be made of these records."""


@dataclass(slots=True)
class _Scene:
    """What is being written: lines, cases given beforehand, and how many requests were recorded."""

    book: Book
    traces: Sequence[Trace]
    given: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    submitted: int = 0
    begun: str = ""


def to_play(traces: Sequence[Trace], book: Book, name: str = "") -> str:
    """The play of a conversation, as YAML text. Raises CannotReplay when the records begin in the middle or hold nothing to perform.

    traces: one conversation, first turn to last. book: the flows and catalogue that the play will be performed with.
    """
    if not traces:
        raise CannotReplay("there is no turn to replay")
    if _terminal(traces[0]) not in TERMINALS:
        raise CannotReplay(f"plays are performed on {', '.join(TERMINALS)}; this conversation was on {traces[0].channel}")
    if traces[0].revision > 1:
        raise CannotReplay(f"the beginning is gone: the first record is of turn {traces[0].revision}")
    scene = _Scene(book, traces)
    for at, trace in enumerate(traces):
        _turn(scene, at, trace)
    if scene.submitted:
        scene.lines.append({"records": {"cases": scene.submitted}})
    if not scene.lines:
        raise CannotReplay("nobody did anything that a play can show")
    return _written(scene, name or f"由 {traces[0].at:%Y-%m-%d} 的一次对话写成")


def _terminal(trace: Trace) -> str:
    return PLAYED_ON.get(trace.channel, trace.channel)


def _turn(scene: _Scene, at: int, trace: Trace) -> None:
    if at == 0 and trace.event.kind != "arrive":
        scene.lines.append({"resident": "arrives"})
    act = _act(scene, at, trace)
    if act is None:
        scene.notes.append(f"第 {trace.revision} 轮的 {trace.event.kind} 在剧本里演不出来")
        return
    scene.lines.append({"resident": act})
    pieces = _heard(trace)
    if pieces:
        scene.lines.append({"hears": pieces[0] if len(pieces) == 1 else pieces})
    scene.submitted += sum(did.action == "submit_request" and did.outcome == "done" for did in trace.did)


# --- what the resident does ----------------------------------------------------------------------------------------------------------


def _act(scene: _Scene, at: int, trace: Trace) -> str | dict[str, str] | None:
    event, heard = trace.event, trace.heard
    match event.kind:
        case "arrive":
            return "arrives"
        case "leave":
            return "leaves"
        case "silence":
            return "waits"
        case "garbled":
            return {"noise": ""}
        case "pick" | "keys" if heard.label:
            return {"pick": heard.label}
        case "pick":
            return {"pick": scene.book.flows[heard.value].title} if heard.value in scene.book.flows else None
        case "keys" | "text" | "speech":
            return _said(scene, at, trace)
    return None


def _said(scene: _Scene, at: int, trace: Trace) -> dict[str, str]:
    content = trace.event.content
    typed = _TYPED.fullmatch(content)
    if typed is None:
        if trace.heard.label and (content == trace.heard.label or HIDDEN in content):
            return {"pick": trace.heard.label}
        said = _TYPED.sub(lambda kind: _sample(scene, at, kind[1], None), content)
        if trace.event.kind == "keys":
            return {"press": said.replace(HIDDEN, "1")}
        if trace.heard.kind == "Value" and HIDDEN in said and (item := _item(scene.book, trace)):
            return {"say": item}
        return {"say": _in_the_dark(trace, said) if HIDDEN in said else said}
    number = _number(scene, at, trace, typed[1], int(typed[2]) if typed[2] else None)
    if trace.met.slot in ("name", "place", "text", "date", "amount") or trace.event.kind == "speech":
        return {"say": as_spoken_digits(number) if number.isdecimal() else number}
    return {"enter": number}


def _in_the_dark(trace: Trace, said: str) -> str:
    """Words, some of them hidden, that are still not understood in the same way; hidden ones mean nothing to anybody."""
    if trace.heard.kind != "NotUnderstood":
        return said
    wish = trace.heard.value == "unknown_service"
    return next((words for words in (said, HIDDEN * len(said), UNKNOWN_WISH) if (intent_of(words) is not None) is wish), said)


def _item(book: Book, trace: Trace) -> str:
    return next((item.name for item in book.items.items if item.code in trace.heard.value.split()), "")


def _number(scene: _Scene, at: int, trace: Trace, kind: str, count: int | None) -> str:
    """A number to give in place of the resident's: right, a part, or wrong in the same way."""
    whole = _sample(scene, at, kind, count)
    match trace.heard.kind:
        case "Part":
            scene.begun = whole[: count or 0]
            return scene.begun
        case "Value" if scene.begun and count:
            rest, scene.begun = whole[len(scene.begun) :], ""
            return rest
        case "Invalid":
            return _wrong(trace.heard.value, whole, count)
    return whole


def _wrong(reason: str, whole: str, count: int | None) -> str:
    if (known := WRONG.get(reason)) and count in (None, len(known[0])):
        return known[0]
    return ("1" * count) if count else whole[::-1]


def _sample(scene: _Scene, at: int, kind: str, count: int | None) -> str:
    if kind == "case_number":
        return _case(scene, at)
    if kind == "digits":
        return _digits(scene, at, count or 4)
    return SAMPLES.get(kind, SAMPLES["text"])


def _digits(scene: _Scene, at: int, count: int) -> str:
    """The last figures of the sample mobile; wrong ones where the look-up of this turn found nothing."""
    outcomes = [did.outcome for did in scene.traces[at].did if did.action == "find_case"]
    if count == len(WRONG_TAIL) and outcomes and outcomes[0] != "found":
        return WRONG_TAIL
    return (MOBILE * 3)[-count:] if count <= 3 * len(MOBILE) else "1" * count


def _case(scene: _Scene, at: int) -> str:
    """The number of a case that stands where the resident's stood: the one this number led to, or the one found in the end."""
    if scene.traces[at].heard.kind == "Invalid":
        return UNKNOWN_CASE
    for trace in scene.traces[at:]:
        for did in trace.did:
            if did.action == "find_case" and did.outcome == "found":
                return f"{{{_given(scene, did.facts)}}}"
    return UNKNOWN_CASE


def _given(scene: _Scene, facts: Mapping[str, str]) -> str:
    """The name of the case with this item and state, which is put before the scene if it is not there yet."""
    code = next((item.code for item in scene.book.items.items if item.name == facts.get("item")), "")
    if not code:
        raise CannotReplay(f"the catalogue has no item {facts.get('item')!r} any more")
    acts = _acts(facts.get("state", ""))
    for case in scene.given:
        if case["item"] == code and case.get("acts", []) == acts:
            return str(case["case"])
    name = "mine" if not scene.given else f"mine{len(scene.given) + 1}"
    note = {"note": "请补户口本。"} if {"supplement", "refuse"} & set(acts) else {}
    scene.given.append({"case": name, "item": code, "mobile": MOBILE, **({"acts": acts} if acts else {}), **note})
    return name


def _acts(state: str) -> list[str]:
    """The shortest way of a case to where it is told to be."""
    ways: deque[tuple[State, State | None, list[str]]] = deque([(State.SUBMITTED, None, [])])
    seen = set()
    while ways:
        at, decision, acts = ways.popleft()
        if label(at, decision) == state:
            return acts
        for act, to in TRANSITIONS[at].items():
            decided = at if at in (State.APPROVED, State.REFUSED) else decision
            if (to, decided) not in seen:
                seen.add((to, decided))
                ways.append((to, decided, [*acts, str(act)]))
    raise CannotReplay(f"no case can be told to be {state!r}")


# --- what is heard ----------------------------------------------------------------------------------------------------------------------


def _heard(trace: Trace) -> list[str]:
    """Pieces of what was said that hold nothing personal: of the first prompts, and of the last, which is the question."""
    said = trace.said if len(trace.said) <= PIECES else (*trace.said[: PIECES - 1], trace.said[-1])
    pieces = [_piece(one, spoken=trace.channel == "telephone") for one in said]
    return list(dict.fromkeys(piece for piece in pieces if piece))


def _piece(said: Said, *, spoken: bool) -> str:
    text = said.spoken if spoken else said.text
    found = [piece for piece in _PIECES.split(text) if len(piece) >= LEAST_PIECE and not re.search(r"[{}]", piece)]
    return max(found, key=lambda piece: min(len(piece), PIECE), default="")[:PIECE]


# --- as YAML ----------------------------------------------------------------------------------------------------------------------------


def _written(scene: _Scene, name: str) -> str:
    channel = _terminal(scene.traces[0])
    lines = [*(f"# {note}" for note in scene.notes), f"play: {_flow(name)}", f"terminals: [{channel}]"]
    if scene.given:
        lines += ["given:", *(f"  - {_flow(case)}" for case in scene.given)]
    if any(asked.name == "known" for trace in scene.traces for asked in (trace.met, trace.left)):
        lines.append(f"known: {_flow({channel: {'mobile': MOBILE}})}")
    lines.append("scene:")
    lines += [f"  - {kind}: {_flow(value)}" for line in scene.lines for kind, value in line.items()]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """A value on one line; what would read as something else is quoted."""
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def told(trace: Trace) -> Iterable[tuple[str, str]]:
    """One turn as (who, what): "resident", "question", "heard", "did", "onestop", "hand_over", "failed", "end"; for reading, not for performing."""
    content = trace.heard.label or trace.event.content
    yield "resident", f"{_EVENTS.get(trace.event.kind, trace.event.kind)} {content}".strip()
    yield "heard", " ".join(filter(None, (trace.heard.kind, trace.heard.value)))
    for did in trace.did:
        yield "did", f"{did.action} → {did.outcome}"
    for said in trace.said:
        yield "onestop", said.spoken if trace.channel == "telephone" else said.text
    if any(trace.failures):
        silence, not_understood, invalid = trace.failures
        yield "failed", f"silence {silence}, not understood {not_understood}, invalid {invalid}"
    if trace.hand_over:
        yield "hand_over", trace.hand_over
    yield "question", trace.left.name


_EVENTS: Mapping[str, str] = {"arrive": "arrives", "leave": "leaves", "silence": "waits", "garbled": "noise", "text": "says", "speech": "says",
                              "keys": "presses", "pick": "picks"}  # fmt: skip
