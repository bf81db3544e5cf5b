"""`onestop schema`, `reference`, `draw` and `sample`: what the people who write flows look at while they write."""

from __future__ import annotations

import time
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from dialogs.flow import Flow

console = Console()
errors = Console(stderr=True)

DOCS = Path(__file__).parent.parent / "docs"


class Sampled(StrEnum):
    """Terminals whose sample can be shown."""

    WECHAT = "wechat"
    TV = "tv"
    TELEPHONE = "telephone"
    ALL = "all"


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(schema)
    app.command()(reference)
    app.command()(draw)
    app.command()(sample)


def _flows() -> dict[str, Flow]:
    """The flows, or every finding and exit code 1."""
    from dialogs.load import FlowError, read_flows

    try:
        return {name: flow for name, (flow, _) in read_flows().items()}
    except FlowError as wrong:
        errors.print(str(wrong), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def _put(path: Path, text: str) -> None:
    """Writes a file and says so; only what changed is written."""
    same = path.is_file() and path.read_text("utf-8") == text
    if not same:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    place = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    console.print(f"{place}: {'as it was' if same else 'written'}", markup=False, highlight=False)


def _refuse(text: str) -> typer.Exit:
    errors.print(text, markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


def schema(write: Annotated[bool, typer.Option("--write", help="Write docs/flow.schema.json instead.")] = False) -> None:
    """Print the JSON Schema of the flow language, for editors."""
    from dialogs.tools.schema import written

    if write:
        _put(DOCS / "flow.schema.json", written())
    else:
        typer.echo(written(), nl=False)


def reference(write: Annotated[bool, typer.Option("--write", help="Write docs/flow-language.md instead.")] = False) -> None:
    """Print the reference page of the flow language. Names on stderr the keys of which the models say nothing."""
    from dialogs.tools.reference import reference as page
    from dialogs.tools.reference import without_meaning

    text = page(_flows())
    if write:
        _put(DOCS / "flow-language.md", text)
    else:
        typer.echo(text, nl=False)
    for key in without_meaning():
        errors.print(f"nothing is said about {key}; give it a description in dialogs/flow.py", markup=False, highlight=False)


def draw(
    flow: Annotated[str, typer.Argument(help="Which flow.")] = "main",
    every: Annotated[bool, typer.Option("--all", help="Write the pictures of all flows to docs/flows/.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write to this file instead of printing.", dir_okay=False)] = None,
) -> None:
    """Draw a flow as an SVG picture that a clerk can read."""
    from dialogs.tools.draw import pictures

    flows = _flows()
    if every:
        for name, picture in pictures(flows).items():
            _put(DOCS / "flows" / f"{name}.svg", picture)
        for stale in sorted({path.stem for path in (DOCS / "flows").glob("*.svg")} - flows.keys()):
            (DOCS / "flows" / f"{stale}.svg").unlink()
            console.print(f"docs/flows/{stale}.svg: removed, there is no such flow", markup=False, highlight=False)
        return
    if flow not in flows:
        raise _refuse(f"no flow {flow!r}; there are {', '.join(flows)}")
    picture = pictures({flow: flows[flow]})[flow]
    if out is not None:
        _put(out.resolve(), picture)
    else:
        typer.echo(picture, nl=False)


def sample(
    flow: Annotated[str, typer.Argument(help="Which flow; the whole conversation when left out.")] = "",
    terminal: Annotated[Sampled, typer.Option("--as", help="On which terminal.")] = Sampled.ALL,
    path: Annotated[
        str,
        typer.Option(
            "--path",
            help="What the resident says, divided by commas: 办事,养老助残看病,养老服务,高龄补贴. Else first choice or sample value.",
        ),
    ] = "",
) -> None:
    """Show what residents would see and hear on each terminal along a path, and what it takes of each terminal's budget."""
    from dialogs.load import FlowError
    from dialogs.tools.sample import SampleError, walk
    from onestop.sampling import RENDERERS, closing, sample_records
    from onestop.talk import budgets, sample_book
    from records.catalogue import sample_catalogue

    try:
        book = sample_book()
    except FlowError as wrong:
        raise _refuse(str(wrong)) from None
    records = sample_records(sample_catalogue(), book.words)
    said = [part.strip() for part in path.replace("，", ",").split(",") if part.strip()]
    for channel in RENDERERS if terminal is Sampled.ALL else (str(terminal),):
        budget = budgets()[channel]
        _heading(channel)
        try:
            for n, scene in enumerate(walk(book, budget, flow, said, records, time.time())):
                if scene.given:
                    console.print(Text(f"» {scene.given}", "bold green"))
                shown = RENDERERS[channel](scene.reply, budget, book.words, n == 0)
                for part in shown.parts:
                    _lines(part)
                _lines(closing(scene.reply), "magenta")
                console.print(Text("  ") + Text(" · ", "dim").join(Text(str(use), "bold red" if use.over else "dim") for use in shown.used))
                console.print()
        except SampleError as wrong:
            raise _refuse(f"{channel}: {wrong}") from None


def _heading(channel: str) -> None:
    from dialogs.tools.clerk import clerk

    name = f"{clerk().word('terminals', channel)} {channel}"
    if console.is_terminal:
        console.rule(name)
    else:
        console.print(f"== {name} ==", markup=False, highlight=False)


def _lines(lines: Iterable[str], style: str = "") -> None:
    for line in lines:
        console.print(Text(f"  {line}", style), soft_wrap=True)
