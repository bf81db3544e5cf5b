"""Plays: conversations written like a script, performed on real terminals and compared line by line.

    play: 查一件正在办的事
    terminals: [wechat, tv, telephone]
    given:
      - {case: mine, item: YL-001, mobile: "13800138000", acts: [accept, process]}
    scene:
      - resident: arrives
      - hears: 您要办什么事
      - resident: {pick: 查进度}
      - hears: 办件编号
      - resident: {enter: "{mine}"}
      - hears: {telephone: 后四位, otherwise: 手机号的后四位}
      - records: {cases: 1}

What the resident does: `arrives`, `leaves`, `waits` (says nothing), `again` (the last event is delivered once more), or one of `say`, `pick`,
`enter` (a number), `press` (telephone keys), `noise`. A value under `{terminal: …, otherwise: …}` differs by terminal; a resident's line that
is null for a terminal is left out there. `hears` and `never hears` look in everything shown or said since the resident's last line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

TERMINALS = ("wechat", "tv", "telephone")
PLAIN_ACTS = ("arrives", "leaves", "waits", "again")
SPOKEN_ACTS = ("say", "pick", "enter", "press", "noise")


class PlayError(ValueError):
    """A play cannot be read; the text names file, line and mend."""


class CannotDo(Exception):  # noqa: N818  a condition of the play, shown as its miss
    """The resident cannot do this here and now; the text says what could be done."""


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
    terminals: tuple[str, ...] = TERMINALS
    given: tuple[Given, ...] = ()
    known: dict[str, dict[str, str]] = Field(default_factory=dict)
    scene: tuple[dict[str, Any], ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Script:
    """A play with its file and the line of each of its scene's lines."""

    play: Play
    file: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a resident does: kind and what (text, label, digits, keys)."""

    kind: str
    what: str = ""


class Stage(Protocol):
    """A resident at one terminal. `do` gives everything that was shown or said in answer; raises CannotDo."""

    async def do(self, act: Act) -> Sequence[str]: ...

    async def close(self) -> None: ...


class World(Protocol):
    """The instance behind the stages: sets up what is given, opens stages, and answers what the records hold."""

    async def prepare(self, given: Given) -> str:
        """Makes a case and gives its number."""
        ...

    async def stage(self, terminal: str, known: Mapping[str, str]) -> Stage: ...

    async def records(self) -> Mapping[str, Any]:
        """`cases` (how many were submitted in this play), and of the last one `item`, `state`, `channel`."""
        ...


@dataclass(frozen=True, slots=True)
class Miss:
    """A line of the play that did not come true."""

    file: str
    line: int
    expected: str
    got: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Performance:
    """How a play went on one terminal: all lines as they were spoken (who, what), and the first line that did not come true."""

    script: Script
    terminal: str
    transcript: tuple[tuple[str, str], ...]
    miss: Miss | None = None

    @property
    def ok(self) -> bool:
        """Whether every line came true."""
        return self.miss is None

    @property
    def play(self) -> str:
        """The play's title."""
        return self.script.play.play

    @property
    def difference(self) -> str:
        """What was said up to the line that did not come true, and that line; empty when all did."""
        if self.miss is None:
            return ""
        said = [f"    {'居民' if who == 'resident' else '一站通'}：{what}" for who, what in self.transcript]
        got = [f"  + {line}" for line in self.miss.got] or ["  + (nothing)"]
        return "\n".join([*said, f"{self.miss.file}:{self.miss.line}:", f"  - {self.miss.expected}", *got])


def read_play(path: Path) -> Script:
    """A play from its file. Raises PlayError."""
    text = path.read_text("utf-8")
    try:
        node, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise PlayError(f"{path}: {wrong}") from wrong
    lines = next((v for k, v in node.value if k.value == "scene"), None) if isinstance(node, yaml.MappingNode) else None
    marks = tuple(item.start_mark.line + 1 for item in lines.value) if isinstance(lines, yaml.SequenceNode) else ()
    try:
        play = Play.model_validate(data)
    except ValidationError as wrong:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in wrong.errors(include_url=False))
        raise PlayError(f"{path}: {places}") from wrong
    for line, entry in zip(marks, play.scene, strict=False):
        if len(entry) != 1 or next(iter(entry)) not in ("resident", "hears", "never hears", "records"):
            raise PlayError(f"{path}:{line}: a scene's line is one of resident, hears, 'never hears', records; this is {entry}")
    for terminal in play.terminals:
        if terminal not in TERMINALS:
            raise PlayError(f"{path}: no terminal {terminal!r}; there are {', '.join(TERMINALS)}")
    return Script(play, str(path), marks)


def for_terminal(value: Any, terminal: str) -> Any:
    """What a line says on one terminal."""
    if isinstance(value, dict) and (value.keys() & {*TERMINALS, "otherwise"}):
        return value.get(terminal, value.get("otherwise"))
    return value


def read_act(value: Any) -> Act:
    """A resident's line. Raises PlayError."""
    if isinstance(value, str) and value in PLAIN_ACTS:
        return Act(value)
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in SPOKEN_ACTS:
        kind, what = next(iter(value.items()))
        return Act(kind, str(what))
    raise PlayError(f"a resident {', '.join(PLAIN_ACTS)}, or does one of {', '.join(SPOKEN_ACTS)}; not {value!r}")


def squeeze(text: str) -> str:
    """Text for comparing: without blanks and punctuation, which terminals set differently."""
    return re.sub(r"[\s，。？！、；：,.?!;:“”\"'（）()·]", "", text)


async def perform(script: Script, terminal: str, world: World) -> Performance:
    """Performs a play on one terminal up to its end or its first miss. Raises PlayError for a play that cannot be performed."""
    play = script.play
    names = {given.case: await world.prepare(given) for given in play.given}
    before = await world.records()
    stage = await world.stage(terminal, {k: v.format(**names) for k, v in play.known.get(terminal, {}).items()})
    transcript: list[tuple[str, str]] = []
    heard: tuple[str, ...] = ()
    try:
        for line, entry in zip(script.lines, play.scene, strict=False):
            kind, value = next(iter(entry.items()))
            value = for_terminal(value, terminal)
            if value is None:
                continue
            if kind == "resident":
                act = read_act(value)
                act = Act(act.kind, act.what.format(**names))
                transcript.append(("resident", f"{act.kind} {act.what}".strip()))
                try:
                    heard = tuple(await stage.do(act))
                except CannotDo as wrong:
                    miss = Miss(script.file, line, f"resident: {act.kind} {act.what}", (str(wrong),))
                    return Performance(script, terminal, tuple(transcript), miss)
                transcript += [("onestop", said) for said in heard]
            elif kind == "records":
                now = await world.records()
                got = {**now, "cases": now["cases"] - before["cases"]}
                for name, wanted in value.items():
                    if str(got.get(name)) != str(wanted):
                        miss = Miss(script.file, line, f"records: {name} = {wanted}", (f"{name} = {got.get(name)}",))
                        return Performance(script, terminal, tuple(transcript), miss)
            else:
                everything = squeeze("".join(heard))
                for wanted in value if isinstance(value, list) else [value]:
                    there = squeeze(str(wanted).format(**names)) in everything
                    if there is (kind == "never hears"):
                        miss = Miss(script.file, line, f"{kind}: {wanted}", heard)
                        return Performance(script, terminal, tuple(transcript), miss)
    finally:
        await stage.close()
    return Performance(script, terminal, tuple(transcript))
