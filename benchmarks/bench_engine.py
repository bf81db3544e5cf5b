"""Turns a second of our engine, beside microsoft-agents-hosting-dialogs on the same three questions in the same run.

    make bench-engine                    the first time it makes an environment for the peer in .cache/peers (110 MB, 20 s)
    .venv/bin/python benchmarks/bench_engine.py --dialogs 50 --rounds 1

A dialog is five turns: the resident arrives, chooses a service, answers yes or no, gives a wrong mobile number and a right one. Both sides
check every answer, get the same answers and say the same sentences (benchmarks/engine/main.yaml), and end at the same last one, which is
compared. Every resident gives another number, so nothing is gained by remembering answers. Nothing goes over a network. Sides take turns,
round by round, and the best round of each counts; turns a second are of the process's own CPU time, because the machine may be busy.
Percentiles are by the clock.

Ours is the whole of `Conversation.take`: lock, load, the language understanding as residents meet it, step, expectation, save. Theirs is
load, run, save of its ConversationState, twice: by `DialogExtensions.run_dialog` with a component, as its samples do it, and by a flat
`DialogSet` as in the quick start of its README, which does without memory scopes and trace. State is kept as objects (its MemoryStorage does
just that), and as bytes, as every store beyond one process must: our JSON document, and a pickle for theirs, because its state at 1.9.0
cannot be written as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import structlog

from dialogs.book import read_book
from dialogs.contract import Address, Arrive, Budget, Incoming, Text
from dialogs.conversation import Conversation
from dialogs.session import Session, dump, parse

HERE = Path(__file__).parent
ROOT = HERE.parent
PEER = "microsoft-agents-hosting-dialogs"
PEER_VERSION = "1.9.0"
PEER_HOME = ROOT / ".cache" / "peers" / f"{PEER}-{PEER_VERSION}"
#: What residents answer to the first two questions. Each then gives a number of the right length that is none, and one that is.
CHOICES = (("老年优待证", "是的"), ("2", "不"), ("居住证", "是的"), ("高龄补贴", "不"))
WAYS = {"run_dialog": "run_dialog with a component", "quick_start": "flat DialogSet (quick start)"}
AHEAD = 3  # times: what we hold ourselves to


@dataclass(frozen=True, slots=True)
class Round:
    """One measured run. seconds: of each turn, by the clock. busy: CPU seconds of all. sizes: bytes of the state after each turn of one
    dialog; empty for objects."""

    seconds: list[float]
    busy: float
    said: list[list[str]]
    sizes: list[int]

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.busy

    def percentile(self, share: float) -> float:
        """Microseconds."""
        return sorted(self.seconds)[min(len(self.seconds) - 1, int(len(self.seconds) * share))] * 1e6


def dialogs_of(count: int, first: int = 0) -> list[list[str]]:
    """The answers of `count` residents, "" for the arrival; no two give the same numbers."""
    chosen = [CHOICES[n % len(CHOICES)] for n in range(first, first + count)]
    return [["", service, had, f"2{n:010}", f"138{n:08}"] for n, (service, had) in enumerate(chosen, first)]


# --- ours ---------------------------------------------------------------------------------------------------------------------------


class Memory:
    """A session store without Redis. as_bytes: documents, as Redis would hold them, instead of objects."""

    def __init__(self, as_bytes: bool) -> None:
        self._as_bytes = as_bytes
        self._held: dict[Address, Any] = {}
        self.size = 0

    @asynccontextmanager
    async def turn(self, address: Address) -> AsyncIterator[None]:
        yield

    async def load(self, address: Address) -> Session | None:
        held = self._held.get(address)
        return parse(held) if self._as_bytes and held is not None else held

    async def put_away(self, address: Address) -> str:
        return ""

    async def save(self, address: Address, session: Session, before: int, *_: object) -> None:
        self._held[address] = dump(session) if self._as_bytes else session
        self.size = len(self._held[address]) if self._as_bytes else 0


class Nobody:
    """Neither records nor people are asked for anything in these three questions."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name}: this dialog asks nobody")


