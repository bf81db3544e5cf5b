"""A real telephone on pjsua2, one to a process: takes JSON commands on stdin, answers each with a JSON line on stdout.

    telephone.py BIND                  commands: {"do": "call", …}, see the methods of `Telephone` that begin with `do_`

Everything heard is kept as samples, so that "until this tone is heard" and "how loud was it after the key" are exact and need no sleeping.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pjsua2 as pj

RATE = 8000
LOUD = 300.0  # root mean square of 16-bit samples; tones of the tests have 2000 and more


class Ear(pj.AudioMediaPort):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sound = bytearray()
        self.broken = ""

    def onFrameReceived(self, frame: pj.MediaFrame) -> None:  # noqa: N802
        try:
            if frame.type == pj.PJMEDIA_TYPE_AUDIO and len(frame.buf):
                self.sound += bytes(frame.buf)
            else:
                self.sound += bytes(320)
        except Exception as wrong:
            self.broken = repr(wrong)

    def last(self, seconds: float) -> np.ndarray:
        return np.frombuffer(bytes(self.sound[-int(seconds * RATE) * 2 :]), "<i2").astype("f8")


class Call(pj.Call):
    def __init__(self, telephone: Telephone, call_id: int = -1) -> None:
        super().__init__(telephone.account, call_id)
        self.telephone = telephone
        self.code, self.up, self.down = 0, False, False
        self.ear = telephone.ear
        self.player: pj.AudioMediaPlayer | None = None

    def onCallState(self, _: pj.OnCallStateParam) -> None:  # noqa: N802
        info = self.getInfo()
        self.code = info.lastStatusCode
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.down = True

    def onCallMediaState(self, _: pj.OnCallMediaStateParam) -> None:  # noqa: N802
        if not self.up:
            self.getAudioMedia(-1).startTransmit(self.ear)
        self.up = True


class Account(pj.Account):
    telephone: Telephone
    registered = 0

    def onRegState(self, state: pj.OnRegStateParam) -> None:  # noqa: N802
        self.registered = state.code

    def onIncomingCall(self, incoming: pj.OnIncomingCallParam) -> None:  # noqa: N802
        self.telephone.rings(incoming.callId)


class Telephone:
    def __init__(self, bind: str) -> None:
        self.bind = bind
        self.call: Call | None = None
        self.answers_with = 200
        self.mark = 0  # bytes heard when the last key was pressed or word begun
        self.folder = Path(tempfile.mkdtemp(prefix="telephone-"))
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = int(os.environ.get("TELEPHONE_LOG", "0"))
        config.uaConfig.threadCnt = 0  # all SIP callbacks come from our own polling, in the main thread
        config.uaConfig.mainThreadOnly = True
        config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True
        self.endpoint.libInit(config)
        self.endpoint.audDevManager().setNullDev()
        transport = pj.TransportConfig()
        transport.port, transport.boundAddress = 0, bind
        number = self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.port = int(self.endpoint.transportGetInfo(number).localName.rpartition(":")[2])
        for codec in self.endpoint.codecEnum2():
            self.endpoint.codecSetPriority(codec.codecId, 255 if codec.codecId.startswith("PCMA") else 0)
        self.ear = Ear()
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, 20_000, 16)
        self.ear.createPort("ear", form)
        self.account = Account()
        self.account.telephone = self

    # --- commands -----------------------------------------------------------------------------------------------------------------------

    def do_be(self, user: str, server: str = "", password: str = "") -> dict[str, object]:
        """Takes a name; with a password, registers at the server."""
        config = pj.AccountConfig()
        config.idUri = f"sip:{user}@{server or self.bind}"
        config.mediaConfig.transportConfig.boundAddress = self.bind
        config.mediaConfig.transportConfig.port = 0
        if password:
            config.regConfig.registrarUri = f"sip:{server}"
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", user, 0, password))
        self.account.create(config)
        if password:
            self.until(lambda: self.account.registered, 30)
        return {"port": self.port, "code": self.account.registered}

    def do_call(self, uri: str) -> dict[str, object]:
        """Calls and waits for an answer or a refusal."""
        self.call = call = Call(self)
        call.makeCall(uri, pj.CallOpParam(True))
        answered = self.until(lambda: call.up or call.down, 30)
        return {"answered": answered and call.up and not call.down, "code": call.code}

    def do_until_ringing(self, seconds: float) -> dict[str, object]:
        """Waits for a call to come and be answered."""
        return {"ok": self.until(lambda: self.call is not None and self.call.up, seconds)}

    def do_until_tone(self, hz: float, seconds: float) -> dict[str, object]:
        """Waits until the last fifth of a second was this tone."""
        return {"ok": self.on_the_line(lambda: is_tone(self.ear.last(0.2), hz), seconds), "at": self.at}

    def do_until_sound(self, seconds: float) -> dict[str, object]:
        """Waits until the last fifth of a second, all of it heard after the last thing done, was not silent."""
        enough = max(self.mark, 0) + int(0.2 * RATE) * 2
        return {"ok": self.on_the_line(lambda: len(self.ear.sound) >= enough and rms(self.ear.last(0.2)) > LOUD, seconds), "at": self.at}

    def do_until_quiet(self, quiet: float, seconds: float) -> dict[str, object]:
        """Waits until the last `quiet` seconds were silent."""
        enough = len(self.ear.sound) + int(quiet * RATE) * 2
        return {"ok": self.on_the_line(lambda: len(self.ear.sound) >= enough and rms(self.ear.last(quiet)) < LOUD, seconds), "at": self.at}

    def do_until_down(self, seconds: float) -> dict[str, object]:
        """Waits until the other side hangs up."""
        return {"ok": self.until(lambda: self.call is not None and self.call.down, seconds), "at": self.at}

    def do_press(self, keys: str) -> dict[str, object]:
        """Presses keys by RFC 4733."""
        assert self.call is not None
        self.call.dialDtmf(keys)
        self.mark = len(self.ear.sound)
        return {"at": self.at}

    def do_speak(self, wav: str = "", hz: float = 0.0, length: float = 1.0) -> dict[str, object]:
        """Plays a WAV file, or a tone, once; does not wait for its end."""
        assert self.call is not None
        if not wav:
            wav = str(self.folder / f"{hz:g}-{length:g}.wav")
            write_tone(Path(wav), hz, length)
        self.call.player = player = pj.AudioMediaPlayer()
        self.mark = len(self.ear.sound)
        player.createPlayer(wav, pj.PJMEDIA_FILE_NO_LOOP)
        player.startTransmit(self.call.getAudioMedia(-1))
        return {"at": self.at}

    def do_wait(self, seconds: float) -> dict[str, object]:
        """Lets time pass on the line: this many seconds of heard sound."""
        enough = len(self.ear.sound) + int(seconds * RATE) * 2
        return {"ok": self.on_the_line(lambda: len(self.ear.sound) >= enough, seconds * 10 + 20)}

    def do_hang_up(self) -> dict[str, object]:
        if self.call is not None and not self.call.down:
            self.call.hangup(pj.CallOpParam())
            call = self.call
            self.until(lambda: call.down, 10)
        return {}

    def do_unregister(self) -> dict[str, object]:
        """Tells the server that this telephone is gone."""
        if self.account.registered == 200:
            self.account.registered = 0
            self.account.setRegistration(False)
            self.until(lambda: self.account.registered, 10)
        return {}

    def do_deaf_to_calls(self) -> dict[str, object]:
        """Lets it ring and does not answer."""
        self.answers_with = 180
        return {}

    def do_busy(self) -> dict[str, object]:
        """Refuses calls as an engaged telephone does."""
        self.answers_with = 486
        return {}

    def do_heard(self, path: str) -> dict[str, object]:
        """Writes everything heard as raw PCM."""
        Path(path).write_bytes(bytes(self.ear.sound))
        return {"seconds": len(self.ear.sound) / 2 / RATE, "broken": self.ear.broken}

    # --- inside -------------------------------------------------------------------------------------------------------------------------

    @property
    def at(self) -> float:
        """Seconds of sound heard so far."""
        return len(self.ear.sound) / 2 / RATE

    def rings(self, call_id: int) -> None:
        self.call = Call(self, call_id)
        answer = pj.CallOpParam()
        answer.statusCode = self.answers_with
        self.call.answer(answer)

    def on_the_line(self, condition: Callable[[], object], seconds: float) -> bool:
        """`until`, given up when the call has ended: nothing is heard any more."""
        self.until(lambda: condition() or (self.call is not None and self.call.down), seconds)
        return bool(condition())

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            self.endpoint.libHandleEvents(10)
        return True


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean())) if len(samples) else 0.0


def is_tone(samples: np.ndarray, hz: float) -> bool:
    """Loud, and most of its power within 15 Hz of the tone."""
    if len(samples) < RATE // 10 or rms(samples) < LOUD:
        return False
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    near = np.abs(np.fft.rfftfreq(len(samples), 1 / RATE) - hz) < 15
    return bool(power[near].sum() > 0.6 * power.sum())


def write_tone(path: Path, hz: float, seconds: float) -> None:
    samples = (6000 * np.sin(2 * np.pi * hz * np.arange(int(RATE * seconds)) / RATE)).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(samples.tobytes())
    path.write_bytes(file.getvalue())


def main() -> None:
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # the library writes to stdout
    telephone = Telephone(sys.argv[1])
    print(json.dumps({"port": telephone.port}), file=out)
    os.set_blocking(0, False)
    waiting = b""
    while True:
        telephone.endpoint.libHandleEvents(10)
        with contextlib.suppress(BlockingIOError):
            if not (got := os.read(0, 65536)):
                break
            waiting += got
        while b"\n" in waiting:
            line, _, waiting = waiting.partition(b"\n")
            command = json.loads(line)
            try:
                answer = getattr(telephone, "do_" + command.pop("do"))(**command)
            except Exception as wrong:
                answer = {"error": f"{type(wrong).__name__}: {wrong}"}
            print(json.dumps(answer), file=out)
    os._exit(0)  # pjsua2 objects must not outlive the library, and Python's order of clearing up does not see to it


if __name__ == "__main__":
    main()
