"""Real calls: a SIP telephone, Asterisk, the hotline in its own process, an agent's telephone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.calls.stage import HotlineProcess, Telephone, until

from .conftest import AGENT_HZ, Exchange

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(300)]

GREETING, SECOND, BYE, HAND_OVER = 600, 700, 800, 500
SCRIPT = {
    "arrive": [f"{GREETING} for 10", "choice"],
    "1": [f"{SECOND} for 2", "digits"],
    "1234": [f"{BYE} for 1", "end"],
    "speech": [f"{SECOND} for 2", "choice"],
    "0": [f"{HAND_OVER} for 1", "hand_over"],
    "*": [f"{GREETING} for 10", "choice"],
}


def test_a_caller_goes_through_a_call_by_keys(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app = hotline(SCRIPT)
    caller = telephone("13800138000")
    assert caller.call(exchange.hotline) == 200
    caller.hears(GREETING)
    caller.press("1")
    caller.hears(SECOND)
    caller.press("1234")
    caller.hears(BYE)
    caller.is_hung_up()
    assert app.events == ["arrive", "1", "1234"]
    assert app.entries[0]["known"] == {"mobile": "13800138000"}
    until(lambda: app.health()["calls"].get("ended_done") == 1, "the call ends well")


def test_a_key_stops_the_prompt(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], tmp_path: Path
):
    hotline({**SCRIPT, "1": ["nothing", "digits"]})
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    pressed = caller.press("1")
    caller.hears_nothing(2.0)
    heard = caller.heard(tmp_path / "heard")
    assert heard.seconds_of(GREETING) < 9, "the prompt is ten seconds long and was not stopped"
    print(f"prompt stopped {(heard.quiet_from(pressed) - pressed) * 1000:.0f} ms after the key went down")


def test_speech_stops_the_prompt_and_is_the_answer(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], tmp_path: Path
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    spoke = caller.speak(hz=440, length=1.0)
    caller.hears(SECOND)
    heard = caller.heard(tmp_path / "heard")
    assert heard.seconds_of(GREETING) < 9, "the prompt is ten seconds long and was not stopped"
    assert app.events == ["arrive", "speech"]
    print(f"prompt stopped {(heard.quiet_from(spoke, 0.3) - spoke) * 1000:.0f} ms after speech began")


def test_silence_is_noticed_after_the_prompt(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app = hotline({"arrive": [f"{GREETING} for 1", "choice"], "silence": [f"{BYE} for 1", "end"]})
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.hears(BYE)
    caller.is_hung_up()
    assert app.events == ["arrive", "silence"]


def test_keys_pressed_ahead_are_kept(exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.press("11234")
    caller.hears(BYE)
    assert app.events == ["arrive", "1", "1234"]


def test_a_caller_who_hangs_up_is_told_to_the_engine(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone]
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.hang_up()
    until(lambda: app.events == ["arrive", "leave"], "the engine hears of it")


def test_zero_brings_a_person_who_hears_the_caller(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    caller = telephone()
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.press("0")
    caller.hears(HAND_OVER)
    agent.answered()
    caller.speak(hz=440, length=20)
    agent.hears(440)
    agent.speak(hz=AGENT_HZ, length=20)
    caller.hears(AGENT_HZ)
    until(lambda: app.health()["calls"].get("ended_person") == 1, "our part of the call ends with the transfer")
    agent.hang_up()
    caller.is_hung_up()
    assert app.events == ["arrive", "0"], "a conversation that a person has ended is over"


def test_numbers_of_callers_are_in_no_log(
    exchange: Exchange, hotline: Callable[..., HotlineProcess], telephone: Callable[..., Telephone], agent: Telephone
):
    app = hotline(SCRIPT)
    caller = telephone("13912345678")
    caller.call(exchange.hotline)
    caller.hears(GREETING)
    caller.press("0")
    agent.answered()
    caller.hang_up()
    until(lambda: app.health()["calls"]["calls"] == 0, "the call is over")
    assert app.entries[0]["known"] == {"mobile": "13912345678"}
    logs = [app.log, exchange.settings.outside / "console.log", *(exchange.settings.outside / "run/log").iterdir()]
    for log in logs:
        if log.is_file():
            text = log.read_text("utf-8", "replace")
            assert "13912345678" not in text, log.name
            assert exchange.settings.media_secret not in text, log.name
