"""One Asterisk as a child of ours: started in its folder as a nobody, watched, brought back when it dies, ended by TERM.

It runs in a session of its own, so neither a Ctrl-C nor our death takes it along: calls that are with a person go on. The next start finds
it by its pid file and, when its configuration is still the same, takes it over instead of hanging everybody up.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from dialogs.contract import PartHealth
from ivr.asterisk.configure import AsteriskSettings, write
from ivr.asterisk.root import ROOT_ONLY, CannotSetUp, installed_version

log = structlog.get_logger()

FOLDERS = ("lib/keys", "agi", "spool", "run", "log", "log/cdr-csv")


class CannotStart(Exception):  # noqa: N818  a condition told to the person who started us
    """Asterisk did not come up; the text holds its own last words."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. boot: measured 0.3 to 0.8 free, so 30 covers a busy machine. stop: measured 1.1 to 2.6 after TERM, KILL only afterwards.

    first_pause, longest_pause: between restarts, doubled each time; a run of `steady` seconds sets it back.
    """

    boot: float = 30.0
    stop: float = 15.0
    look: float = 0.1
    first_pause: float = 0.5
    longest_pause: float = 10.0
    steady: float = 60.0


class AsteriskServer:
    """start() once, stop() once; between them it is kept running. Needs root and a folder made by `root.prepare`."""

    def __init__(self, settings: AsteriskSettings, patience: Patience | None = None) -> None:
        self.settings = settings
        self.restarts = 0
        self._patience = patience or Patience()
        self._pid = 0
        self._child: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._version = ""
        self._trouble = "not started"

    @property
    def pid(self) -> int:
        """Process id on the host; 0 when it does not run."""
        return self._pid if self._pid and _runs(self._pid, self.settings) else 0

    async def start(self) -> None:
        """Writes the configuration, starts (or takes over) Asterisk, waits until it is booted. Raises CannotSetUp or CannotStart."""
        self._version = installed_version(self.settings.root)
        if not self._version:
            missing = f"there is no usable Asterisk 22 in {self.settings.root}: `onestop setup` puts one there."
            raise CannotSetUp(ROOT_ONLY if os.geteuid() != 0 else missing)
        changed = write(self.settings)
        left = self._left_behind()
        if left and not changed and await self._booted(left):
            self._pid = left
            log.info("asterisk_taken_over", pid=left)
        else:
            if left:
                await self._end(left)
            await self._spawn()
        self._trouble = ""
        self._watch = asyncio.create_task(self._keep_running(), name="asterisk-watch")

    async def stop(self) -> None:
        """Ends it cleanly. Safe when it never started."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        if self._pid:
            await self._end(self._pid)
        self._pid, self._trouble = 0, "stopped"

    async def cli(self, command: str, seconds: float = 10.0) -> str:
        """One console command's output; "" when Asterisk does not answer within `seconds`. For tests, health and people; not for calls."""
        console = await asyncio.create_subprocess_exec(
            "chroot", str(self.settings.root), "/usr/sbin/asterisk", "-C", self._conf, "-rx", command,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, stdin=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(seconds):
                out, _ = await console.communicate()
        except TimeoutError:
            console.kill()
            await console.wait()
            return ""
        return out.decode("utf-8", "replace")

    def health(self) -> PartHealth:
        """For /healthz."""
        facts: dict[str, str | int | float] = {"version": self._version, "restarts": self.restarts}
        if self.pid and not self._trouble:
            return PartHealth("ok", facts=facts)
        return PartHealth("degraded" if self._watch else "off", self._trouble or "Asterisk is being restarted", facts)

    # --- inside -----------------------------------------------------------------------------------------------------------------------

    @property
    def _conf(self) -> str:
        return f"{self.settings.home}/etc/asterisk.conf"

    @property
    def _pid_file(self) -> Path:
        return self.settings.outside / "pid"

    async def _spawn(self) -> None:
        uid = self.settings.uid
        run = self.settings.outside / "run"
        _clear_run_folder(run, uid)
        sounds = self.settings.outside / "sounds"
        sounds.mkdir(exist_ok=True)
        said = self.settings.outside / "console.log"
        with said.open("wb") as out:
            self._child = await asyncio.create_subprocess_exec(
                "chroot", f"--userspec=+{uid}:+{uid}", "--groups=", str(self.settings.root), "/usr/sbin/asterisk", "-f", "-C", self._conf,
                stdout=out, stderr=out, stdin=asyncio.subprocess.DEVNULL, start_new_session=True, cwd="/",
            )  # fmt: skip
        self._pid = self._child.pid
        self._pid_file.write_text(str(self._pid))
        if not await self._booted(self._pid):
            tail = " / ".join(said.read_text("utf-8", "replace").strip().splitlines()[-4:])
            await self._end(self._pid)
            raise CannotStart(f"Asterisk did not start: {tail}")
        if taken := await self._taken():
            await self._end(self._pid)
            raise CannotStart(f"{taken} is taken by another program: stop that, or set another port.")
        log.info("asterisk_started", pid=self._pid, version=self._version)

    async def _taken(self) -> str:
        """The port that Asterisk could not have; it boots all the same and says so only in its log, and nobody could reach it."""
        sip = f"{self.settings.bind}:{self.settings.sip_port}"
        shown = await self.cli("pjsip show transports")
        if shown.strip() and sip not in shown:  # nothing at all: a console too slow to answer, which proves nothing
            return f"UDP port {sip}"
        notes = (self.settings.outside / "run/log/messages.log").read_text("utf-8", "replace")
        return f"TCP port 127.0.0.1:{self.settings.ami_port}" if "Unable to bind AMI server" in notes else ""

    async def _booted(self, pid: int) -> bool:
        until = time.monotonic() + self._patience.boot
        while time.monotonic() < until and self._alive(pid):
            if "fully booted" in await self.cli("core waitfullybooted", seconds=5.0):
                return True
            await asyncio.sleep(self._patience.look)
        return False

    async def _keep_running(self) -> None:
        pause, began = self._patience.first_pause, time.monotonic()
        while True:
            await self._ended()
            if time.monotonic() - began > self._patience.steady:
                pause = self._patience.first_pause
            self._trouble = "Asterisk died and is being restarted"
            log.error("asterisk_died", restarts=self.restarts, next_try_seconds=pause)
            await asyncio.sleep(pause)
            pause, began = min(pause * 2, self._patience.longest_pause), time.monotonic()
            self.restarts += 1
            try:
                await self._spawn()
                self._trouble = ""
            except (CannotStart, OSError) as wrong:
                self._trouble = str(wrong)
                log.error("asterisk_not_restarted", why=str(wrong))

    async def _ended(self) -> None:
        if self._child is not None:
            await self._child.wait()
        else:
            while _runs(self._pid, self.settings):  # noqa: ASYNC110  not our child, so there is nothing to wait on
                await asyncio.sleep(1.0)

    async def _end(self, pid: int) -> None:
        if self._alive(pid):
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + self._patience.stop
        while self._alive(pid) and time.monotonic() < until:  # noqa: ASYNC110  the same
            await asyncio.sleep(self._patience.look)
        if self._alive(pid):
            log.warning("asterisk_killed", pid=pid, after_seconds=self._patience.stop)
            os.kill(pid, signal.SIGKILL)
        if self._child is not None and self._child.pid == pid:
            await self._child.wait()
            self._child = None
        self._pid_file.unlink(missing_ok=True)

    def _alive(self, pid: int) -> bool:
        """Of a child the exit code tells: its command line reads as empty for a moment, while chroot becomes Asterisk."""
        if self._child is not None and self._child.pid == pid:
            return self._child.returncode is None
        return _runs(pid, self.settings)

    def _left_behind(self) -> int:
        """An Asterisk of this instance that an earlier process of ours started and did not stop."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):
            return 0
        return pid if _runs(pid, self.settings) else 0


def _runs(pid: int, settings: AsteriskSettings) -> bool:
    """Whether the process lives, is no zombie, and is this instance's Asterisk (pids come round again)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, IndexError):
        return False
    return state not in "ZX" and f"{settings.home}/etc/asterisk.conf".encode() in command


def _clear_run_folder(run: Path, uid: int) -> None:
    """A stale control socket or database of a killed Asterisk must not greet the next one."""
    if run.exists():
        shutil.rmtree(run)
    for name in FOLDERS:
        (run / name).mkdir(parents=True)
    for path in (run, *run.rglob("*")):
        os.chown(path, uid, uid)
        path.chmod(0o700)
