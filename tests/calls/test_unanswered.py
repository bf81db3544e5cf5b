"""Nobody is told of a transfer that did not happen: who was called for in vain is back in the conversation, and hears so."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.calls.stage import HotlineProcess, Telephone, until

from .conftest import AGENT_HZ, DOWN_HZ, NO_AGENT_HZ, Exchange

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(400)]

GREETING, HAND_OVER, NOBODY, BYE = 600, 500, 1000, 800
RINGING_HZ = 450  # of Chinese exchanges
SCRIPT = {
    "arrive": [f"{GREETING} for 60", "choice"],
    "0": [f"{HAND_OVER} for 1", "hand_over"],
    "unanswered": [f"{NOBODY} for 60", "choice"],
    "1": [f"{BYE} for 1", "end"],
}


def call(exchange: Exchange, caller: Telephone) -> None:
    assert caller.call(exchange.hotline) == 200
    caller.hears(GREETING)
    caller.press("0")
    caller.hears(HAND_OVER)


def test_an_agent_who_is_not_there_is_told_in_the_same_conversation(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], tmp_path: Path
):
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(NOBODY)
    caller.press("1")
    caller.hears(BYE)
    caller.is_hung_up()
    assert app.events == ["arrive", "0", "unanswered", "1"]
    assert len({entry["call"] for entry in app.entries}) == 1
    assert all(entry["known"] == {"mobile": "13800138000"} for entry in app.entries)
    heard = caller.heard(tmp_path / "heard")
    assert heard.seconds_of(DOWN_HZ) == heard.seconds_of(NO_AGENT_HZ) == 0, "the dialplan spoke though the application lives"
    until(lambda: app.health()["calls"].get("ended_done") == 1, "the call ends well")


def test_an_agent_who_does_not_answer_is_told_after_the_ringing(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    agent.let_it_ring()
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(RINGING_HZ)
    caller.hears(NOBODY)
    assert app.events == ["arrive", "0", "unanswered"]


def test_an_agent_who_is_engaged_is_told_at_once(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone, tmp_path: Path
):
    agent.is_busy()
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    begun = caller.hears(HAND_OVER)
    told = caller.hears(NOBODY)
    print(f"told {told - begun:.1f} s after the hand-over was announced, which takes one second to say")
    assert told - begun < exchange.settings.ring_seconds
    assert app.events == ["arrive", "0", "unanswered"]


def test_the_second_time_nobody_comes_the_recording_says_so_and_ends(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(NOBODY)
    caller.press("0")
    caller.hears(NO_AGENT_HZ)
    caller.is_hung_up()
    assert app.events == ["arrive", "0", "unanswered", "0"]


def test_an_agent_who_comes_at_the_second_try_has_the_caller(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], request: pytest.FixtureRequest
):
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(NOBODY)
    agent: Telephone = request.getfixturevalue("agent")
    caller.press("0")
    agent.answered()
    agent.speak(hz=AGENT_HZ, length=20)
    caller.hears(AGENT_HZ)
    agent.hang_up()
    caller.is_hung_up()
    assert app.events == ["arrive", "0", "unanswered", "0"]


def test_a_hotline_killed_while_it_rings_leaves_the_recording_to_say_it(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    agent.let_it_ring()
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(RINGING_HZ)
    app.signal(signal.SIGKILL)
    caller.hears(NO_AGENT_HZ)
    caller.is_hung_up()


def test_a_hotline_killed_after_it_said_that_nobody_came_brings_a_person_all_the_same(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], request: pytest.FixtureRequest
):
    app, caller = hotline(SCRIPT), telephone()
    call(exchange, caller)
    caller.hears(NOBODY)
    agent: Telephone = request.getfixturevalue("agent")
    app.signal(signal.SIGKILL)
    caller.hears(DOWN_HZ)
    agent.answered()
    agent.speak(hz=AGENT_HZ, length=20)
    caller.hears(AGENT_HZ)


def test_a_hotline_that_is_back_when_nobody_answers_takes_the_call_up_again(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    agent.let_it_ring()
    app, caller = hotline(SCRIPT), telephone()
    assert caller.call(exchange.hotline) == 200
    caller.hears(GREETING)
    app.signal(signal.SIGKILL)
    caller.hears(DOWN_HZ)
    app.start()
    caller.hears(NOBODY)
    assert app.events == ["arrive", "unanswered"]
