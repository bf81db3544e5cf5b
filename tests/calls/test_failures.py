"""Whatever breaks, the caller reaches a person or is told why not. Nobody is left in silence."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.calls.stage import HotlineProcess, Telephone, until

from .conftest import AGENT_HZ, DOWN_HZ, NO_AGENT_HZ, Exchange

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(400)]

GREETING, BYE, HAND_OVER = 600, 800, 500
RINGING_HZ = 450  # of Chinese exchanges
SCRIPT = {
    "arrive": [f"{GREETING} for 60", "choice"],
    "1": [f"{BYE} for 1", "end"],
    "0": [f"{HAND_OVER} for 1", "hand_over"],
    "*": [f"{GREETING} for 60", "choice"],
}


def is_with(caller: Telephone, agent: Telephone) -> None:
    """Both hear each other."""
    agent.answered()
    caller.speak(hz=440, length=20)
    agent.hears(440)
    agent.speak(hz=AGENT_HZ, length=20)
    caller.hears(AGENT_HZ)


def alive(exchange: Exchange) -> int:
    """What the dialplan last heard of the hotline (seconds of the epoch; 0: it takes no calls)."""
    found = re.search(r"HOTLINE_ALIVE=(\d+)", exchange.cli("dialplan show globals"))
    return int(found[1]) if found else 0


def test_a_hotline_killed_in_mid_call_brings_a_person(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    app.signal(signal.SIGKILL)
    caller.hears(DOWN_HZ)
    is_with(caller, agent)


def test_a_hotline_frozen_in_mid_call_ends_itself_and_brings_a_person(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.press("9")
    caller.hears(DOWN_HZ)
    is_with(caller, agent)
    assert "hotline_app.py" in app.log.read_text(), "the stack does not say where it stood"


def test_a_hotline_that_stops_in_mid_call_brings_a_person_and_says_so_to_the_dialplan(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    app.signal(signal.SIGTERM)
    caller.hears(DOWN_HZ)
    is_with(caller, agent)
    assert alive(exchange) == 0


def test_a_hotline_that_does_not_run_brings_a_person(exchange: Exchange, telephone: Callable[..., Telephone], agent: Telephone):
    caller = telephone()
    assert caller.call(exchange.hotline) == 200
    caller.hears(DOWN_HZ)
    is_with(caller, agent)


def test_a_hotline_frozen_before_the_call_brings_a_person(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    app.signal(signal.SIGSTOP)
    until(lambda: time.time() - alive(exchange) > exchange.settings.heartbeat_seconds + 1, "the heartbeat runs out")
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(DOWN_HZ)
    is_with(caller, agent)
    app.signal(signal.SIGCONT)


def test_a_hotline_that_holds_another_secret_brings_a_person(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT, media_secret="x" * 32)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(DOWN_HZ)
    is_with(caller, agent)
    assert app.events == []


def test_no_agent_at_all_is_told_politely(exchange: Exchange, telephone: Callable[..., Telephone], tmp_path: Path):
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(DOWN_HZ)
    caller.hears(NO_AGENT_HZ)
    caller.is_hung_up()


def test_an_agent_who_does_not_answer_is_told_politely_and_ringing_is_heard_meanwhile(
    exchange: Exchange, telephone: Callable[..., Telephone], agent: Telephone
):
    agent.let_it_ring()
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(DOWN_HZ)
    caller.hears(RINGING_HZ)
    caller.hears(NO_AGENT_HZ)
    caller.is_hung_up()


def test_an_asterisk_that_dies_comes_back_and_the_next_call_works(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app = hotline(SCRIPT)
    first = telephone()
    first.call(exchange.hotline)
    first.hears(GREETING)
    before = exchange.server.restarts
    os.kill(exchange.server.pid, signal.SIGKILL)
    until(lambda: app.events == ["arrive", "leave"], "the hotline notices that the line is gone")
    until(lambda: exchange.server.restarts > before and exchange.server.health().state == "ok", "Asterisk is back")
    until(lambda: app.health().get("connects", 0) >= 2 and app.health()["ami"] == "ok", "the hotline steers it again")
    second = telephone()
    assert second.call(exchange.hotline) == 200
    second.hears(GREETING)
    second.press("1")
    second.hears(BYE)
    second.is_hung_up()


# --- strangers ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "x" * 32])
def test_a_stranger_on_the_media_socket_is_refused(exchange: Exchange, hotline: Callable[..., HotlineProcess], secret: str):
    app = hotline(SCRIPT)
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://asterisk:{secret}@127.0.0.1:{app.port}/media", subprotocols=["media"])  # type: ignore[list-item]
    assert refused.value.response.status_code == 403
    assert app.events == []


def test_a_call_from_an_unknown_address_is_refused(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app = hotline(SCRIPT)
    for name in ("trunk", "agent", "13800138000"):
        stranger = telephone(name, "127.0.0.2")
        assert stranger.call(exchange.hotline) in (401, 403)
    assert app.events == []


@pytest.mark.parametrize("number", ["agent", "transfer", "110", "8613800138000"])
def test_a_caller_can_dial_the_hotline_and_nothing_else(exchange: Exchange, telephone: Callable[..., Telephone], number: str):
    assert telephone().call(exchange.hotline.replace(exchange.settings.hotline, number, 1)) >= 400


def test_an_agent_without_the_password_is_refused(exchange: Exchange):
    stranger = Telephone()
    try:
        assert stranger.be("agent", f"127.0.0.1:{exchange.settings.sip_port}", "x" * 32) in (401, 403)
    finally:
        stranger.close()


def test_a_caller_who_uses_the_agents_name_is_asked_for_the_password(exchange: Exchange, telephone: Callable[..., Telephone]):
    assert telephone("agent").call(exchange.hotline) == 401
