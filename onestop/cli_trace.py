"""`onestop trace`: what was said in conversations, without who said it: list them, read one as a play, write one as a test, delete one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from dialogs.book import Book
    from dialogs.trace import Summary, Trace, TraceStore

app = typer.Typer(help="Conversations of the last two weeks, personal data masked: list, read, write as a test.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

Made = TypeVar("Made")
Id = Annotated[str, typer.Argument(metavar="ID", help="The conversation's id, or the beginning of it, as `onestop trace list` shows it.")]

SHOWN_ID = 12
"""Characters of an id in the list; among ten thousand conversations two begin alike once in five million lists."""
STYLES = {"resident": ("居民", "bold green"), "onestop": ("一站通", "")}
MARKS = {"heard": "=", "did": "›", "hand_over": "☎", "failed": "✗", "question": "?"}
MARK_STYLES = {"did": "cyan", "hand_over": "magenta", "failed": "red"}


class NotFound(Exception):  # noqa: N818  a condition of what was asked for, told in one sentence
    """There is no such conversation, or more than one; the text says which."""


@app.command("list")
def list_(
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many, newest first.")] = 20,
    channel: Annotated[str | None, typer.Option("--channel", help="Only of this terminal (wechat, tv, telephone, console).")] = None,
) -> None:
    """List recent conversations: when, on which terminal, how many turns, where the last one left it."""

    async def work(store: TraceStore, _: Callable[[], Awaitable[Book]]) -> Sequence[Summary]:
        return await store.recent(count, channel)

    found = _run(work)
    if not found:
        console.print("no conversations are kept" + (f" of {channel}" if channel else ""), markup=False)
        return
    table = Table("id", "last turn", "terminal", "turns", "ended", "question")
    for one in found:
        when = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row(one.conversation[:SHOWN_ID], when, one.channel, str(one.turns), one.outcome, one.question)
    console.print(table)


@app.command()
def show(id: Id) -> None:
    """Print a conversation as a play: what the resident did, what was understood, which actions ran, what was said, what was asked then."""
    for line in shown(_run(lambda store, _: _read(store, id))):
        console.print(line, highlight=False, soft_wrap=True)


@app.command("to-play")
def to_play(
    id: Id,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here instead of printing; a file that is there is not touched.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="The play's title.")] = "",
) -> None:
    """Write a conversation as a play for tests/conversations, with samples where personal data was. Perform it with `onestop play`."""
    from dialogs.tools.replay import CannotReplay
    from dialogs.tools.replay import to_play as written

    async def work(store: TraceStore, book: Callable[[], Awaitable[Book]]) -> str:
        return written(await _read(store, id), await book(), name)

    try:
        text = _run(work)
    except CannotReplay as wrong:
        _refuse(str(wrong))
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse(f"{out} is there already; name another file")
    except OSError as wrong:
        _refuse(f"{out} cannot be written: {wrong.strerror}")
    console.print(f"written; perform it with: onestop play {out}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def forget(id: Id) -> None:
    """Delete a conversation's records."""

    async def work(store: TraceStore, _: Callable[[], Awaitable[Book]]) -> str:
        found = await _find(store, id)
        await store.forget(found)
        return found

    console.print(f"{_run(work)[:SHOWN_ID]}: forgotten", markup=False, highlight=False)


def shown(traces: Sequence[Trace]) -> list[str]:
    """A conversation as lines of rich markup."""
    from dialogs.tools.replay import told

    lines = [f"[dim]{escape(traces[0].channel)}, {traces[0].at.astimezone():%Y-%m-%d %H:%M}, {len(traces)} turns[/dim]"]
    for trace in traces:
        lines.append(f"[dim]── {trace.revision} · {trace.at.astimezone():%H:%M:%S} · {trace.ms:.0f} ms[/dim]")
        for who, what in told(trace):
            if who in STYLES:
                name, style = STYLES[who]
                said = escape("\n        ".join(what.splitlines()))
                lines.append(f"[{style}]{name}：{said}[/{style}]" if style else f"{name}：{said}")
            else:
                style = MARK_STYLES.get(who, "dim")
                lines.append(f"    [{style}]{MARKS[who]} {escape(what)}[/{style}]")
    return lines


async def _read(store: TraceStore, beginning: str) -> tuple[Trace, ...]:
    traces = await store.conversation(await _find(store, beginning))
    if not traces:
        raise NotFound("this conversation was kept by another version, or with another ONESTOP_SECRET, and cannot be read")
    return traces


async def _find(store: TraceStore, beginning: str) -> str:
    found = await store.named(beginning) if re.fullmatch(r"[\w-]+", beginning) else ()
    if not found:
        raise NotFound(f"no conversation {beginning!r} is kept; `onestop trace list` shows those that are")
    if len(found) > 1:
        raise NotFound(f"{len(found)} conversations begin with {beginning!r}; give more of the id")
    return found[0]


def _run(work: Callable[[TraceStore, Callable[[], Awaitable[Book]]], Awaitable[Made]]) -> Made:
    """Does something with the store, on the servers of the service; the book is only made for who asks. Ends with exit code 1 and a reason."""
    from redis.exceptions import RedisError

    from dialogs.trace import TraceStore
    from onestop.cli import settings_or_exit
    from onestop.parts import PartFailed, Parts
    from onestop.stores import open_stores
    from onestop.talk import Shelf

    settings = settings_or_exit(quiet=True)

    async def run() -> Made:
        async with Parts() as parts:
            stores = await open_stores(settings, parts)

            async def book() -> Book:
                shelf = Shelf(stores.catalogue, settings.cache)
                await shelf.refresh()
                return shelf.book()

            return await work(TraceStore(stores.redis, stores.vault), book)

    try:
        return asyncio.run(run())
    except (PartFailed, NotFound) as wrong:
        _refuse(str(wrong))
    except RedisError as wrong:
        _refuse(f"Redis does not answer ({type(wrong).__name__}); check REDIS_URL and that the server runs")


def _refuse(reason: str) -> NoReturn:
    errors.print(reason, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1) from None
