"""Sets up what serving and testing need beyond the Python packages: model files, prompts, Asterisk, a browser for the tests.

Every step looks first, works only when something is missing, shows how far it is, and says plainly what it could not do, what that takes
away and how to mend it. Nothing here stops the service from starting.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from onestop.parts import reason_of
from onestop.settings import AsteriskMode, Settings

Tell = Callable[[str, float], None]
"""A plain sentence, and how far it is (0..1)."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TEST_PACKAGES = ("chromium", "fonts-wqy-zenhei")
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
                self.lacks.append(Lack(failed.name, failed.reason, failed.still))

    def prompts(self) -> None:
        """Every sentence the telephone can say with the shipped flows and items, rendered into the folder that ships with the project."""
        from ivr.models import locate
        from ivr.voice import Manner, render_all
        from onestop.prompts import sample_catalogue, sentences
        from onestop.speech import VOICE_MODEL
        from onestop.talk import sample_book

        with self._step("电话提示音 prompts", "whatever is rendered already") as tell:
            texts = asyncio.run(sentences(sample_book(), sample_catalogue()))
            model = locate(VOICE_MODEL, self._settings.cache)
            manner = Manner() if self._settings.voice == "off" else Manner(voice=self._settings.voice)
            done = render_all(texts, lambda n, of, text: tell(text, n / max(of, 1)), model=model, manner=manner, prune=True)
            told = f"{done.needed} pieces, {done.rendered} rendered now, {done.pruned} removed, {done.size / 1e6:.1f} MB"
            self._console.print(told, highlight=False)
            if done.failed:
                first, why = done.failed[0]
                self.lacks.append(Lack(f"{len(done.failed)} prompts", f"{first}: {why}", "the sentences that are rendered"))

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
        still = "every test without a browser"
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            self.lacks.append(Lack("the browser's tests", f"not root on Debian; install by hand: {' '.join(missing)}", still))
            return
        with self._step(f"测试用的浏览器 {' '.join(missing)}", still) as tell:
            tell("apt-get update", 0.1)
            _apt("update", "-qq")
            tell("apt-get install", 0.3)
            _apt("install", "-y", "-qq", "--no-install-recommends", *missing)

    def _missing_packages(self) -> list[str]:
        missing = []
        if not any(map(shutil.which, BROWSERS)):
            missing.append("chromium")
        if not _chinese_font():
            missing.append("fonts-wqy-zenhei")
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
        columns = (SpinnerColumn(), TextColumn("{task.fields[title]}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(
            *columns, TimeElapsedColumn(), TextColumn("[dim]{task.description}"), console=self._console, transient=True
        ) as progress:
            task = progress.add_task("", total=1.0, title=title)
            if not self._console.is_terminal:
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
    run.asterisk()
    if tests:
        run.test_packages()
    run.summary()
    return run


def _apt(*arguments: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        last = " / ".join(done.stderr.strip().splitlines()[-2:])
        raise RuntimeError(f"apt-get {arguments[0]} failed: {last}")


def _chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    said = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    return bool(said.strip())
