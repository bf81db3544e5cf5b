"""Speaks the utterances of utterances.yaml that have no sound yet; `--measure` plays all of them to the trial recogniser.

python -m tests.speech.generate [--measure]
"""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

import numpy as np

from ivr.contract import Final
from ivr.hearing import Ears, HearingSettings
from ivr.models import TRIAL, locate
from ivr.voice.kokoro import Kokoro, style_table
from ivr.voice.normalise import normalise
from ivr.voice.sound import to_line, write_flac
from tests.speech.line import on_the_line
from tests.speech.resident import HERE, phrases, sound_of, utterances

CACHE = HERE.parent.parent / ".cache"


def speak() -> None:
    """Makes the missing sound."""
    model = locate("kokoro-v1.0-int8", CACHE)
    if model is None:
        raise SystemExit("no voice model in the cache; run `onestop fetch` first")
    missing = [u for u in utterances() if not (HERE / "sound" / f"{u['name']}.flac").is_file()]
    speaker = Kokoro(model) if missing else None
    for n, entry in enumerate(missing, 1):
        assert speaker is not None
        voice = style_table(str(entry["voice"]), HERE / "voices")
        said = speaker.speak(normalise(str(entry["say"])), voice, float(str(entry.get("speed", 1.0))))
        write_flac(HERE / "sound" / f"{entry['name']}.flac", to_line(said))
        print(f"{n}/{len(missing)} {entry['name']}", flush=True)


RANKS = ("first", "listed", "no")
#: Silence before the words, s: what is heard depends a little on where the recogniser's frames fall, and the worst counts.
LEADS = (0.3, 0.41, 0.55, 0.73)


async def measure() -> None:
    """Prints for each utterance what the trial model hears, and whether that agrees with `heard`."""
    ears = Ears(HearingSettings(model=locate(TRIAL, CACHE), kind="trial"))
    await ears.start()
    wrong = 0
    for entry in utterances():
        results = [await heard_of(ears, entry, lead) for lead in LEADS]
        worst, said = max(results, key=lambda result: RANKS.index(result[0]))
        wrong += worst != entry["heard"]
        print(f"{'' if worst == entry['heard'] else '! '}{entry['name']}: {worst}: {said} ({entry['voice']})")
    await ears.stop()
    print(f"{wrong} differ from utterances.yaml")


async def heard_of(ears: Ears, entry: dict[str, Any], lead: float) -> tuple[str, str]:
    """The rank of what should be heard, and what was heard best."""
    ear = await ears.open()
    assert ear is not None
    await ear.begin(phrases(str(entry["grammar"])))
    silence = [np.zeros(int(seconds * 8000), np.int16) for seconds in (lead, 2.0)]
    ear.feed(on_the_line(np.concatenate([silence[0], sound_of(entry["name"]), silence[1]])))
    heard: tuple[tuple[str, float], ...] = ()
    while True:
        try:
            event = await asyncio.wait_for(ear.events.get(), 2)
        except TimeoutError:
            break
        if isinstance(event, Final):
            heard = event.alternatives
            break
    await ear.close()
    listed = [text.replace("一", "幺") if entry["grammar"] == "number" else text for text, _ in heard]
    wanted = [entry["hear"]] if entry["hear"] else []
    rank = "first" if listed[:1] == wanted else "listed" if entry["hear"] in listed else "no"
    return rank, f"{heard[0][0]} {heard[0][1]:.2f}" if heard else ""


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--measure", action="store_true")
    if arguments.parse_args().measure:
        asyncio.run(measure())
    else:
        speak()
