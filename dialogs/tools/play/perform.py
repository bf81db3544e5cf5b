"""Performs a play on one terminal and compares it line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dialogs.tools.play.script import Line, PlayError, Script, seconds
from dialogs.tools.play.stage import Act, CannotDo, Stage, World

WHO = {"resident": "居民", "house": "后台", "onestop": "一站通"}
NOTHING = "nothing"


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
    def told(self) -> str:
        """The whole transcript."""
        return "\n".join(f"    {WHO[who]}：{what}" for who, what in self.transcript)

    @property
    def difference(self) -> str:
        """What was said up to the line that did not come true, and that line; empty when all did."""
        if self.miss is None:
            return ""
        got = [f"  + {line}" for line in self.miss.got] or ["  + (nothing)"]
        return "\n".join(filter(None, [self.told, f"{self.miss.file}:{self.miss.line}:", f"  - {self.miss.expected}", *got]))


def squeeze(text: str) -> str:
    """Text for comparing: without blanks and punctuation, which terminals set differently."""
    return re.sub(r"[\s，。？！、；：,.?!;:“”\"'（）()·]", "", text)


async def perform(script: Script, terminal: str, world: World) -> Performance:
    """Performs a play on one terminal up to its end or its first miss. Raises PlayError for a play that cannot be performed."""
    await world.begin()
    names = {given.case: await world.prepare(given) for given in script.play.given}
    known = {name: _named(value, names) for name, value in script.play.known.get(terminal, {}).items()}
    performing = _Performing(script, terminal, world, await world.stage(terminal, known), names)
    try:
        return await performing.run()
    finally:
        await performing.stage.close()


class _Performing:
    def __init__(self, script: Script, terminal: str, world: World, stage: Stage, names: dict[str, str]) -> None:
        self.script, self.terminal, self.world, self.stage, self.names = script, terminal, world, stage, names
        self.transcript: list[tuple[str, str]] = []
        self.heard: tuple[str, ...] = ()

    async def run(self) -> Performance:
        for line in self.script.lines:
            if self.terminal not in line.values:
                continue
            try:
                missed = await self._line(line)
            except PlayError as wrong:
                raise PlayError(f"{self.script.file}:{line.number}: {wrong}") from None
            if missed is not None:
                expected, got = missed
                miss = Miss(self.script.file, line.number, f"{line.kind}: {expected}", got)
                return Performance(self.script, self.terminal, tuple(self.transcript), miss)
        return Performance(self.script, self.terminal, tuple(self.transcript))

    async def _line(self, line: Line) -> tuple[str, tuple[str, ...]] | None:
        """What was expected and what came instead, when it did not come true."""
        value = await self._filled(line.values[self.terminal])
        match line.kind:
            case "resident" | "house":
                act = read_act(value)
                self.transcript.append((line.kind, str(act)))
                try:
                    await self._act(line.kind, act)
                except CannotDo as wrong:
                    return str(act), (str(wrong),)
                return None
            case "records":
                return await self._records(value)
            case "asks":
                got = (await self.world.asked()).question or NOTHING
                return None if got == value else (value, (got,))
            case "offers" | "never offers":
                offers = (await self.world.asked()).offers
                return _pieces(_texts(value), [squeeze(label) for label in offers], line.kind.startswith("never"), offers)
        return _pieces(_texts(value), squeeze("".join(self.heard)), line.kind.startswith("never"), self.heard)

    async def _act(self, who: str, act: Act) -> None:
        if who == "house":
            await self.world.behind(act)
            return
        if act.kind == "waits" and act.what:
            await self.world.pass_time(seconds(act.what))
        self.heard = tuple(await self.stage.do(act))
        self.transcript += [("onestop", said) for said in self.heard]

    async def _records(self, value: Mapping[str, Any]) -> tuple[str, tuple[str, ...]] | None:
        got = await self.world.records()
        for name, wanted in value.items():
            held = got.get(name)
            if name == "answers" and isinstance(held, Mapping):
                held = {field: held.get(field) for field in wanted}
            if _plain(held) != _plain(wanted):
                return f"{name} = {wanted}", (f"{name} = {held}",)
        return None

    async def _filled(self, value: Any) -> Any:
        if "{last}" in str(value):
            last = (await self.world.records()).get("last")
            if last is None:
                raise PlayError("{last} is the last case submitted in this play, and there is none yet")
            self.names["last"] = str(last)
        return _named(value, self.names)


def read_act(value: Any) -> Act:
    """What somebody does, of a line that has been checked."""
    if isinstance(value, str):
        return Act(value)
    kind, what = next(iter(value.items()))
    if isinstance(what, Mapping):
        return Act(kind, details={name: str(detail) for name, detail in what.items()})
    return Act(kind, str(what), tuple(map(str, value.get("heard", ()))))


def _pieces(wanted: Iterable[str], there: str | Sequence[str], never: bool, got: tuple[str, ...]) -> tuple[str, tuple[str, ...]] | None:
    for piece in wanted:
        if (squeeze(piece) in there) is never:
            return piece, got
    return None


def _texts(value: Any) -> list[str]:
    return [str(piece) for piece in value] if isinstance(value, list) else [str(value)]


def _plain(value: Any) -> Any:
    """For comparing: numbers and codes as text, mappings by their texts."""
    return {str(k): _plain(v) for k, v in value.items()} if isinstance(value, Mapping) else None if value is None else str(value)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """The value with the numbers of cases in the places of their names."""
    if isinstance(value, str):
        return re.sub(r"\{(\w+)\}", lambda name: _case(name[1], names), value)
    if isinstance(value, list):
        return [_named(piece, names) for piece in value]
    return {key: _named(piece, names) for key, piece in value.items()} if isinstance(value, dict) else value


def _case(name: str, names: Mapping[str, str]) -> str:
    if name not in names:
        raise PlayError(f"no case is called {{{name}}}; there are {', '.join(names) or 'none'} (write it under 'given'), and last")
    return names[name]
