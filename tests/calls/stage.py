"""What the call tests hold in their hands: telephones, the hotline's process, free ports, and the sound somebody heard."""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np

HERE = Path(__file__).parent
RATE = 8000
LONG = 60.0  # seconds until something that should happen counts as not happening; the machine may be very busy


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], what: str, seconds: float = LONG) -> Any:
    """Waits for a condition of another process."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)
    return value


class TelephoneError(AssertionError):
    """A telephone could not do what it was told; the text says what it was."""


class Telephone:
    """A real SIP telephone in a process of its own (`telephone.py`)."""

    def __init__(self, bind: str = "127.0.0.1") -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "telephone.py"), bind],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.port = int(self._answer("start", LONG)["port"])

    def be(self, user: str, server: str = "", password: str = "") -> int:
        """Takes a name, and registers when there is a password; gives the SIP code."""
        return int(self._do("be", user=user, server=server, password=password)["code"])

    def call(self, uri: str) -> int:
        """Calls; 200 when answered, else the refusal's code."""
        answer = self._do("call", uri=uri)
        return 200 if answer["answered"] else int(answer["code"])

    def hears(self, hz: float, seconds: float = LONG) -> float:
        """Waits for a tone; gives the moment, in seconds of heard sound."""
        return float(self._must("until_tone", hz=hz, seconds=seconds)["at"])

    def hears_nothing(self, quiet: float = 1.0, seconds: float = LONG) -> float:
        return float(self._must("until_quiet", quiet=quiet, seconds=seconds)["at"])

    def listens(self, quiet: float = 1.2) -> None:
        """Waits for a prompt to begin (whoever has not heard it yet) and to be over."""
        self.hears_anything()
        self.hears_nothing(quiet)

    def hears_anything(self) -> None:
        """Waits for sound after what was done last."""
        self._must("until_sound", seconds=LONG)

    def is_hung_up(self, seconds: float = LONG) -> None:
        self._must("until_down", seconds=seconds)

    def answered(self, seconds: float = LONG) -> None:
        """Waits until this telephone has been called and has answered."""
        self._must("until_ringing", seconds=seconds)

    def press(self, keys: str) -> float:
        return float(self._do("press", keys=keys)["at"])

    def speak(self, *, hz: float = 0.0, length: float = 1.0, wav: str = "") -> float:
        return float(self._do("speak", hz=hz, length=length, wav=wav)["at"])

    def wait(self, seconds: float) -> None:
        self._must("wait", seconds=seconds)

    def let_it_ring(self) -> None:
        self._do("deaf_to_calls")

    def is_busy(self) -> None:
        self._do("busy")

    def hang_up(self) -> None:
        self._do("hang_up")

    def heard(self, path: Path) -> Sound:
        """Everything heard so far."""
        self._do("heard", path=str(path))
        return Sound(np.frombuffer(path.read_bytes(), "<i2").astype("f8"))

    def close(self) -> None:
        """Hangs up by dying politely."""
        if self._process.poll() is None:
            try:
                self.hang_up()
                self._do("unregister")
            except (TelephoneError, OSError):
                pass
            self._process.kill()
        self._process.wait()

    def _must(self, what: str, **values: object) -> dict[str, Any]:
        answer = self._do(what, **values)
        if not answer["ok"]:
            raise TelephoneError(f"{what} {values}: did not happen")
        return answer

    def _do(self, what: str, **values: object) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **values}) + "\n")
        return self._answer(what, LONG * 3)

    def _answer(self, what: str, seconds: float) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(self._lines.get(timeout=seconds))
        except queue.Empty:
            raise TelephoneError(f"{what}: the telephone does not answer (exit {self._process.poll()})") from None
        if "error" in answer:
            raise TelephoneError(f"{what}: {answer['error']}")
        return answer

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)


class Sound:
    """Samples somebody heard."""

    def __init__(self, samples: np.ndarray) -> None:
        self.samples = samples

    def loudness(self, start: float, end: float) -> float:
        """Root mean square between two moments in seconds."""
        part = self.samples[int(start * RATE) : int(end * RATE)]
        return float(np.sqrt((part**2).mean())) if len(part) else 0.0

    def seconds_of(self, hz: float, start: float = 0.0, loud: float = 300.0) -> float:
        """How long this tone was heard, in steps of 50 ms."""
        step = RATE // 20
        count = 0
        for at in range(int(start * RATE), len(self.samples) - step, step):
            part = self.samples[at : at + step]
            if np.sqrt((part**2).mean()) < loud:
                continue
            power = np.abs(np.fft.rfft(part * np.hanning(step))) ** 2
            near = np.abs(np.fft.rfftfreq(step, 1 / RATE) - hz) <= 40
            count += bool(power[near].sum() > 0.6 * power.sum())
        return count / 20

    def match(self, pcm: bytes) -> float:
        """How well this sound is found in what was heard: the largest normalised cross-correlation, 0 to 1."""
        wanted = np.frombuffer(pcm, "<i2").astype("f8")
        places = len(self.samples) - len(wanted) + 1
        if places < 1:
            return 0.0
        size = len(self.samples) + len(wanted)
        product = np.fft.irfft(np.fft.rfft(self.samples, size) * np.conj(np.fft.rfft(wanted, size)), size)[:places]
        sums = np.concatenate(([0.0], np.cumsum(self.samples**2)))
        power = np.maximum(sums[len(wanted) :] - sums[: -len(wanted)], 1.0)
        return float((product / np.sqrt(power * (wanted**2).sum())).max())

    def quiet_from(self, start: float, length: float = 0.5) -> float:
        """The first moment from `start` on after which there is `length` of silence."""
        at = start
        while at + length <= len(self.samples) / RATE:
            if self.loudness(at, at + length) < 50:
                return at
            at += 0.01
        return float("inf")


class HotlineProcess:
    """`hotline_app.py`, to be killed, frozen and started again on the same port."""

    def __init__(self, folder: Path, script: dict[str, list[str]], *, port: int, ami_port: int, ami_secret: str, media_secret: str) -> None:
        self.port = port
        self.events_file = folder / "events.jsonl"
        self.log = folder / "hotline.log"
        self._config = folder / "hotline.json"
        self._config.write_text(
            json.dumps(
                {
                    "port": port,
                    "ami_port": ami_port,
                    "ami_secret": ami_secret,
                    "media_secret": media_secret,
                    "script": script,
                    "events": str(self.events_file),
                }
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> HotlineProcess:
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE / "hotline_app.py"), str(self._config)],
                stdout=out, stderr=out, env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
            )  # fmt: skip
        until(lambda: self.health().get("ami") == "ok", "the hotline connects to Asterisk")
        return self

    def health(self) -> dict[str, Any]:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2.0).json()  # type: ignore[no-any-return]
        except (httpx.HTTPError, OSError):
            return {}

    @property
    def events(self) -> list[str]:
        return [entry["event"] for entry in self.entries]

    @property
    def entries(self) -> list[dict[str, Any]]:
        if not self.events_file.exists():
            return []
        return [json.loads(line) for line in self.events_file.read_text().splitlines() if line.endswith("}")]

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        if number in (signal.SIGKILL, signal.SIGTERM):
            self._process.wait(LONG)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
