"""`onestop understand`: how a sentence was read, and why."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from onestop import cli_sounds

if TYPE_CHECKING:
    from dialogs.book import Book
    from onestop.understanding import Understanding

console = Console()
errors = Console(stderr=True)

#: Told in one line when they read nothing; a conversation asks them of every sentence.
USUAL = ("command", "yes or no", "correction", "intent", "facet", "digits", "date", "amount", "name", "place")
VERDICTS = {"sure": "green", "near": "yellow", "none": "dim"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file, and those that look after what is misheard."""
    app.command()(understand)
    cli_sounds.register(app)


def understand(
    sentence: Annotated[
        list[str],
        typer.Argument(metavar="SENTENCE…", help="What was typed; with --heard also a recogniser's other alternatives, best first."),
    ],
    heard: Annotated[
        bool, typer.Option("--heard", help="It was speech: names that sound alike count as one, short ones are asked.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object: said, heard, readings.")] = False,
    at: Annotated[
        str, typer.Option("--at", metavar="QUESTION", help="Also what it means to this question, such as request.fill_in.mobile.")
    ] = "",
    live: Annotated[bool, typer.Option("--live", help="With the services of the database instead of the shipped samples.")] = False,
    mask: Annotated[bool, typer.Option("--mask", help="Hide names and numbers, to show the result to others.")] = False,
) -> None:
    """Print how a sentence was read and why: cleaned, command, intent, question about a guide, services with what spoke for them, values."""
    from dialogs.session import Session, day_of
    from dialogs.trace.masking import masks_of
    from onestop.understanding import NoQuestion, at_question, masked
    from onestop.understanding import understand as read

    if not any(text.strip() for text in sentence):
        errors.print('Nothing was said; give a sentence, such as onestop understand "我想办高龄补贴".', markup=False)
        raise typer.Exit(2)
    if len(sentence) > 1 and not heard:
        errors.print("Several sentences are alternatives of a recogniser: add --heard, or put one sentence in quotes.", markup=False)
        raise typer.Exit(2)
    book = _live_book() if live else _sample_book()
    now = time.time()
    found = read(sentence, book.items, day_of(Session("understand", touched=now)), heard=heard)
    if at:
        try:
            found = replace(found, readings={"at": at_question(book, at, sentence, now, heard=heard), **found.readings})
        except NoQuestion as wrong:
            errors.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(2) from None
    if mask:
        found = masked(found, masks_of(book).resident(sentence[0]))
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
    else:
        show(found)


def _sample_book() -> Book:
    from dialogs.load import FlowError
    from dialogs.words import WordsError
    from onestop.talk import sample_book
    from records.catalogue import CatalogueError

    try:
        return sample_book()
    except (FlowError, WordsError, CatalogueError) as wrong:
        errors.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def _live_book() -> Book:
    from onestop.cli import settings_or_exit
    from onestop.parts import PartFailed, Parts
    from onestop.stores import open_stores
    from onestop.talk import Shelf

    settings = settings_or_exit(quiet=True)

    async def made() -> Book:
        async with Parts() as parts:
            shelf = Shelf((await open_stores(settings, parts)).catalogue)
            await shelf.refresh()
            return shelf.book()

    try:
        return asyncio.run(made())
    except PartFailed as wrong:
        errors.print(str(wrong), markup=False)
        raise typer.Exit(1) from None


# --- for people ------------------------------------------------------------------------------------------------------------------------


def show(found: Understanding) -> None:
    """Prints an understanding: a line for each reader that made something of it."""
    console.print(f"[bold]{escape(found.said)}[/bold]" + ("  [dim]heard[/dim]" if found.heard else ""), highlight=False)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column()
    for name, reading in found.readings.items():
        if name == "services":
            table.add_row(name, _services(reading))
        else:
            table.add_row(name, escape(_line(reading)))
    console.print(table)
    if nothing := [name for name in USUAL if name not in found.readings]:
        console.print(f"nothing read as: {', '.join(nothing)}", style="dim", highlight=False)


def _line(reading: dict[str, Any]) -> str:
    """kind days · evidence 几天能办好"""
    return " · ".join(f"{name} {_value(value)}" for name, value in reading.items())


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={_value(one)}" for name, one in value.items() if one)
    if isinstance(value, list):
        return " | ".join(_value(one) for one in value)
    return str(value)


def _services(reading: dict[str, Any]) -> str:
    verdict = reading["verdict"]
    lines = [f"[{VERDICTS[verdict]}]{verdict}[/{VERDICTS[verdict]}] · one of ours {reading['ours']}"]
    if reading.get("compared"):
        lines[0] += f" · compared {escape(reading['compared'])}"
    if reading["told of"]:
        lines[0] += f" · tells of {escape(', '.join(reading['told of']))}"
    for one in reading["candidates"]:
        offered = "›" if one["code"] in reading["offered"] else " "
        because = " · its name stands there" if one["named"] else ""
        line = f"{offered} {one['score']:.2f} {escape(one['name'])} [dim]{one['code']}{because}[/dim]"
        lines.append(line)
        if one["evidence"]:
            lines.append(f"       [dim]{escape(_value(one['evidence']))}[/dim]")
    return "\n".join(lines)
