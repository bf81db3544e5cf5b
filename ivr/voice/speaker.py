"""`Speaker`: the `Voice` of the contract. A sentence becomes pieces; each comes from the store or, failing that, from the engine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import structlog

from dialogs.contract import PartHealth
from ivr.contract import CannotSpeak
from ivr.voice import sound
from ivr.voice.engine import Engine, EngineSettings
from ivr.voice.normalise import normalise
from ivr.voice.pieces import Piece, split
from ivr.voice.sound import Sound
from ivr.voice.store import SHIPPED, Manner, PromptStore

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """model: Kokoro's file (`ivr.models.locate("kokoro-v1.0-int8", cache)`), None without one: only rendered pieces can be said then.

    cache: folder for pieces spoken during calls. patience_s: a sentence may take so long; what comes later is kept for the next caller.
    """

    model: Path | None = None
    cache: Path | None = None
    shipped: Path = SHIPPED
    manner: Manner = field(default_factory=Manner)
    patience_s: float = 8.0
    engine: EngineSettings = field(default_factory=EngineSettings)


class Speaker:
    """Speaks sentences; several calls may ask at once, and a piece that two of them want is synthesised once."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._settings = settings
        self.store = PromptStore(settings.cache, settings.shipped)
        self.engine = Engine(settings.model, settings.engine)
        self._making: dict[str, asyncio.Task[Sound]] = {}
        self._spoken = self._made = self._failed = 0

    async def speak(self, text: str, *, pace: float = 1.0) -> bytes:
        """`text` as PCM (8 kHz, 16 bit, mono); nothing to say gives b"". `pace` 0.8 is slower, for those who asked. Raises CannotSpeak."""
        pieces = split(await asyncio.to_thread(normalise, text))
        try:
            async with asyncio.timeout(self._settings.patience_s):
                sounds = await asyncio.gather(*(self._piece(piece) for piece in pieces))
        except TimeoutError:
            self._failed += 1
            raise CannotSpeak(f"not spoken within {self._settings.patience_s:.0f} s; it will be ready for the next caller") from None
        except CannotSpeak:
            self._failed += 1
            raise
        self._spoken += 1
        if pace != 1.0:
            sounds = await asyncio.to_thread(lambda: [sound.slower(s, pace) for s in sounds])
        joined = [part for piece, s in zip(pieces, sounds, strict=True) for part in (s, sound.silence(round(piece.pause_ms / pace)))]
        return np.concatenate(joined).astype("<i2").tobytes() if joined else b""

    async def prepare(self, texts: tuple[str, ...]) -> int:
        """Makes what is missing of these sentences before anybody asks, one piece after the other; gives how many could not be made."""
        missing = 0
        for text in texts:
            for piece in split(await asyncio.to_thread(normalise, text)):
                try:
                    await self._piece(piece)
                except CannotSpeak:
                    missing += 1
        return missing

    def lacks(self, text: str) -> tuple[str, ...]:
        """The pieces of a sentence that are rendered nowhere: it would have to be synthesised while the caller waits."""
        return tuple(p.text for p in split(normalise(text)) if self.store.get(self._settings.manner.key(p.text)) is None)

    async def _piece(self, piece: Piece) -> Sound:
        key = self._settings.manner.key(piece.text)
        held = self.store.held(key)
        if held is None:
            held = await asyncio.to_thread(self.store.get, key)
        if held is not None:
            return held
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._make(key, piece.text))
            making.add_done_callback(lambda task: self._made_or_not(key, task))
        return await asyncio.shield(making)  # a caller who hangs up or runs out of patience does not stop it

    async def _make(self, key: str, text: str) -> Sound:
        manner = self._settings.manner
        made = await self.engine.say(text, manner.voice, manner.speed)
        await asyncio.to_thread(self.store.put, key, made)
        self._made += 1
        return made

    def _made_or_not(self, key: str, task: asyncio.Task[Sound]) -> None:
        self._making.pop(key, None)
        if not task.cancelled() and (wrong := task.exception()) is not None and not isinstance(wrong, CannotSpeak):
            log.error("piece_failed", reason=f"{type(wrong).__name__}: {wrong}")

    def health(self) -> PartHealth:
        """ok: any sentence can be spoken. degraded: only those rendered ahead. off: none."""
        ready = self.store.shipped_count()
        model = self.engine.model
        facts: dict[str, str | int | float] = {
            "voice": self._settings.manner.voice,
            "pieces_shipped": ready,
            "sentences": self._spoken,
            "synthesised": self._made,
            "failed": self._failed,
        }
        if model is None or not model.is_file():
            reason = "no voice model; only sentences rendered ahead can be spoken. `onestop fetch` gets the model"
            return PartHealth("degraded" if ready else "off", reason, facts)
        facts["model"] = model.name
        if self.engine.deaths:
            return PartHealth("degraded", f"the voice process failed {self.engine.deaths} times in a row: {self.engine.last_fault}", facts)
        return PartHealth("ok", "", facts)

    async def stop(self) -> None:
        """Ends the worker and what it was making."""
        await self.engine.stop()
        for task in list(self._making.values()):
            task.cancel()
