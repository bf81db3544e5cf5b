"""Asterisk's WebSocket channel: what is read, what is sent, who may connect."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from fastapi import WebSocketDisconnect

from ivr.media import Closed, Key, Marked, Sound, Started, WebSocketMedia, is_asterisk, read_event

# As received from Asterisk 22.10.1.
MEDIA_START = (
    '{"event":"MEDIA_START","connection_id":"onestop","channel":"WebSocket/onestop/0x7f3ff00034e0","channel_id":"hotline-1795415387.1",'
    '"format":"slin","optimal_frame_size":320,"ptime":20,"channel_variables":{"DIALEDPEERNUMBER":"onestop/c(slin)f(json)",'
    '"MEDIA_WEBSOCKET_OPTIMAL_FRAME_SIZE":"320","__ONESTOP_CALLER":"13800138000","__ONESTOP_CALL":"hotline-1795415386.0"}}'
)


class Socket:
    """The parts of a FastAPI WebSocket that are used."""

    def __init__(self, *incoming: dict[str, Any], host: str = "127.0.0.1", authorization: str = "", unanswered: str | None = None) -> None:
        self.incoming, self.sent = list(incoming), []
        self.headers = {"authorization": authorization}
        self.client = type("Client", (), {"host": host})()
        self.query_params = {} if unanswered is None else {"unanswered": unanswered}
        self.broken = False

    async def receive(self) -> dict[str, Any]:
        return self.incoming.pop(0)

    async def send_bytes(self, data: bytes) -> None:
        if self.broken:
            raise WebSocketDisconnect
        self.sent.append(data)

    async def send_text(self, data: str) -> None:
        if self.broken:
            raise RuntimeError("closed")
        self.sent.append(json.loads(data))


def basic(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def test_the_start_tells_the_callers_channel_and_number():
    assert read_event(MEDIA_START) == Started("hotline-1795415386.0", "13800138000")


def test_a_caller_number_that_is_no_number_is_nobody():
    assert read_event(MEDIA_START.replace("13800138000", "sip:x@y")) == Started("hotline-1795415386.0", "")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"event":"DTMF_END","digit":"A"}', '{"event":"DTMF_END","digit":"12"}', '{"event":9}']
)
def test_what_cannot_be_used_is_passed_over(text: str):
    assert read_event(text) is None


async def test_sound_keys_and_marks_come_in_order_and_the_end_is_told():
    socket = Socket(
        {"type": "websocket.receive", "bytes": b"\1\2"},
        {"type": "websocket.receive", "text": '{"event":"DTMF_END","digit":"#"}'},
        {"type": "websocket.receive", "text": '{"event":"MEDIA_MARK_PROCESSED","correlation_id":"1.0.0"}'},
        {"type": "websocket.disconnect"},
    )
    assert [event async for event in WebSocketMedia(socket).events()] == [Sound(b"\1\2"), Key("#"), Marked("1.0.0"), Closed()]  # type: ignore[arg-type]


@pytest.mark.parametrize(("given", "times"), [(None, 0), ("0", 0), ("1", 1), ("", 0), ("-1", 0), ("x", 0), ("٣", 0), ("99999", 0)])
async def test_the_start_tells_how_often_nobody_came(given: str | None, times: int):
    socket = Socket({"type": "websocket.receive", "text": MEDIA_START}, {"type": "websocket.disconnect"}, unanswered=given)
    assert await anext(WebSocketMedia(socket).events()) == Started("hotline-1795415386.0", "13800138000", times)  # type: ignore[arg-type]


async def test_only_whole_frames_are_sent_because_asterisk_throws_the_rest_away():
    socket = Socket()
    await WebSocketMedia(socket).send_sound(b"\1" * 1000)  # type: ignore[arg-type]
    assert [len(sent) % 320 for sent in socket.sent] == [0]
    assert b"".join(socket.sent).rstrip(b"\0") == b"\1" * 1000


async def test_a_long_sentence_goes_in_messages_that_asterisk_accepts():
    socket = Socket()
    await WebSocketMedia(socket).send_sound(bytes(200_000))  # type: ignore[arg-type]
    assert max(len(sent) for sent in socket.sent) <= 65_535
    assert sum(len(sent) for sent in socket.sent) == 200_000


async def test_a_command_asterisk_would_drop_is_refused():
    with pytest.raises(ValueError, match="shorter id"):
        await WebSocketMedia(Socket()).mark("x" * 120)  # type: ignore[arg-type]


async def test_sending_on_a_line_that_has_gone_does_nothing():
    socket = Socket()
    media = WebSocketMedia(socket)  # type: ignore[arg-type]
    socket.broken = True
    await media.send_sound(bytes(320))
    await media.flush()
    await media.hangup()
    assert socket.sent == []


@pytest.mark.parametrize(
    ("host", "authorization", "allowed"),
    [
        ("127.0.0.1", basic("asterisk", "s" * 32), True),
        ("127.0.0.1", basic("asterisk", "t" * 32), False),
        ("127.0.0.1", basic("somebody", "s" * 32), False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "Basic !!!", False),
        ("127.0.0.1", "Bearer " + "s" * 32, False),
        ("10.0.0.9", basic("asterisk", "s" * 32), False),
    ],
)
def test_only_our_asterisk_may_connect(host: str, authorization: str, allowed: bool):
    socket = Socket(host=host, authorization=authorization)
    assert is_asterisk(socket, "s" * 32, ("127.0.0.1",)) is allowed  # type: ignore[arg-type]


def test_without_a_secret_nobody_may_connect():
    assert not is_asterisk(Socket(authorization=basic("asterisk", "")), "", ("127.0.0.1",))  # type: ignore[arg-type]
