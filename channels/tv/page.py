"""A screen as HTML: one file with its style and its script, as old boxes want it, and only characters that Jinja2 has escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from channels.tv.keys import KeyMap
from channels.tv.layout import FRAMES, Frame, every_box
from channels.tv.screen import Screen
from dialogs.words import Words

TEMPLATES = Path(__file__).parent / "templates"
#: A page with its style and script; boxes with little memory give up on larger ones.
MOST_BYTES = 60_000
#: How long the script waits for an answer, in ms (boxes: 5 to 8 s).
ANSWER_MS = 8000


@dataclass(frozen=True, slots=True)
class Dress:
    """What is the same on all screens of a television: its key map, and the seconds after which a page warns and wipes itself."""

    keys: KeyMap
    idle_seconds: int
    warn_seconds: int


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def style(frame_name: str) -> Markup:
    """The style sheet of a frame; it names every box once, so that a page needs no style attributes."""
    frame: Frame = FRAMES[frame_name]
    boxes = "".join(f".{b.name}{{left:{b.x}px;top:{b.y}px;width:{b.w}px;height:{b.h}px}}" for b in every_box(frame))
    sheet = _environment().get_template("tv.css").render(f=frame)
    return Markup(" ".join(sheet.split()) + boxes)  # noqa: S704  made of numbers


@cache
def script() -> Markup:
    """The script, without its comments and indentation."""
    lines = (line.strip() for line in (TEMPLATES / "tv.js").read_text("utf-8").splitlines())
    return Markup("\n".join(line for line in lines if line and not line.startswith("//")))  # noqa: S704  a file of ours


def html(screen: Screen, words: Words, dress: Dress, nonce: str) -> str:
    """The page. `nonce` is the one that the Content-Security-Policy allows scripts by."""
    keys: Mapping[str, str] = {str(code): name for code, name in dress.keys.items()}
    settings = {
        "keys": keys,
        "idle": dress.idle_seconds,
        "warn": dress.warn_seconds,
        "answer": ANSWER_MS,
        "working": words("tv.working"),
        "none": words("tv.no_answer"),
    }
    return (
        _environment()
        .get_template("tv.html")
        .render(s=screen, f=screen.frame, words=words, settings=settings, style=style(screen.frame.name), script=script(), nonce=nonce)
    )
