"""Asterisk's configuration: locked down, and nothing gets into it that could change its meaning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.asterisk.configure import AsteriskSettings, SettingError, render

SETTINGS = AsteriskSettings(
    root=Path("/nowhere"),
    media_uri="ws://127.0.0.1:8000/media",
    media_secret="m" * 32,
    ami_secret="a" * 32,
    agent_password="p" * 32,
    sip_port=5060,
    ami_port=5038,
)


@pytest.mark.parametrize("name", ["media_secret", "ami_secret", "agent_password"])
@pytest.mark.parametrize("value", ["", "short", "x" * 19, "x" * 101, "x" * 30 + "\nread=all", "x" * 30 + ";", "密" * 30])
def test_a_weak_or_foreign_secret_is_refused(name: str, value: str):
    with pytest.raises(SettingError, match=name):
        replace(SETTINGS, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bind", "localhost"),
        ("callers", ()),
        ("callers", ("1.2.3.4\npermit=0.0.0.0/0",)),
        ("agents", ("::1",)),
        ("hotline", "12345,1,System(x)"),
        ("agent", "agent](telephone)"),
        ("name", "../etc"),
        ("media_uri", "ws://127.0.0.1:8000/media\nusername=x"),
        ("media_uri", "http://127.0.0.1/"),
        ("rtp", (20999, 20000)),
    ],
)
def test_a_value_that_would_change_the_meaning_is_refused(name: str, value: object):
    with pytest.raises(SettingError, match=name):
        replace(SETTINGS, **{name: value})


def test_there_is_no_default_secret():
    with pytest.raises(TypeError):
        AsteriskSettings(root=Path("/nowhere"), media_uri="ws://127.0.0.1/media", sip_port=1, ami_port=2)  # type: ignore[call-arg]


def test_sip_is_bound_to_the_named_address_and_ami_to_loopback():
    files = render(replace(SETTINGS, bind="10.1.2.3", sip_port=5070, ami_port=5039))
    assert "bind=10.1.2.3:5070" in files["pjsip.conf"]
    assert "0.0.0.0:" not in "".join(files.values())
    assert "bindaddr=127.0.0.1\nport=5039" in files["manager.conf"]
    assert "enabled=no" in files["http.conf"]


def test_only_named_addresses_may_call():
    pjsip = render(replace(SETTINGS, callers=("10.0.0.5", "10.0.1.0/24"), agents=("10.0.2.2",)))["pjsip.conf"]
    assert [line for line in pjsip.splitlines() if line.startswith(("match=", "permit=", "deny="))] == [
        "deny=0.0.0.0/0.0.0.0",
        "permit=10.0.0.5",
        "permit=10.0.1.0/24",
        "permit=10.0.2.2",
        "match=10.0.0.5",
        "match=10.0.1.0/24",
    ]
    assert "anonymous" not in pjsip


def test_a_caller_cannot_be_known_by_a_name_and_an_agent_only_with_a_password():
    pjsip = render(SETTINGS)["pjsip.conf"]
    trunk, agent = pjsip.split("[trunk](telephone)")[1], pjsip.split("[agent](telephone)")[1]
    assert "identify_by=ip" in trunk.split("[")[0]
    assert "auth=agent" in agent.split("[")[0]
    assert f"password={'p' * 32}" in agent


def test_nothing_that_runs_programs_is_loaded():
    modules = render(SETTINGS)["modules.conf"]
    loaded = {line.removeprefix("load=") for line in modules.splitlines() if line.startswith("load=")}
    assert "autoload=no" in modules
    assert "chan_websocket.so" in loaded
    assert not loaded & {"app_system.so", "func_shell.so", "func_curl.so", "res_agi.so", "res_clioriginate.so", "res_ari.so"}


def test_callers_reach_the_hotline_and_nothing_else():
    dialplan = render(replace(SETTINGS, hotline="12349"))["extensions.conf"]
    trunk = dialplan.split("[from-trunk]")[1].split("[from-agent]")[0]
    assert "exten => 12349,1,Answer()" in trunk
    assert "exten => _X.,1,Hangup(21)" in trunk
    assert "include" not in trunk


def test_the_callers_number_never_gets_into_an_address():
    files = render(SETTINGS)
    dial = next(line for line in files["extensions.conf"].splitlines() if "Dial(WebSocket" in line)
    assert "CALLERID" not in dial
    assert "m" * 32 not in files["extensions.conf"]
    assert "${FILTER(0-9,${CALLERID(num)})}" in files["extensions.conf"]


def test_console_and_logs_keep_no_callers_numbers():
    assert "verbose" not in render(SETTINGS)["logger.conf"].split("[logfiles]")[1]


def test_whoever_was_called_for_in_vain_is_brought_back_before_the_recording():
    transfer = render(SETTINGS)["extensions.conf"].split("[transfer]")[1]
    dial, back, recording = (transfer.index(part) for part in ("Dial(PJSIP/agent,30,r)", "?talk,application,1", "Playback("))
    assert dial < back < recording


def test_how_often_nobody_came_is_told_with_the_address_and_nothing_else_is():
    dial = next(line for line in render(SETTINGS)["extensions.conf"].splitlines() if "Dial(WebSocket" in line)
    assert "v(unanswered=${UNANSWERED})" in dial
    assert dial.count("${") == 1
