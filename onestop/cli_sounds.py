"""`onestop sounds` and `onestop confusions`: what counts as one sound and what that costs; what the recogniser mishears."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from nlu.misheard import Misheard
    from nlu.sound_cost import Clash, Ears

console = Console()
errors = Console(stderr=True)
confusions = typer.Typer(help="What the recogniser mishears: list it, learn more of it from plays and tables.", no_args_is_help=True)

SHOWN = 3
"""Pairs of names shown for each line of the table."""


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(sounds)
    app.add_typer(confusions, name="confusions")


def sounds(
    trial: Annotated[
        str, typer.Option("--try", metavar="LINE", help='Only what a new line would cost, such as "whole duan=dan" or "ends ian=iang".')
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Print every pair of names, not the first few.")] = False,
) -> None:
    """Show the table of confusable sounds with what each line costs: names of services, villages of one town and commands that become one sound."""
    from nlu.sounds import fits, parse_sound
    from nlu.sounds import sounds as shipped
    from nlu.tables import TableError

    try:
        rows = shipped()
        tried = parse_sound(trial) if trial else None
        if tried is not None:
            rows = tuple(row for row in rows if (row.part, row.said) != (tried.part, tried.said))  # one that is there may be tried too
            fits(tried, rows)
    except TableError as wrong:
        _refuse(str(wrong))
    ears = _ears()
    if tried is not None:
        made = ears.cost(tried, rows)
        for clash in made:
            console.print(f"{clash.kind}: {clash.one} = {clash.other}", markup=False, highlight=False)
        console.print(f"{_counted(made)} by {trial}", markup=False, highlight=False)
        return
    table = Table("sounds", "use", "where", "how sure", "example", "costs")
    for row in rows:
        made = ears.cost(row, rows)
        pairs = "; ".join(f"{clash.one} = {clash.other}" for clash in (made if every else made[:SHOWN]))
        table.add_row(
            f"{row.part} {row.said}={row.counts_as}",
            "yes" if row.use else "no",
            row.where,
            row.sure,
            "/".join(row.example),
            f"{len(made)}: {pairs}" if made else "nothing",
        )
    console.print(table)
    console.print("How to extend it: docs/dialects.md. What it does to understanding: make bench-nlu", style="dim", highlight=False)


def _ears() -> Ears:
    """Every name that has to be told apart by ear: of services, of the villages of each town, of commands."""
    from nlu.commands import COMMAND_PHRASES
    from nlu.places import children
    from nlu.sound_cost import Ears, Owned
    from records.catalogue import sample_catalogue

    names: dict[str, list[Owned]] = {
        "services": [(item.code, name) for item in sample_catalogue().contents.items for name in (item.name, *item.aliases)],
        "commands": [(command, phrase) for command, spoken in COMMAND_PHRASES.items() for phrase in spoken],
    }
    for county in children():
        for town in children(county):
            names[f"places {county}/{town}"] = [(village, village) for village in children(f"{county}/{town}")]
    return Ears(names)


def _counted(made: Iterable[Clash]) -> str:
    made = tuple(made)
    kinds = sorted({clash.kind for clash in made})
    return (
        ", ".join(f"{sum(clash.kind == kind for clash in made)} pairs of {kind} become one sound" for kind in kinds)
        or "no name becomes another's sound"
    )


@confusions.command("list")
def list_() -> None:
    """List what the recogniser is known to mishear, what was seen most often first."""
    table = Table("heard", "meant", "times", "source")
    for row in sorted(_known(_table()), key=lambda row: -row.times):
        table.add_row(row.heard, row.meant, str(row.times), row.source)
    console.print(table)


@confusions.command()
def learn(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Plays (lines `{say: …, heard: […]}`), or TSV tables of what was heard, a tab, what was said.", exists=True, dir_okay=False
        ),
    ],
    write: Annotated[bool, typer.Option("--write", help="Write what was learnt into the table; without it, it is only shown.")] = False,
    table: Annotated[Path | None, typer.Option("--table", help="Another table than the shipped one.")] = None,
) -> None:
    """Learn what the recogniser mishears from pairs of what it heard and what was said: new words, and how often known ones were seen again."""
    from nlu.confusions import learn as learnt
    from records.catalogue import sample_catalogue

    into = table or _table()
    before = _known(into)
    names = tuple(name for item in sample_catalogue().contents.items for name in (item.name, *item.aliases))
    rows = before
    for file in files:
        rows = learnt(_pairs(file), rows, file.name, names)
    old = {(row.heard, row.meant): row.times for row in before}
    changed = [row for row in rows if old.get((row.heard, row.meant)) != row.times]
    for row in changed:
        known = old.get((row.heard, row.meant))
        console.print(f"{row.heard} → {row.meant}  {f'{known} → {row.times} times' if known else 'new'}", markup=False, highlight=False)
    if not changed:
        console.print("nothing to be learnt: what differs there only sounds alike, was lost, or was not heard at all", markup=False)
    elif write:
        _write(into, rows)
        console.print(f"{into.name}: {len(rows)} rows, {len(changed)} of them new or counted again", markup=False, highlight=False)
    else:
        console.print("Add --write to keep it.", style="dim")


def _pairs(file: Path) -> list[tuple[str, str]]:
    from dialogs.tools.play.script import PlayError, read_play

    if file.suffix in (".yaml", ".yml"):
        try:
            script = read_play(file)
        except PlayError as wrong:
            _refuse(str(wrong))
        acts = [act for line in script.lines if line.kind == "resident" for act in line.values.values() if isinstance(act, dict)]
        said = {(str(heard), str(act["say"])) for act in acts if "say" in act for heard in act.get("heard", ())}
        return sorted(pair for pair in said if pair[0] != pair[1])
    pairs = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        columns = line.split("\t")
        if not line.strip() or line.startswith("#") or columns[:2] == ["heard", "meant"]:
            continue
        if len(columns) < 2 or not (columns[0].strip() and columns[1].strip()):
            _refuse(f"{file}:{number}: wants what was heard, a tab, what was said")
        pairs.append((columns[0].strip(), columns[1].strip()))
    return pairs


def _table() -> Path:
    from nlu.tables import FOLDER

    return FOLDER / "misheard.tsv"


def _known(path: Path) -> tuple[Misheard, ...]:
    from nlu.misheard import read_misheard
    from nlu.tables import TableError

    try:
        return read_misheard(path) if path.is_file() else ()
    except TableError as wrong:
        _refuse(str(wrong))


def _write(path: Path, rows: Iterable[Misheard]) -> None:
    """Keeps the comments at the table's head."""
    head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")] if path.is_file() else []
    body = [f"{row.heard}\t{row.meant}\t{row.times}\t{row.source}" for row in rows]
    path.write_text("\n".join((*head, "heard\tmeant\ttimes\tsource", *body)) + "\n", "utf-8")


def _refuse(reason: str) -> NoReturn:
    errors.print(reason, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)
