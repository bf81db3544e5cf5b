"""One call's sound, keys and marks: what a call needs of any line, and Asterisk's WebSocket channel as the line we use.

Protocol: Asterisk 22 `chan_websocket` with JSON control messages
(https://docs.asterisk.org/Configuration/Channel-Drivers/WebSocket/). Measured behaviour is noted where it forces our hand.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

from fastapi import WebSocket, WebSocketDisconnect

from ivr.asterisk.configure import CALL_VARIABLE, CALLER_VARIABLE, UNANSWERED
from ivr.contract import FRAME_BYTES

SUBPROTOCOL = "media"  # Asterisk drops a connection that does not answer with it
MESSAGE_BYTES = FRAME_BYTES * 100  # 2 s in a message; Asterisk takes up to 65,535 bytes
COMMAND_BYTES = 128  # longer text commands are dropped without a word


@dataclass(frozen=True, slots=True)
class Started:
    """The line is open. call: Asterisk's id of the caller's channel, by which AMI finds it. caller: digits of the caller's number, or "".

    unanswered: how often this call has been brought to a person who did not come.
    """

    call: str
    caller: str
    unanswered: int = 0


@dataclass(frozen=True, slots=True)
class Sound:
    """What the caller's microphone gave: PCM, 8 kHz, 16 bit, mono; about 20 ms. None come while a key is held down."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A key was released: one of 0-9 * #."""

    digit: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Everything sent before this mark has been heard. Marks behind flushed sound never come."""

    id: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The line is gone: the caller hung up, or was moved elsewhere. The last event."""


MediaEvent = Started | Sound | Key | Marked | Closed


class MediaTransport(Protocol):
    """A line to one caller. Sends after the line has gone do nothing; `Closed` tells."""

    async def send_sound(self, pcm: bytes) -> None:
        """Queues sound to be played in real time; the line holds 20 s at most, so the sender keeps below that."""
        ...

    async def mark(self, mark: str) -> None:
        """Asks for `Marked(mark)` when what was sent so far has been heard. At most 60 ASCII characters."""
        ...

    async def flush(self) -> None:
        """Throws away what is queued; the caller hears nothing more of it."""
        ...

    async def hangup(self) -> None:
        """Ends our part of the call. What becomes of the caller is the dialplan's business. Safe to call twice."""
        ...

    def events(self) -> AsyncIterator[MediaEvent]:
        """Everything that happens on the line, `Started` first and `Closed` last."""
        ...


class WebSocketMedia:
    """`MediaTransport` over the connection that Asterisk's Dial(WebSocket/…) opens to us."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._unanswered = unanswered(websocket)
        self._sending = asyncio.Lock()
        self._gone = False

    async def send_sound(self, pcm: bytes) -> None:
        # Outside its buffering mode, Asterisk throws away what is behind the last whole frame.
        pcm += bytes(-len(pcm) % FRAME_BYTES)
        for start in range(0, len(pcm), MESSAGE_BYTES):
            await self._send(pcm[start : start + MESSAGE_BYTES])

    async def mark(self, mark: str) -> None:
        await self._command("MARK_MEDIA", correlation_id=mark)

    async def flush(self) -> None:
        await self._command("FLUSH_MEDIA")

    async def hangup(self) -> None:
        await self._command("HANGUP")

    async def events(self) -> AsyncIterator[MediaEvent]:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                self._gone = True
                yield Closed()
                return
            if sound := message.get("bytes"):
                yield Sound(sound)
            elif (text := message.get("text")) and (event := read_event(text)) is not None:
                yield replace(event, unanswered=self._unanswered) if isinstance(event, Started) else event

    async def _command(self, name: str, **values: str) -> None:
        text = json.dumps({"command": name, **values})
        if len(text) > COMMAND_BYTES:
            raise ValueError(f"{name}: Asterisk drops commands above {COMMAND_BYTES} bytes; use a shorter id")
        await self._send(text)

    async def _send(self, data: bytes | str) -> None:
        async with self._sending:
            if self._gone:
                return
            try:
                if isinstance(data, str):
                    await self._websocket.send_text(data)
                else:
                    await self._websocket.send_bytes(data)
            except (WebSocketDisconnect, RuntimeError):  # starlette's ways of saying that the other side has closed
                self._gone = True


def read_event(text: str) -> MediaEvent | None:
    """One control message of Asterisk; None for those nobody here waits for, and for what cannot be read."""
    try:
        message: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(message, dict):
        return None
    match message.get("event"):
        case "MEDIA_START":
            given = message.get("channel_variables")
            # Inherited variables keep the underscores that make them inherited.
            variables = {str(k).lstrip("_"): str(v) for k, v in given.items()} if isinstance(given, dict) else {}
            caller = variables.get(CALLER_VARIABLE, "")
            return Started(variables.get(CALL_VARIABLE, ""), caller if caller.isascii() and caller.isdigit() else "")
        case "DTMF_END":
            digit = str(message.get("digit", ""))
            return Key(digit) if len(digit) == 1 and digit in "0123456789*#" else None
        case "MEDIA_MARK_PROCESSED":
            return Marked(str(message.get("correlation_id", "")))
    return None


def unanswered(websocket: WebSocket) -> int:
    """How often the call behind this connection has been brought to a person who did not come; the dialplan puts it into the address."""
    given = websocket.query_params.get(UNANSWERED, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) == 1 else 0


def is_asterisk(websocket: WebSocket, secret: str, sources: tuple[str, ...]) -> bool:
    """Whether this connection comes from where our Asterisk is and carries its secret (Basic authorization, user "asterisk")."""
    if websocket.client is None or websocket.client.host not in sources:
        return False
    kind, _, given = websocket.headers.get("authorization", "").partition(" ")
    try:
        shown = base64.b64decode(given.strip(), validate=True)
    except (ValueError, binascii.Error):
        return False
    return kind.lower() == "basic" and bool(secret) and hmac.compare_digest(shown, f"asterisk:{secret}".encode())
