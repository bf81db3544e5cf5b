"""Asterisk as a child of ours: found again after our death, started anew when its configuration changed, honest when it cannot start."""

from __future__ import annotations

import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ivr.asterisk import AsteriskServer, AsteriskSettings, CannotStart
from tests.calls.stage import free_port

from .conftest import Exchange

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]


@pytest.fixture
def own(exchange: Exchange) -> Iterator[AsteriskSettings]:
    """Settings of an instance beside the session's."""
    settings = replace(
        exchange.settings,
        name=f"{exchange.settings.name}-b",
        sip_port=free_port(socket.SOCK_DGRAM),
        ami_port=free_port(),
        rtp=(40_000, 40_099),
    )
    yield settings
    shutil.rmtree(settings.outside, ignore_errors=True)


async def forgotten(server: AsteriskServer) -> None:
    """As if the process that started it had been killed."""
    assert server._watch is not None
    server._watch.cancel()


async def test_an_asterisk_left_behind_is_taken_over_and_its_calls_go_on(own: AsteriskSettings):
    first, second = AsteriskServer(own), AsteriskServer(own)
    await first.start()
    pid = first.pid
    await forgotten(first)
    await second.start()
    assert second.pid == pid
    assert second.health().state == "ok"
    await second.stop()
    assert second.pid == 0
    assert second.health().state == "off"


async def test_an_asterisk_left_behind_with_another_configuration_is_started_anew(own: AsteriskSettings):
    first, second = AsteriskServer(own), AsteriskServer(replace(own, agent_password=secrets.token_hex(16)))
    await first.start()
    pid = first.pid
    await forgotten(first)
    await second.start()
    assert second.pid not in (0, pid)
    await second.stop()
    await first.stop()


async def test_a_child_whose_command_line_cannot_be_read_yet_is_waited_for(own: AsteriskSettings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("ivr.asterisk.server._runs", lambda pid, settings: False)  # as /proc tells while chroot becomes Asterisk
    server = AsteriskServer(own)
    await server.start()
    try:
        assert "Asterisk 22" in await server.cli("core show version")
    finally:
        await server.stop()
    assert server.health().state == "off"


async def test_its_own_folders_are_closed_to_others(own: AsteriskSettings):
    server = AsteriskServer(own)
    await server.start()
    try:
        assert oct((own.outside / "run/run").stat().st_mode)[-3:] == "700"
        for file in (own.outside / "etc").iterdir():
            assert oct(file.stat().st_mode)[-3:] == "640", file.name
            assert (file.stat().st_uid, file.stat().st_gid) == (0, own.uid)
    finally:
        await server.stop()


async def test_an_asterisk_that_cannot_run_says_why(own: AsteriskSettings, monkeypatch: pytest.MonkeyPatch):
    server = AsteriskServer(own)
    monkeypatch.setattr("ivr.asterisk.server.write", lambda settings: True)  # no configuration at all
    own.outside.mkdir(parents=True)
    with pytest.raises(CannotStart, match="did not start"):
        await server.start()
    assert server.pid == 0


async def test_a_taken_port_is_told_instead_of_a_hotline_nobody_can_reach(own: AsteriskSettings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((own.bind, own.sip_port))
        server = AsteriskServer(own)
        with pytest.raises(CannotStart, match=f"UDP port {own.bind}:{own.sip_port} is taken"):
            await server.start()
        assert server.pid == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", own.ami_port))
        other.listen()
        server = AsteriskServer(own)
        with pytest.raises(CannotStart, match=f"TCP port 127.0.0.1:{own.ami_port} is taken"):
            await server.start()
        assert server.pid == 0
