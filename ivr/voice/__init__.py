"""The hotline's voice: text is normalised, cut into pieces, and each piece comes from a store of prompts
or from Kokoro in a worker process.

Only the worker imports the synthesiser; everything here is light.
"""

from ivr.voice.render import Rendered, render_all
from ivr.voice.speaker import Speaker, VoiceSettings
from ivr.voice.store import Manner

__all__ = ["Manner", "Rendered", "Speaker", "VoiceSettings", "render_all"]
