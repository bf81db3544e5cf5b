"""The hotline as a part of the service."""

from __future__ import annotations

import base64
import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from dialogs.words import Words
from ivr.contract import Listener
from ivr.handset import Line, PaperSwitchboard
from ivr.hotline import Hotline, HotlineSettings

from .conftest import ScriptedTalk, ask, close

SECRET = "m" * 32
OURS = {"authorization": "Basic " + base64.b64encode(f"asterisk:{SECRET}".encode()).decode()}
START = json.dumps({"event": "MEDIA_START", "channel_variables": {"__ONESTOP_CALL": "c.1", "__ONESTOP_CALLER": "13800138000"}})


class Deaf:
    """A hotline without a recogniser."""

    async def open(self) -> Listener | None:
        return None


def hotline(words: Words, **settings: object) -> Hotline:
    return Hotline(
        talk=ScriptedTalk(ask("请选。", choices=("一",)), close("再见。")),
        voice=Line(),
        hearing=Deaf(),
        switchboard=PaperSwitchboard(Line()),
        words=words,
        settings=HotlineSettings(media_secret=SECRET, sources=("testclient",), **settings),  # type: ignore[arg-type]
    )


def client(hotline: Hotline) -> TestClient:
    app = FastAPI()
    app.include_router(hotline.router)
    return TestClient(app)


def until(line: WebSocketTestSession, command: str) -> dict[str, str]:
    while True:
        message = line.receive()
        if (text := message.get("text")) and (said := json.loads(text))["command"] == command:
            return said  # type: ignore[no-any-return]


def test_a_call_goes_through_its_turns_and_ends(words: Words):
    part = hotline(words)
    with client(part) as browser, browser.websocket_connect("/media", subprotocols=["media"], headers=OURS) as line:
        line.send_text(START)
        until(line, "MARK_MEDIA")
        line.send_text('{"event":"DTMF_END","digit":"1"}')
        until(line, "FLUSH_MEDIA")
        mark = until(line, "MARK_MEDIA")
        line.send_text(json.dumps({"event": "MEDIA_MARK_PROCESSED", "correlation_id": mark["correlation_id"]}))
        until(line, "HANGUP")
    assert part.endings == {"done": 1}
    assert part.health().facts == {"calls": 0, "ended_done": 1}


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic " + base64.b64encode(b"asterisk:wrong").decode()}])
def test_a_stranger_is_refused_before_the_line_opens(words: Words, headers: dict[str, str]):
    part = hotline(words)
    with (
        client(part) as browser,
        pytest.raises(WebSocketDisconnect) as refused,
        browser.websocket_connect("/media", subprotocols=["media"], headers=headers),
    ):
        pass
    assert refused.value.code == 1008
    assert part.endings == {}


def test_one_call_too_many_is_refused_and_goes_to_a_person(words: Words):
    part = hotline(words, most_calls=0)
    with client(part) as browser, pytest.raises(WebSocketDisconnect), browser.websocket_connect("/media", headers=OURS):
        pass
    assert part.health().state == "degraded"


def test_a_caller_whom_nobody_answered_is_let_in_above_the_limit(words: Words):
    part = hotline(words, most_calls=0)
    with client(part) as browser, browser.websocket_connect("/media?unanswered=1", subprotocols=["media"], headers=OURS) as line:
        line.send_text(START)
        until(line, "MARK_MEDIA")
        line.send_text('{"event":"DTMF_END","digit":"1"}')
        until(line, "FLUSH_MEDIA")
        mark = until(line, "MARK_MEDIA")
        line.send_text(json.dumps({"event": "MEDIA_MARK_PROCESSED", "correlation_id": mark["correlation_id"]}))
        until(line, "HANGUP")
    assert part.endings == {"done": 1}


def test_a_hotline_that_stops_takes_no_caller_whom_nobody_answered(words: Words):
    part = hotline(words)
    with client(part) as browser:
        assert browser.portal is not None
        browser.portal.call(part.stop)
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/media?unanswered=1", headers=OURS):
            pass


def test_a_hotline_that_stops_gives_its_calls_back_and_takes_no_more(words: Words):
    part = hotline(words)
    with client(part) as browser:
        with browser.websocket_connect("/media", subprotocols=["media"], headers=OURS) as line:
            line.send_text(START)
            until(line, "MARK_MEDIA")
            assert browser.portal is not None
            stopping = browser.portal.start_task_soon(part.stop)
            until(line, "HANGUP")
            line.close()
            stopping.result(30)
        assert part.calls == set()
        assert part.endings == {"dialplan": 1}
        assert part.health().state == "off"
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/media", headers=OURS):
            pass