def ours(as_bytes: bool) -> tuple[Callable[[str, str], Awaitable[list[str]]], Memory]:
    """One turn of a resident, and the store behind it."""
    book, store, nobody = read_book(folder=HERE / "engine"), Memory(as_bytes), Nobody()
    talk = Conversation(lambda: book, store, nobody, nobody, {"bench": Budget("bench", choices=4)})  # type: ignore[arg-type]
    count = iter(range(10**12))

    async def take(resident: str, text: str) -> list[str]:
        event = Text(text) if text else Arrive("bench")
        reply = await talk.take(Incoming(Address("bench", resident), event, f"{resident}:{next(count)}"))
        return [prompt.text for prompt in reply.prompts]

    return take, store


async def run_ours(as_bytes: bool, shown: list[str], warm: list[list[str]], dialogs: list[list[str]]) -> Round:
    take, store = ours(as_bytes)
    said, sizes = [], []
    for text in shown:
        said.append(await take("shown", text))
        sizes.append(store.size)
    for n, inputs in enumerate(warm):
        for text in inputs:
            await take(f"warm{n}", text)
    seconds = []
    began = time.process_time()
    for n, inputs in enumerate(dialogs):
        for text in inputs:
            before = time.perf_counter()
            await take(f"resident{n}", text)
            seconds.append(time.perf_counter() - before)
    return Round(seconds, time.process_time() - began, said, sizes if as_bytes else [])


# --- theirs ---------------------------------------------------------------------------------------------------------------------------


