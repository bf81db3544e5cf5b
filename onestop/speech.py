"""Opens the voice and the ears, and chooses the recogniser's model: VOSK_MODEL, the official one, our trial model, or keys only."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from dialogs.contract import PartHealth
from ivr.hearing import Ears, HearingSettings
from ivr.hearing.vocabulary import segment
from ivr.models import choose_recogniser, locate
from ivr.voice import Manner, Speaker, VoiceSettings
from onestop.parts import Parts
from onestop.settings import Settings

log = structlog.get_logger(__name__)

VOICE_MODEL = "kokoro-v1.0-int8"


async def open_voice(settings: Settings, parts: Parts) -> Speaker:
    """The hotline's voice. Without its model it still speaks what was rendered ahead."""
    model = None if settings.voice == "off" else locate(VOICE_MODEL, settings.cache)
    manner = Manner() if settings.voice == "off" else Manner(voice=settings.voice)
    speaker = Speaker(VoiceSettings(model=model, cache=settings.cache / "prompts", manner=manner))
    parts.at_end("voice", speaker.stop)

    async def probe() -> PartHealth:
        return speaker.health()

    parts.watch("voice", probe)
    return speaker


async def open_hearing(settings: Settings, parts: Parts) -> Ears:
    """The hotline's ears. Without a model, or with ONESTOP_RECOGNISERS=0, calls go by keys alone."""
    chosen = choose_recogniser(settings.vosk_model, settings.cache)
    ears = Ears(HearingSettings(model=chosen.folder, kind=chosen.kind, why=chosen.why, workers=settings.recognisers))
    parts.at_end("recogniser", ears.stop)
    log.info("recogniser.model", kind=chosen.kind or "none", why=chosen.why)
    await parts.start("recogniser", ears.start)

    async def probe() -> PartHealth:
        return ears.health()

    parts.watch("recogniser", probe)
    return ears


def hearable(settings: Settings) -> Callable[[str], bool] | None:
    """Says whether the chosen model can hear a phrase, by its list of words; None when there is no model, or none that lists them."""
    folder = choose_recogniser(settings.vosk_model, settings.cache).folder
    listed = next((path for path in (folder / "graph" / "words.txt", folder / "words.txt") if path.is_file()), None) if folder else None
    if listed is None:
        return None
    words = frozenset(line.split(" ", 1)[0] for line in listed.read_text("utf-8").splitlines())
    return lambda phrase: segment(phrase, words.__contains__) is not None
