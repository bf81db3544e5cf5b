"""Asterisk 22 of our own: unpacked into a folder, configured from one frozen record, started, watched and stopped.

What was measured about it, and why it is set up this way, is said beside each setting in `configure.py` and its templates.
"""

from ivr.asterisk.configure import AsteriskSettings, render, write
from ivr.asterisk.root import CannotSetUp, installed_version, prepare
from ivr.asterisk.server import AsteriskServer, CannotStart
from ivr.asterisk.sounds import install_sentences, missing_sentences

__all__ = [
    "AsteriskServer",
    "AsteriskSettings",
    "CannotSetUp",
    "CannotStart",
    "install_sentences",
    "installed_version",
    "missing_sentences",
    "prepare",
    "render",
    "write",
]
