"""Sets up what serving and testing need beyond the Python packages: model files, prompts, Asterisk, a browser for the tests.

Every step looks first, works only when something is missing, shows how far it is, and says plainly what it could not do, what that takes
away and how to mend it. Nothing here stops the service from starting.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeElapsedColumn

from onestop.modes import AsteriskMode
from onestop.parts import reason_of
from onestop.settings import Settings

Tell = Callable[[str, float], None]
"""A plain sentence, and how far it is (0..1)."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM, FONT = "chromium", "fonts-wqy-zenhei"
"""Debian packages of the tests: a browser, and a font with Chinese characters for its screenshots."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that could not be set up: what, why (with the mend), and what works all the same."""

    what: str
    why: str
    still: str


class Setup:
    """One run of the set-up. `lacks` is what could not be done."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings = settings
        self._console = console
        self.lacks: list[Lack] = []

    @property
    def complete(self) -> bool:
        """Whether everything that was tried is there."""
        return not self.lacks

    # --- steps ------------------------------------------------------------------------------------------------------------------------

    def models(self) -> None:
        """The model files of the manifest: voice and recogniser."""
        from ivr.models import fetch_all

        with self._step("语音模型 model files", "the prompts that are already rendered, WeChat, television") as tell:
            for failed in fetch_all(self._settings.cache, tell):
                reason = failed.reason.replace(f"{failed.name}: ", "")
                mend = f"the next start tries again; or put it into {self._settings.cache / 'models'} by hand"
                self.lacks.append(Lack(failed.name, f"{reason} ({mend})", failed.still))

    def prompts(self) -> None:
        """Every sentence the telephone can say with the shipped flows and items, rendered into the folder that ships with the project."""
        from dialogs.tools.catalogue import read_catalogue
        from ivr.models import locate
        from ivr.voice import Manner, render_all
        from onestop.prompts import STAMP, fingerprint, sentences
        from onestop.speech import VOICE_MODEL
        from onestop.talk import sample_book
        from records.catalogue import directory_files, sample_files

        with self._step("电话提示音 prompts", "whatever is rendered already") as tell:
            book = sample_book()
            catalogue = read_catalogue(book.words, sample_files(), directory_files())
            texts = sentences(book, catalogue)
            STAMP.write_text(fingerprint(book, catalogue) + "\n")
            model = locate(VOICE_MODEL, self._settings.cache)
            manner = Manner() if self._settings.voice == "off" else Manner(voice=self._settings.voice)
            done = render_all(texts, lambda n, of, text: tell(text, n / max(of, 1)), model=model, manner=manner, prune=True)
            told = f"{done.needed} pieces, {done.rendered} rendered now, {done.pruned} removed, {done.size / 1e6:.1f} MB"
            self._console.print(told, highlight=False)
            if done.failed:
                first, why = done.failed[0]
                self.lacks.append(Lack(f"{len(done.failed)} prompts", f"{first}: {why}", "the sentences that are rendered"))

    def understanding(self) -> None:
        """What is learnt of the shipped catalogue, so that the first start need not."""
        from onestop.talk import sample_book

        with self._step("语言理解 understanding of the catalogue", "services are found by their likeness, which understands less"):
            sample_book(self._settings.cache)

    def asterisk(self) -> None:
        """Asterisk 22 in a folder of the cache; needs root on Debian."""
        from ivr.asterisk import CannotSetUp, installed_version, prepare

        if self._settings.asterisk is not AsteriskMode.EMBEDDED:
            return
        folder = self._settings.asterisk_folder
        if installed_version(folder):
            return
        still = "WeChat, television, staff pages and all tests but the telephone's"
        try:
            with self._step("电话交换机 Asterisk 22", still, CannotSetUp) as tell:
                prepare(folder, tell, archive=folder.with_suffix(".tar.zst"))
        except CannotSetUp as wrong:
            self.lacks.append(Lack("Asterisk (the telephone)", str(wrong), still))

    def test_packages(self) -> None:
        """A browser and a Chinese font for the tests of the pages."""
        missing = self._missing_packages()
        if not missing:
            return
        title = f"测试用的浏览器 the tests' {' and '.join(missing.values())}"
        still = "every test but the browser's, which are reported as not run" if CHROMIUM in missing else "every test"
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            mend = f"on Debian: sudo apt-get install {' '.join(missing)}"
            if CHROMIUM in missing:
                mend += "; without root: .venv/bin/playwright install chromium"
            self.lacks.append(Lack(title, f"only root on Debian can have them installed ({mend})", still))
            return
        with self._step(title, still) as tell:
            tell("apt-get update", 0.1)
            _apt("update", "-qq")
            tell("apt-get install", 0.3)
            _apt("install", "-y", "-qq", "--no-install-recommends", *missing)

    def test_telephone(self) -> None:
        """The telephone that the call tests dial with is a package; here it is only looked for."""
        if importlib.util.find_spec("pjsua2") is None:
            why = "pjsua2 has a wheel for Python 3.11 on x86_64 only (there: rm -rf .venv, then PYTHON=python3.11 make test)"
            self.lacks.append(Lack("the tests' telephone", why, "every test but the telephone's, which are reported as not run"))

    def _missing_packages(self) -> dict[str, str]:
        """Debian's packages of what is missing, with what they are."""
        missing = {}
        if not any(map(shutil.which, BROWSERS)) and not _playwrights_own():
            missing[CHROMIUM] = "browser"
        if not _chinese_font():
            missing[FONT] = "Chinese font for screenshots"
        return missing

    # --- telling ----------------------------------------------------------------------------------------------------------------------

    def summary(self) -> None:
        """What could not be set up and what works all the same."""
        if not self.lacks:
            return
        self._console.print("[yellow]没能准备好 Could not be set up:[/yellow]")
        for lack in self.lacks:
            self._console.print(f"  • {lack.what}: {lack.why}", markup=False, highlight=False, soft_wrap=True)
            self._console.print(f"    照样可用 still works: {lack.still}", markup=False, highlight=False, soft_wrap=True, style="dim")

    @contextmanager
    def _step(self, title: str, still: str, *through: type[Exception]) -> Iterator[Tell]:
        """A bar while the step works; an error becomes a lack. Errors of the `through` kinds are the caller's."""
        before = len(self.lacks)
        columns: tuple[ProgressColumn, ...] = (
            SpinnerColumn(),
            TextColumn("{task.fields[title]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}"),
        )
        plain = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=plain) as progress:
            task = progress.add_task("", total=1.0, title=title)
            if plain:
                self._console.print(f"{title} ...", markup=False, highlight=False)
            try:
                yield lambda text, share: progress.update(task, description=text[:60], completed=share)
            except through:
                raise
            except Exception as wrong:
                self.lacks.append(Lack(title, reason_of(wrong), still))
            else:
                if len(self.lacks) == before:
                    self._console.print(f"[green]✓[/green] {title}", highlight=False)


def set_up(settings: Settings, console: Console, *, tests: bool) -> Setup:
    """Everything `make run` (or, with tests, `make test`) needs. Never raises for what a machine cannot do."""
    run = Setup(settings, console)
    run.models()
    run.understanding()
    run.asterisk()
    if tests:
        run.test_packages()
        run.test_telephone()
    run.summary()
    return run


def _apt(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        last = " / ".join(done.stderr.strip().splitlines()[-2:])
        raise RuntimeError(f"apt-get {arguments[0]} failed: {last}")


def _playwrights_own() -> bool:
    """Whether `playwright install chromium` has been here, which needs no root."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:  # only the test extra has it
        return False
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    said = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    return bool(said.strip())
