"""`onestop catalogue`: look at and change the catalogue of public services."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from onestop.settings import Settings

app = typer.Typer(help="The catalogue of public services: import from YAML, list.", no_args_is_help=True)
console = Console()
errors = Console(stderr=True)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="YAML files of themes and items.", exists=True, dir_okay=False, readable=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Import FILES, all or nothing. Errors name file and line. A running service takes the change up within seconds."""
    from onestop.parts import Parts
    from onestop.stores import open_stores
    from records.catalogue import CatalogueError

    async def run() -> None:
        async with Parts() as parts:
            stores = await open_stores(_settings(), parts)
            report = await stores.catalogue.import_files(tuple(files), dry_run=dry_run)
            for title, codes in (("new", report.added), ("changed", report.changed), ("unchanged", report.unchanged)):
                console.print(
                    f"{title}: {len(codes)}" + (f"  ({', '.join(codes)})" if codes and title != "unchanged" else ""), highlight=False
                )
            if report.dry_run:
                console.print("nothing was written (--dry-run)")

    try:
        asyncio.run(run())
    except CatalogueError as wrong:
        for finding in getattr(wrong, "findings", ()) or (str(wrong),):
            errors.print(str(finding), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


@app.command("list")
def list_() -> None:
    """List the items that are offered now."""
    from onestop.parts import Parts
    from onestop.stores import open_stores

    async def run() -> None:
        async with Parts() as parts:
            stores = await open_stores(_settings(), parts)
            table = Table("code", "事项", "类别", "承诺", "收费", title="Service items 事项")
            for item in await stores.catalogue.items():
                table.add_row(
                    item.code, item.name + (" (sample)" if item.sample else ""), item.domain_label, f"{item.promised_days} 天", item.fee
                )
            console.print(table)

    asyncio.run(run())


def _settings() -> Settings:
    from onestop.cli import settings_or_exit

    return settings_or_exit(quiet=True)
