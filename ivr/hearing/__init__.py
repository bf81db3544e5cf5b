"""The hotline's ears: Vosk in worker processes, a grammar for each question, and nothing that one call does can end another's.

Only the worker imports Vosk; a call that finds no ear goes on by keys.
"""

from ivr.hearing.pool import Ears, HearingSettings

__all__ = ["Ears", "HearingSettings"]
