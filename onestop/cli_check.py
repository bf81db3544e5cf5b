"""`onestop check`: the proof of the flows, for people and for machines."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from dialogs.contract import Reply
    from dialogs.tools.check import Finding, Report
    from dialogs.words import Words
    from onestop.settings import Settings

console = Console()
errors = Console(stderr=True)


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command()(check)


def check(
    ears: Annotated[bool, typer.Option("--ears/--no-ears", help="Also: can the recogniser's model hear every choice?")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list of objects: file, line, code, message, terminal, path.")] = False,
    explain: Annotated[str | None, typer.Option("--explain", metavar="CODE", help="Say what a code means and how it is mended.")] = None,
    list_codes: Annotated[bool, typer.Option("--codes", help="List every code with its meaning.")] = False,
    unheard: Annotated[bool, typer.Option("--unheard", help="List one by one what the trial recogniser has no words for.")] = False,
) -> None:
    """Prove every flow on every terminal: no dead end, a person at most one input away, every prompt within its terminal's budget.

    Exit code 0 when nothing is found, 1 when something is.
    """
    if explain is not None or list_codes:
        _explain(explain)
        return
    from onestop.cli import settings_or_exit

    settings = settings_or_exit(quiet=True)
    started = time.perf_counter()
    report = _prove(settings, ears=ears)
    if as_json:
        typer.echo(json.dumps([finding.plain() for finding in report.findings], ensure_ascii=False, indent=2))
    else:
        _print(report, _told(settings, report), time.perf_counter() - started, unheard=unheard)
    raise typer.Exit(1 if len(report.findings) > len(_told(settings, report)) else 0)


def _told(settings: Settings, report: Report) -> tuple[Finding, ...]:
    """What is told but is nothing to mend here: words that only the trial model does not know. Callers can press keys."""
    from dialogs.tools.check import Code
    from ivr.models import choose_recogniser

    trial = choose_recogniser(settings.vosk_model, settings.cache).kind == "trial"
    return tuple(finding for finding in report.findings if trial and finding.code is Code.UNHEARD)


def _explain(code: str | None) -> None:
    from dialogs.tools.check import MEANINGS, Code, codes

    if code is None:
        table = Table("code", "what it means", "how it is mended")
        for row in codes():
            table.add_row(*row)
        console.print(table)
        return
    if code not in {str(known) for known in Code}:
        errors.print(f"There is no code {code!r}; there are {', '.join(Code)}.", markup=False)
        raise typer.Exit(2)
    meaning = MEANINGS[Code(code)]
    console.print(f"{code}: {meaning.what}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Mend: {meaning.mend}", markup=False, highlight=False, soft_wrap=True)


def _prove(settings: Settings, *, ears: bool) -> Report:
    from dialogs.load import FlowError
    from dialogs.tools.catalogue import read_catalogue
    from dialogs.tools.check import check as prove
    from dialogs.tools.check import unreadable
    from dialogs.words import WordsError
    from onestop.speech import hearable
    from onestop.talk import budgets, sample_book
    from records.catalogue import CatalogueError, directory_files, sample_files

    try:
        book = sample_book()
        catalogue = read_catalogue(book.words, sample_files(), directory_files())
        hears = hearable(settings) if ears else None
        if ears and hears is None:
            errors.print(
                "No recogniser's model lists its words here, so it is not checked what it hears: onestop setup gets one.", style="dim"
            )
        return prove(book, tuple(budgets().values()), hears, catalogue, {"telephone": lambda reply: _spoken(reply, book.words)})
    except FlowError as wrong:
        return unreadable(wrong)
    except (WordsError, CatalogueError) as wrong:
        errors.print(str(wrong), markup=False)
        raise typer.Exit(1) from None


def _spoken(reply: Reply, words: Words) -> Iterable[str]:
    """As a caller hears it, without the reminder of key 0: it comes with the first question and with trouble, not with every reply."""
    from ivr.render import render

    return render(reply, words, offer_person=False)


def _print(report: Report, told: tuple[Finding, ...], seconds: float, *, unheard: bool) -> None:
    shown = [finding for finding in report.findings if unheard or finding not in told]
    for finding in shown:
        console.print(str(finding), markup=False, highlight=False, soft_wrap=True)
    _print_years()
    if told and not unheard:
        lost = f"At {len(told)} questions the trial recogniser has no word for some choice; keys answer there (--unheard lists them)."
        console.print(lost, style="dim", highlight=False)
    for terminal, situations in report.situations.items():
        console.print(f"{terminal}: {situations} situations walked", style="dim", highlight=False)
    found = f"{len(shown)} findings" if shown else "nothing to mend"
    console.print(f"{found} ({seconds:.1f} s)", highlight=False)
    if shown:
        console.print("What a code means: onestop check --explain CODE", style="dim", highlight=False)


def _print_years() -> None:
    from records.clock import local, utc_now
    from records.holidays import missing_years

    if years := missing_years(local(utc_now()).date()):
        named = ", ".join(map(str, years))
        mend = "promised days that reach into it are told as about; records/holidays.README.md says how a year is added"
        console.print(f"Holidays of {named} are not in records/holidays.yaml: {mend}.", style="dim", highlight=False)
