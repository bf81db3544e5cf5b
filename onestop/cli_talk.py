"""`onestop chat` and `play`: the engine in a terminal, and transcripts as tests."""

from __future__ import annotations

import asyncio
import secrets
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from onestop.settings import Settings

console = Console()
errors = Console(stderr=True)


class Terminal(StrEnum):
    """Kinds of terminal whose limits the engine keeps."""

    WECHAT = "wechat"
    TV = "tv"
    TELEPHONE = "telephone"
    CONSOLE = "console"


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(chat)
    app.command()(play)


def chat(
    terminal: Annotated[Terminal, typer.Option("--as", help="Whose limits and words to use.")] = Terminal.CONSOLE,
) -> None:
    """Talk to the engine in this terminal, on the same records as the service. On the telephone digits are keys, words are speech."""
    from onestop.cli import settings_or_exit
    from onestop.parts import PartFailed

    try:
        asyncio.run(_chat(settings_or_exit(quiet=True), terminal))
    except PartFailed as wrong:
        errors.print(str(wrong), markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        pass


async def _chat(settings: Settings, terminal: Terminal) -> None:
    from dialogs.contract import Address, Arrive, Event, Incoming, Leave, Outcome
    from onestop.console import HELP, event_of, shown
    from onestop.parts import Parts
    from onestop.stores import open_stores
    from onestop.talk import Shelf, budgets, build_talk, lifetimes

    async with Parts() as parts:
        stores = await open_stores(settings, parts)
        shelf = Shelf(stores.catalogue, settings.cache)
        await shelf.refresh()
        talk = build_talk(stores, shelf, budgets(), lifetimes(settings))
        address = Address(str(terminal), f"console-{secrets.token_hex(8)}")
        telephone = terminal is Terminal.TELEPHONE
        console.print(HELP, style="dim", highlight=False)
        event: Event = Arrive()
        while True:
            reply = await talk.take(Incoming(address, event, key=secrets.token_hex(8)))
            console.print()
            for line in shown(reply, spoken=telephone):
                console.print(line, markup=False, highlight=False)
            if reply.outcome is not Outcome.WAIT:
                console.print(f"— {reply.outcome} —", style="dim")
            if reply.outcome is Outcome.END:
                return
            try:
                line = await asyncio.to_thread(console.input, "[bold green]» [/bold green]")
            except EOFError:
                line = "/quit"
            if line.strip() in {"/quit", "/exit"}:
                await talk.take(Incoming(address, Leave("quit"), key=secrets.token_hex(8)))
                return
            event = event_of(line, reply.expect, telephone=telephone)


def play(
    files: Annotated[list[Path], typer.Argument(help="Plays in YAML (see tests/conversations).", exists=True, dir_okay=False)],
    terminals: Annotated[
        list[Terminal] | None, typer.Option("--on", help="Only on these terminals; by default those the play names.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print the whole transcript of every play.")] = False,
    walked: Annotated[
        bool, typer.Option("--coverage", help="Print which steps of the flows the plays walked, and which none did.")
    ] = False,
) -> None:
    """Perform written conversations against a fresh instance, on the terminals they name. Exit 1 with a diff when a line differs."""
    from dialogs.tools.play import Performance, PlayError
    from onestop.cli import settings_or_exit
    from onestop.stages import perform

    def show(performance: Performance) -> None:
        mark = "[green]✓[/green]" if performance.ok else "[red]✗[/red]"
        console.print(f"{mark} {performance.play} [dim]{performance.terminal}[/dim]", highlight=False)
        if told := performance.difference or (performance.told if verbose else ""):
            console.print(told, markup=False, highlight=False, soft_wrap=True)

    settings_or_exit(quiet=True)
    try:
        evening = asyncio.run(perform(files, tuple(map(str, terminals)) if terminals else None, show))
    except PlayError as wrong:
        errors.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    failed = sum(not performance.ok for performance in evening.performances)
    console.print(f"{len(evening.performances) - failed} of {len(evening.performances)} as written", highlight=False)
    if walked:
        for line in (*map(str, evening.coverage.unwalked), evening.coverage.line):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if failed or not evening.performances else 0)