def peer_python(set_up: bool) -> Path | None:
    """The interpreter of the peer's environment; made when it is not there and `set_up`. None, with the reason printed, without one."""
    python = PEER_HOME / "bin" / "python"
    if python.exists() or not set_up:
        if not python.exists():
            print(f"{PEER} {PEER_VERSION} is not installed; `make bench-engine` does it")
        return python if python.exists() else None
    print(f"Installing {PEER} {PEER_VERSION} (MIT) into {PEER_HOME.relative_to(ROOT)} ...", flush=True)
    half = PEER_HOME.with_name(f".{PEER_HOME.name}")
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(half)],
        [str(half / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{PEER}=={PEER_VERSION}"],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr.strip()[-1500:])
            print("It could not be installed (see above): only our side is measured. Without a network, point PIP_INDEX_URL at a mirror.")
            return None
    half.rename(PEER_HOME)  # its scripts name the old place, and none of them is used
    return python


def run_theirs(python: Path, way: str, as_bytes: bool, **inputs: list[Any]) -> Round:
    steps = read_book(folder=HERE / "engine").flows["main"].steps
    asked = {step: steps[name] for step, name in (("service", "menu"), ("had", "had"), ("mobile", "mobile"))}
    order = {
        "ask": {name: step.prompt.text for name, step in asked.items()},  # type: ignore[union-attr]
        "retry": {name: step.retry.text for name, step in asked.items()},  # type: ignore[union-attr]
        "services": [choice.label for choice in asked["service"].choices],  # type: ignore[union-attr]
        "finish": steps["finish"].say.text.replace("{{ mobile[-4:] }}", "{tail}"),  # type: ignore[union-attr]
        "way": way,
        "as_bytes": as_bytes,
        **inputs,
    }
    peer = [str(python), str(HERE / "peers" / "agents_dialogs.py")]
    done = subprocess.run(peer, input=json.dumps(order), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{PEER} failed: {done.stderr.strip()[-1500:]}")
    return Round(**json.loads(done.stdout))


# --- where our time goes ----------------------------------------------------------------------------------------------------------------


@contextmanager
def sampled(every: float = 0.001) -> Iterator[Counter[str]]:
    """Counts, each millisecond, the functions of ours on the stack; "" counts the samples."""
    seen: Counter[str] = Counter()
    rooms = tuple(f"{ROOT / room}/" for room in ("dialogs", "nlu", "records"))

    def look(_: int, frame: FrameType | None) -> None:
        found = {""}
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(rooms):
                found.add(f"{Path(file).relative_to(ROOT)} {frame.f_code.co_name}")
            elif "/jinja2/" in file or file == "<template>":
                found.add("(jinja2, wherever it is called from)")
            elif "/structlog/" in file:
                found.add("(structlog)")
            frame = frame.f_back
        seen.update(found)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield seen
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


async def show_profile(dialogs: int) -> None:
    take, _ = ours(as_bytes=True)
    turns = 0
    with sampled() as seen:
        for n, inputs in enumerate(dialogs_of(dialogs)):
            for text in inputs:
                await take(f"resident{n}", text)
                turns += 1
    total = max(1, seen.pop(""))
    print(f"\nwhere our time goes (share of {turns} turns with documents, callees included, from 4 %)")
    for name, count in seen.most_common():
        if count / total >= 0.04:
            print(f"  {count / total:4.0%}  {name}")


# --- the run ------------------------------------------------------------------------------------------------------------------------


def best(rounds: list[Round]) -> Round:
    return max(rounds, key=lambda one: one.per_second)


def main(arguments: list[str] | None = None) -> None:
    wants = argparse.ArgumentParser(description="our engine beside its peer")
    wants.add_argument("--dialogs", type=int, default=400, help="dialogs of five turns in each round")
    wants.add_argument("--rounds", type=int, default=5)
    wants.add_argument("--no-set-up", action="store_true", help="measure the peer only where it is installed already")
    given = wants.parse_args(arguments)
    # Both sides are quiet: what a service logs is its own choice, and neither library writes to a file here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    python = peer_python(not given.no_set_up)
    (shown,), warm = dialogs_of(1), dialogs_of(max(1, given.dialogs // 10), first=1_000_000)
    inputs: dict[str, list[Any]] = {"shown": shown, "warm": warm, "dialogs": dialogs_of(given.dialogs, first=2_000_000)}
    rounds: dict[tuple[str, bool], list[Round]] = {}
    for _ in range(given.rounds):
        for as_bytes in (False, True):
            rounds.setdefault(("onestop", as_bytes), []).append(asyncio.run(run_ours(as_bytes, **inputs)))
            for way in WAYS if python else ():
                assert python is not None
                rounds.setdefault((way, as_bytes), []).append(run_theirs(python, way, as_bytes, **inputs))
    ends = {tuple(one.said[-1]) for runs in rounds.values() for one in runs}
    if len(ends) != 1:
        raise SystemExit(f"the sides do not end with the same words, so they are not the same dialog: {ends}")
    print(f"{given.dialogs} dialogs of 5 turns, best of {given.rounds} rounds; beside {PEER} {PEER_VERSION}")
    print(f"{'':36}turns/s  p50 µs  p95 µs  p99 µs  bytes a session  ratio")
    least: dict[str, float] = {}
    for as_bytes in (False, True):
        print("state kept as " + ("bytes" if as_bytes else "objects"))
        mine = best(rounds["onestop", as_bytes])
        for side, name in {"onestop": "onestop", **WAYS}.items():
            if not (runs := rounds.get((side, as_bytes))):
                continue
            one = best(runs)
            spread = "".join(f"{one.percentile(share):8.0f}" for share in (0.5, 0.95, 0.99))
            line = f"  {name:32}{one.per_second:9.0f}{spread}{max(one.sizes) if one.sizes else '-':>17}"
            if side != "onestop":
                ratio = mine.per_second / one.per_second
                least[side] = min(ratio, least.get(side, ratio))
                line += f"{ratio:6.1f}x"
            print(line)
    for side, ratio in least.items():
        print(f"least ratio to {WAYS[side]}: {ratio:.1f}x, wanted {AHEAD}x: {'kept' if ratio >= AHEAD else 'NOT kept'}")
    asyncio.run(show_profile(given.dialogs * 2))


if __name__ == "__main__":
    main()
