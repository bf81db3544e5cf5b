"""Reads a play from YAML. Every error names file, line and mend, before anything is performed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

TERMINALS = ("wechat", "tv", "telephone")
KINDS = ("resident", "house", "hears", "never hears", "offers", "never offers", "asks", "records")
PLAIN_ACTS = ("arrives", "leaves", "waits", "again", "unanswered")
ACTS = ("say", "pick", "enter", "press", "noise", "old", "photo", "waits")
RECORDS = ("cases", "item", "state", "channel", "answers", "hand_overs", "call_backs", "profile")
BEHIND: Mapping[str, tuple[str, ...]] = {"records": ("down", "up"), "person": ("takes", "closes"), "photos": ("forgotten",)}
UNITS = {"m": 60, "h": 3600, "d": 24 * 3600}


class PlayError(ValueError):
    """A play cannot be read or performed; the text names file, line and mend."""


class Given(BaseModel):
    """A case that exists before the curtain: `case` is the name by which the scene means its number."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    case: str
    item: str
    mobile: str
    acts: tuple[str, ...] = ()
    note: str = ""


class Play(BaseModel):
    """One play. `known`: what a terminal vouches for, e.g. {telephone: {mobile: …}}."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    play: str
    terminals: tuple[str, ...] = Field(TERMINALS, min_length=1)
    given: tuple[Given, ...] = ()
    known: dict[str, dict[str, str]] = Field(default_factory=dict)
    scene: tuple[dict[str, Any], ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A scene's line. number: in the file. kind: one of KINDS. values: by terminal; one that is left out there is not in it."""

    number: int
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A play with its file and its lines."""

    play: Play
    file: str
    lines: tuple[Line, ...]


def read_play(path: Path) -> Script:
    """A play from its file. Raises PlayError."""
    text = path.read_text("utf-8")
    try:
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise PlayError(f"{path}: {wrong}") from wrong
    try:
        play = Play.model_validate(data)
    except ValidationError as wrong:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in wrong.errors(include_url=False))
        raise PlayError(f"{path}: {places}") from wrong
    for terminal in (*play.terminals, *play.known):
        if terminal not in TERMINALS:
            raise PlayError(f"{path}: no terminal {terminal!r}; there are {', '.join(TERMINALS)}")
    lines = []
    for number, entry in zip(_numbers(node), play.scene, strict=True):
        try:
            lines.append(_line(number, entry, play.terminals))
        except PlayError as wrong:
            raise PlayError(f"{path}:{number}: {wrong}") from None
    return Script(play, str(path), tuple(lines))


def _numbers(node: yaml.Node | None) -> list[int]:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    scene = next(value for key, value in pairs if key.value == "scene")
    return [item.start_mark.line + 1 for item in scene.value]


def _line(number: int, entry: Mapping[str, Any], terminals: tuple[str, ...]) -> Line:
    kind = next(iter(entry), "")
    if len(entry) != 1 or kind not in KINDS:
        raise PlayError(f"a scene's line is one of {', '.join(KINDS)}; this is {dict(entry)}")
    values: dict[str, Any] = {}
    for terminal in terminals:
        value = for_terminal(entry[kind], terminal)
        if value is not None:
            check(kind, value)
            values[terminal] = value
    return Line(number, kind, values)


def for_terminal(value: Any, terminal: str) -> Any:
    """What a line says on one terminal."""
    if isinstance(value, dict) and (value.keys() & {*TERMINALS, "otherwise"}):
        if unknown := value.keys() - {*TERMINALS, "otherwise"}:
            raise PlayError(f"{', '.join(sorted(unknown))}: no terminal; there are {', '.join(TERMINALS)}, and otherwise")
        return value.get(terminal, value.get("otherwise"))
    return value


def check(kind: str, value: Any) -> None:
    """Whether a line of this kind may say this. Raises PlayError with what it may say."""
    match kind:
        case "resident":
            _check_act(value)
        case "house":
            _check_behind(value)
        case "records":
            unknown = value.keys() - set(RECORDS) if isinstance(value, dict) else {str(value)}
            if unknown:
                raise PlayError(f"the records are asked for {', '.join(RECORDS)}; not {', '.join(sorted(unknown))}")
            for name in ("answers", "profile"):
                if not isinstance(value.get(name, {}), dict):
                    raise PlayError(f"{name} is a mapping, {{}} for none; not {value[name]!r}")
        case "asks":
            if not isinstance(value, str):
                raise PlayError(f"'asks' names one question, such as request.fill_in.mobile; not {value!r}")
        case _:
            if isinstance(value, dict):
                raise PlayError(f"{kind!r} is a text or a list of texts; not {value!r}. Terminals are {', '.join(TERMINALS)}, otherwise")


def _check_act(value: Any) -> None:
    if isinstance(value, str) and value in PLAIN_ACTS:
        return
    if isinstance(value, dict) and (value.keys() == {"say", "heard"} or (len(value) == 1 and next(iter(value)) in ACTS)):
        if "waits" in value:
            seconds(str(value["waits"]))
        if not isinstance(value.get("heard", []), list):
            raise PlayError("'heard' is a list of what the recogniser may have understood, best first")
        return
    raise PlayError(f"a resident {', '.join(PLAIN_ACTS)}, or does one of {', '.join(ACTS)}; not {value!r}")


def _check_behind(value: Any) -> None:
    name, what = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else ("", None)
    if name == "clerk" and isinstance(what, dict) and {"case", "act"} <= what.keys() <= {"case", "act", "note"}:
        return
    if (name in BEHIND and what in BEHIND[name]) or (name == "withdraw" and isinstance(what, str)):
        return
    plain = ", ".join(f"'{each}: {'|'.join(acts)}'" for each, acts in BEHIND.items())
    raise PlayError(f"behind the scenes there are {plain}, 'withdraw: ITEM' and 'clerk: {{case, act, note}}'; not {value!r}")


def seconds(text: str) -> float:
    """40m, 3h, 1d as seconds. Raises PlayError."""
    found = re.fullmatch(r"(\d+)([mhd])", text)
    if found is None:
        raise PlayError(f"time is written as 40m, 3h or 1d; not {text!r}. Only to say nothing, write `resident: waits`")
    return float(found[1]) * UNITS[found[2]]
