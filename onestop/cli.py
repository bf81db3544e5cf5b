"""`onestop`: the command line. Each command says what it does and, when it cannot, what to do about it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from onestop import cli_catalogue, cli_check, cli_flows, cli_talk, cli_trace, cli_understand
from onestop.logs import configure
from onestop.settings import Settings, SettingsError, example, load

app = typer.Typer(
    name="onestop",
    help="Onestop 一站通: one dialog engine for WeChat, television and telephone.\n\n"
    "Begin with [bold]onestop serve[/bold] (everything, with a trial page) or [bold]onestop chat[/bold] (the engine in this terminal).",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(cli_catalogue.app, name="catalogue")
app.add_typer(cli_trace.app, name="trace")
cli_talk.register(app)
cli_check.register(app)
cli_flows.register(app)
cli_understand.register(app)

console = Console()
errors = Console(stderr=True)


def settings_or_exit(*, quiet: bool = False) -> Settings:
    """The settings with logging set up; ends with exit code 2 and all problems when they forbid a start."""
    try:
        settings = load()
    except SettingsError as wrong:
        errors.print("[red]Onestop does not start like this:[/red]")
        for line in str(wrong).splitlines():
            errors.print(f"  • {line}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    configure("WARNING" if quiet else settings.log_level, settings.log_format)
    return settings


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Another port than ONESTOP_PORT.")] = None,
    host: Annotated[str | None, typer.Option(help="Another address than ONESTOP_HOST.")] = None,
) -> None:
    """Serve everything: WeChat webhook, TV pages, hotline, health page and, in a trial, the trial page. Ctrl-C ends it."""
    settings = settings_or_exit()
    from onestop.serve import serve as run  # after the settings: what they forbid is told at once

    changed = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    raise typer.Exit(run(settings.model_copy(update=changed)))


@app.command()
def worker() -> None:
    """Send status notices until stopped (when ONESTOP_WORKER=separate). Several may run, on several machines."""
    from onestop.notices import run_worker
    from onestop.parts import PartFailed

    settings = settings_or_exit()
    try:
        asyncio.run(run_worker(settings))
    except PartFailed as wrong:
        errors.print(f"[red]{wrong}[/red]")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        pass


@app.command()
def setup(
    test: Annotated[bool, typer.Option("--test", help="Also what the tests need (a browser, Chinese fonts).")] = False,
) -> None:
    """Set up what serving needs: model files, prompts and, as root on Debian, Asterisk. Says what it could not set up."""
    from onestop.setup import set_up

    settings = settings_or_exit(quiet=True)
    set_up(settings, console, tests=test)


@app.command()
def fetch() -> None:
    """Get the model files of the manifest and verify size and SHA-256, with a progress bar."""
    from onestop.setup import Setup

    settings = settings_or_exit(quiet=True)
    step = Setup(settings, console)
    step.models()
    step.summary()
    raise typer.Exit(0 if step.complete else 1)


@app.command()
def prompts() -> None:
    """Render every fixed prompt ahead of time, so that no caller waits for it."""
    from onestop.setup import Setup

    settings = settings_or_exit(quiet=True)
    step = Setup(settings, console)
    step.prompts()
    step.summary()
    raise typer.Exit(0 if step.complete else 1)


@app.command("settings")
def show_settings(
    as_example: Annotated[bool, typer.Option("--example", help="Print the text of .env.example instead.")] = False,
) -> None:
    """Show every setting as it is now (secrets hidden), and what forbids a start."""
    from onestop.settings import problems, variable

    if as_example:
        typer.echo(example(), nl=False)
        return
    try:
        settings = load(check=False)
    except SettingsError as wrong:
        errors.print(str(wrong), markup=False)
        raise typer.Exit(2) from None
    for name in type(settings).model_fields:
        typer.echo(f"{variable(name)}={getattr(settings, name)}")
    found = problems(settings)
    for line in found:
        errors.print(f"! {line}", markup=False)
    raise typer.Exit(2 if found else 0)


@app.command("asterisk-config")
def asterisk_config(
    into: Annotated[Path, typer.Argument(help="Folder that stands for Asterisk's root; the files go to srv/onestop-hotline in it.")],
) -> None:
    """Write Asterisk's configuration and emergency recordings for one that runs elsewhere (docker-compose.yml uses it)."""
    from onestop.telephone import write_configuration

    settings = settings_or_exit()
    asyncio.run(write_configuration(settings, into))


def main() -> None:
    """Entry point for `python -m onestop`."""
    app()
