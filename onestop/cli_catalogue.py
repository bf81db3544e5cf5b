"""`onestop catalogue`: look at and change the catalogue of public services."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

if TYPE_CHECKING:
    from onestop.settings import Settings
    from records.catalogue import Catalogue

T = TypeVar("T")

app = typer.Typer(help="The catalogue of public services: import, export, look at, and what changed when.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)

Domains = Annotated[list[str] | None, typer.Option("--domain", help="Only this domain, by id or label; may be given more than once.")]


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="YAML, XLSX and CSV files, mixed.", exists=True, dir_okay=False, readable=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    take_off_missing: Annotated[
        bool, typer.Option("--take-off-missing", help="Take off what the files' domains and offices have now and the files do not.")
    ] = False,
) -> None:
    """Import FILES, all or nothing. Errors name file, line or row, and the mend. A running service takes the change up within seconds."""
    from onestop.catalogue_shown import report_lines

    report = _with_catalogue(lambda catalogue: catalogue.import_files(files, dry_run=dry_run, take_off_missing=take_off_missing))
    for line in report_lines(report):
        console.print(line, highlight=False, markup=False) if isinstance(line, str) else console.print(line)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="FILE.xlsx, FILE.csv, FILE.yaml (one domain), or a folder for all YAML files.")],
    domain: Domains = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Export what is offered now, so that an import finds it unchanged. The kind of file goes by the ending of its name."""
    from onestop.catalogue_export import export as write

    for line in _with_catalogue(lambda catalogue: write(catalogue, target, tuple(domain or ()), replace=force)):
        console.print(line, highlight=False, markup=False)


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="FILE.xlsx to write.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write an empty workbook with the column names, how to fill them, and an example row that an import passes over."""
    from records.catalogue.sheets import write_template

    if file.suffix.lower() != ".xlsx":
        _refuse(f"{file}: a template is a workbook: give a name that ends with .xlsx")
    if file.exists() and not force:
        _refuse(f"{file} is there already: choose another name, or replace it with --force")
    write_template(file)
    console.print(f"{file}: fill in a row for each item, then: onestop catalogue import {file} --dry-run", highlight=False, markup=False)


@app.command("list")
def list_(
    domain: Domains = None,
    level: Annotated[str | None, typer.Option("--level", help="Only this level: 乡镇, 街道, 村 or 社区.")] = None,
    directory: Annotated[bool, typer.Option("--directory", help="The city directory of approvals instead.")] = False,
) -> None:
    """List the items that are offered now."""
    from onestop.catalogue_shown import approvals_table, items_table

    async def run(catalogue: Catalogue) -> None:
        if directory:
            console.print(approvals_table(await catalogue.approvals()))
            return
        items = await catalogue.items()
        wanted = await _domains(catalogue, domain)
        if level is not None and level not in (known := {item.level for item in items}):
            _refuse(f"there is no level {level!r}; levels: {'、'.join(sorted(known))}")
        console.print(items_table([item for item in items if item.domain in wanted and level in (None, item.level)]))

    _with_catalogue(run)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="Of an item, like YL-001, or of an approval.")],
    version: Annotated[int | None, typer.Option("--version", help="An older version of the item, as cases keep it.")] = None,
) -> None:
    """Print one guide with its form, or one approval of the city directory."""
    from onestop.catalogue_shown import approval_shown, item_shown

    async def run(catalogue: Catalogue) -> None:
        item, approval = await catalogue.item(code.upper(), version), await catalogue.approval(code.upper())
        if item is not None:
            console.print(item_shown(item))
        elif approval is not None:
            console.print(approval_shown(approval))
        else:
            of = f" of version {version}" if version is not None else " that is offered now"
            _refuse(f"there is no item {code}{of}; onestop catalogue list names those that there are, versions {code} what there was")

    _with_catalogue(run)


@app.command()
def versions(code: Annotated[str, typer.Argument(help="Of an item, like YL-001.")]) -> None:
    """List every version of an item with what it changed."""
    from onestop.catalogue_shown import versions_table

    async def run(catalogue: Catalogue) -> None:
        history = await catalogue.history(code.upper())
        if not history:
            _refuse(f"there never was an item {code}; onestop catalogue list names those that there are")
        console.print(versions_table(history))

    _with_catalogue(run)


async def _domains(catalogue: Catalogue, wanted: list[str] | None) -> set[str]:
    from onestop.catalogue_export import chosen

    return {domain.id for domain in chosen(await catalogue.domains(), tuple(wanted or ()))}


def _with_catalogue(run: Callable[[Catalogue], Awaitable[T]]) -> T:
    """Runs with the catalogue open; ends with exit code 1 and every finding when something is to be mended."""
    from onestop.parts import Parts
    from onestop.stores import open_stores
    from records.errors import RecordsError

    async def opened() -> T:
        async with Parts() as parts:
            stores = await open_stores(_settings(), parts)
            return await run(stores.catalogue)

    try:
        return asyncio.run(opened())
    except RecordsError as wrong:
        for finding in getattr(wrong, "findings", ()) or (str(wrong),):
            errors.print(str(finding), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def _refuse(reason: str) -> NoReturn:
    errors.print(reason, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(2)


def _settings() -> Settings:
    from onestop.cli import settings_or_exit

    return settings_or_exit(quiet=True)
