"""What becomes of residents' wishes when they are misheard: test sentences through the real voice, line, recogniser and engine.

    make bench-misheard                                          all sentences; about a quarter of an hour on two idle cores the first time
    .venv/bin/python benchmarks/bench_misheard.py --sentences 40
    .venv/bin/python benchmarks/bench_misheard.py --write        writes docs/misheard.md as well

Every sentence is spoken by a synthetic resident (never the hotline's own voice), sent over an 8 kHz line through A-law without noise and with noise
15 and 5 dB below it, heard with the very grammar that the hotline's open question offers, and read with all its readings by the engine. The
talk then goes on until the service is applied for or a person is called. Exit code 1 when a wrong item was submitted: that must never be.

Sound is kept in .cache/misheard, so a second run only listens. Beside it: confusions.tsv, what was heard for what, in the form of
nlu/data/misheard.tsv; talks.tsv, every call with what was said and heard.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # noqa: E402

from benchmarks.meaning.sentences import sentences  # noqa: E402
from benchmarks.misheard.counting import Measured, confusions, listed, tsv  # noqa: E402
from benchmarks.misheard.hearing import HeardAloud, Recogniser  # noqa: E402
from benchmarks.misheard.line import NOISES, called, words_end_s  # noqa: E402
from benchmarks.misheard.report import PAGE, Run, report, vocabulary_of  # noqa: E402
from benchmarks.misheard.resident import WORDS, converse  # noqa: E402
from benchmarks.misheard.speaking import Spoken  # noqa: E402
from benchmarks.misheard.utterances import VOICES, Utterance, utterances  # noqa: E402
from dialogs.book import Book  # noqa: E402
from dialogs.contract import Expectation  # noqa: E402
from dialogs.engine import advance, begin  # noqa: E402
from dialogs.heard import Began  # noqa: E402
from dialogs.question import expectation  # noqa: E402
from dialogs.tools.sample import Records  # noqa: E402
from ivr.budget import TELEPHONE  # noqa: E402
from ivr.models import choose_recogniser, locate  # noqa: E402
from onestop.sampling import sample_records  # noqa: E402
from onestop.talk import sample_book  # noqa: E402
from records.catalogue import sample_catalogue  # noqa: E402

CACHE = ROOT / ".cache"
SOUNDS = CACHE / "misheard"
VOICE_MODEL = "kokoro-v1.0-int8"
MOST_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class House:
    """What a talk needs: the engine's book and records, the recogniser, the sounds."""

    book: Book
    records: Records
    recogniser: Recogniser
    spoken: Spoken


def house(model: Path) -> House:
    """Everything, with this recogniser's model."""
    catalogue, book = sample_catalogue(), sample_book()
    recogniser = Recogniser(model, book.words("telephone.fillers").split())
    return House(book, sample_records(catalogue, book.words), recogniser, Spoken(SOUNDS, locate(VOICE_MODEL, CACHE)))


def open_question(book: Book) -> Expectation:
    """What the hotline waits for behind its greeting."""
    return expectation(book, advance(book, begin("open"), Began()).session, TELEPHONE)


def talk(at: House, wanted: Utterance, noise_db: float | None) -> Measured:
    """One resident over one line. The same words said again come with other noise, as they do on a call."""
    said = 0

    def say(text: str, expect: Expectation) -> HeardAloud:
        nonlocal said
        said += 1
        sound = at.spoken.sound((text, wanted.voice))
        return at.recogniser.hear(expect, called(sound, noise_db, f"{wanted.text} {text} {said} {noise_db}"), words_end_s(sound))

    return Measured(noise_db, converse(at.book, TELEPHONE, at.records, wanted, say))


_here: dict[str, House] = {}


def _prepare(model: str) -> None:
    _here["house"] = house(Path(model))


def _talk(job: tuple[Utterance, float | None]) -> Measured:
    return talk(_here["house"], *job)


def measure(model: Path, wanted: tuple[Utterance, ...], done: Callable[[], None]) -> list[Measured]:
    """All talks over all lines, in the order of the sentences. done: called after each."""
    jobs = [(one, noise) for one in wanted for noise in NOISES]
    at_once = min(MOST_AT_ONCE, os.cpu_count() or 1)
    with ProcessPoolExecutor(at_once, multiprocessing.get_context("spawn"), _prepare, (str(model),)) as pool:
        running = {pool.submit(_talk, job): number for number, job in enumerate(jobs)}
        found: dict[int, Measured] = {}
        for each in as_completed(running):
            found[running[each]] = each.result()
            done()
    return [found[number] for number in range(len(jobs))]


@contextmanager
def progress(console: Console, title: str, count: int) -> Iterator[Callable[[], None]]:
    """A bar; on no terminal a line for each tenth."""
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    done = 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=count)

        def one_more() -> None:
            nonlocal done
            done += 1
            bar.update(task, completed=done)
            if not console.is_terminal and done * 10 // count > (done - 1) * 10 // count:
                console.print(f"{title} {done}/{count}", highlight=False)

        yield one_more


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--sentences", type=int, metavar="N", help="so many in all, evenly of all kinds (default: all)")
    arguments.add_argument("--model", type=Path, metavar="FOLDER", help="a Vosk model (default: the one the hotline would take)")
    arguments.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    given = arguments.parse_args()
    console = Console(stderr=True)
    chosen = choose_recogniser(given.model, CACHE)
    if chosen.folder is None or (given.model is not None and chosen.folder != given.model.expanduser()):
        console.print(chosen.why.replace("VOSK_MODEL", "--model"), highlight=False)
        return 2
    items = sample_catalogue().contents.items
    wanted = utterances([(item.code, item.name) for item in items], sentences(), given.sentences)
    spoken = Spoken(SOUNDS, locate(VOICE_MODEL, CACHE))
    needed = [(text, one.voice) for one in wanted for text in (one.text, one.name) if text]
    needed += [(word, voice) for word in WORDS for voice in VOICES]
    began = time.monotonic()
    if missing := spoken.missing(needed):
        if locate(VOICE_MODEL, CACHE) is None:
            console.print(
                f"{len(missing)} sentences are to be spoken and there is no voice model; `onestop fetch` gets it", highlight=False
            )
            return 2
        with progress(console, "speaking", len(missing)) as done:
            spoken.speak(needed, done)
    book = sample_book()  # learns the catalogue once, before two processes would
    with progress(console, "hearing", len(wanted) * len(NOISES)) as done:
        measured = measure(chosen.folder, wanted, done)
    recogniser = Recogniser(chosen.folder, ())
    names = [name for item in items for name in (item.name, *item.aliases)]
    rows = confusions(measured, recogniser.knows, f"{chosen.folder.name}, synthetic voices, 8 kHz", names)
    (SOUNDS / "confusions.tsv").write_text(tsv(rows), "utf-8")
    (SOUNDS / "talks.tsv").write_text(listed(measured), "utf-8")
    grammar = recogniser.grammar(open_question(book).phrases)
    vocabulary = vocabulary_of(items, wanted, recogniser.knows, grammar)
    run = Run(chosen.folder.name, chosen.kind, chosen.why, measured, vocabulary, rows, time.monotonic() - began)
    text = report(run)
    print(text)
    if given.write:
        PAGE.write_text(text, "utf-8")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
