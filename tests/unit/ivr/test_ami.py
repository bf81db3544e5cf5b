"""The owner of asterisk-ami against a manager that misbehaves on request. The real Asterisk is met in tests/calls."""

# ruff: noqa: ASYNC110  waiting for a condition of the thing under test, which has no event to offer

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from ivr.ami import ActionRefused, Ami, AmiSettings, InjectionRefused
from ivr.asterisk.configure import ALIVE_VARIABLE
from ivr.contract import SwitchboardDown

pytestmark = pytest.mark.filterwarnings("ignore:notifyAll:DeprecationWarning")  # the library's own

SECRET = "a-secret-of-twenty-characters"


class Manager:
    """A manager interface: takes actions, answers by `answers` (default Success), can fall silent, drop everybody, send events."""

    def __init__(self) -> None:
        self.actions: list[dict[str, str]] = []
        self.answers: dict[str, str] = {}
        self.silent_for: set[str] = set()
        self.writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self.drop()
            self._server = None

    def drop(self) -> None:
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    def event(self, text: str) -> None:
        for writer in self.writers:
            writer.write(text.encode())

    def named(self, name: str) -> list[dict[str, str]]:
        return [action for action in self.actions if action["Action"] == name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                text = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in text.strip().split("\r\n"))
                self.actions.append(action)
                if action["Action"] in self.silent_for:
                    continue
                answer = self.answers.get(action["Action"], "Response: Success")
                if action["Action"] == "Login" and action["Secret"] != SECRET:
                    answer = "Response: Error\r\nMessage: Authentication failed"
                writer.write(f"{answer}\r\nActionID: {action['ActionID']}\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass


@pytest.fixture
async def manager() -> AsyncIterator[Manager]:
    manager = Manager()
    await manager.open()
    yield manager
    await manager.close()


@pytest.fixture
async def connect(manager: Manager) -> AsyncIterator[Callable[..., Ami]]:
    made: list[Ami] = []

    def make(alive: Callable[[], bool] = lambda: True, **settings: object) -> Ami:
        quick = {"answer": 20.0, "heartbeat": 0.05, "first_pause": 0.01, "longest_pause": 0.05, "secret": SECRET}
        ami = Ami(AmiSettings(port=manager.port, **(quick | settings)), alive=alive)  # type: ignore[arg-type]
        made.append(ami)
        return ami

    yield make
    for ami in made:
        await ami.stop()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_connection_is_made_and_the_dialplan_told_at_once(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    await ami.connected()
    assert ami.health().state == "ok"
    beat = manager.named("Setvar")[0]
    assert beat["Variable"] == ALIVE_VARIABLE
    assert int(beat["Value"]) > 1_700_000_000


async def test_the_heart_goes_on_beating(manager: Manager, connect: Callable[..., Ami]):
    await connect().start()
    await until(lambda: len(manager.named("Setvar")) >= 4)


async def test_a_service_that_takes_no_calls_tells_the_dialplan(manager: Manager, connect: Callable[..., Ami]):
    await connect(alive=lambda: False).start()
    await until(lambda: manager.named("Setvar"))
    assert manager.named("Setvar")[0]["Value"] == "0"


async def test_a_frozen_event_loop_stops_the_heart(manager: Manager, connect: Callable[..., Ami]):
    import time

    await connect().start()
    await until(lambda: manager.named("Setvar"))
    before = len(manager.actions)
    time.sleep(0.5)  # noqa: ASYNC251  this is the freeze
    assert len(manager.actions) == before


async def test_stopping_tells_the_dialplan(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    await ami.connected()
    await ami.stop()
    assert manager.named("Setvar")[-1]["Value"] == "0"
    assert ami.health().state == "off"


async def test_a_manager_that_goes_and_comes_back_is_found_again(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    await ami.connected()
    await manager.close()
    await until(lambda: ami.health().state == "degraded")
    with pytest.raises(SwitchboardDown):
        await ami.redirect("call.1", "transfer", "agent")
    await manager.open()
    await ami.connected()
    assert ami.connects == 2
    await ami.redirect("call.1", "transfer", "agent")


async def test_it_keeps_coming_back(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    for times in range(1, 5):
        await until(lambda times=times: ami.connects == times and ami.health().state == "ok")
        manager.drop()
    await until(lambda: ami.connects == 5)


async def test_an_answer_that_never_comes_is_an_error_and_a_new_connection(manager: Manager, connect: Callable[..., Ami]):
    ami = connect(answer=0.2)
    await ami.start()
    await ami.connected()
    manager.silent_for.add("Redirect")
    with pytest.raises(SwitchboardDown, match="did not answer"):
        await ami.redirect("call.1", "transfer", "agent")
    await until(lambda: ami.connects == 2)


async def test_a_refusal_is_told_with_its_reason_and_keeps_the_connection(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    await ami.connected()
    manager.answers["Redirect"] = "Response: Error\r\nMessage: Channel does not exist"
    with pytest.raises(ActionRefused, match="Channel does not exist"):
        await ami.redirect("call.1", "transfer", "agent")
    assert ami.connects == 1


async def test_a_wrong_password_is_told_and_tried_again_with_pauses(manager: Manager, connect: Callable[..., Ami]):
    ami = connect(secret="wrong-wrong-wrong-wrong")
    await ami.start()
    await until(lambda: len(manager.named("Login")) >= 2)
    await until(lambda: "Authentication failed" in ami.health().reason)
    assert SECRET not in ami.health().reason


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\0"])
async def test_a_line_break_never_becomes_a_second_action(manager: Manager, connect: Callable[..., Ami], end: str):
    ami = connect()
    await ami.start()
    await ami.connected()
    smuggled = f"1{end}{end}Action: Originate{end}Channel: PJSIP/x"
    for attempt in (
        ami.redirect(smuggled, "transfer", "agent"),
        ami.redirect("call.1", smuggled, "agent"),
        ami.set_variable("call.1", "NOTE", smuggled),
        ami.set_variable("call.1", f"NOTE{end}", "1"),
        ami.hangup(smuggled),
        ami.do("Ping", **{f"Note{end}": "1"}),
    ):
        with pytest.raises(InjectionRefused):
            await attempt
    assert manager.named("Originate") == []


@pytest.mark.parametrize("channel", ["", "/.*/", "/PJSIP/"])
async def test_one_call_is_meant_and_never_all_of_them(connect: Callable[..., Ami], channel: str):
    ami = connect()
    with pytest.raises(InjectionRefused):
        await ami.hangup(channel)


async def test_a_variable_is_never_a_dialplan_function(connect: Callable[..., Ami]):
    with pytest.raises(InjectionRefused):
        await connect().set_variable("call.1", "SHELL(rm)", "1")


async def test_events_arrive_on_the_event_loop(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    seen: list[tuple[str, str]] = []
    ami.listen(lambda name, keys: seen.append((name, keys["Uniqueid"])))
    await ami.start()
    await ami.connected()
    manager.event("Event: Hangup\r\nUniqueid: call.1\r\n\r\n")
    await until(lambda: seen == [("Hangup", "call.1")])


async def test_a_listener_that_raises_ends_neither_the_connection_nor_the_other_listeners(manager: Manager, connect: Callable[..., Ami]):
    ami = connect()
    seen: list[str] = []
    ami.listen(lambda name, keys: [][1])
    ami.listen(lambda name, keys: seen.append(name))
    await ami.start()
    await ami.connected()
    manager.event("Event: Hangup\r\nUniqueid: call.1\r\n\r\n")
    await until(lambda: seen)
    await ami.redirect("call.1", "transfer", "agent")
    assert ami.connects == 1


@pytest.mark.parametrize(
    "noise", ["Event: \r\n\r\n", "Event:x\r\n\r\n", "Response: \r\n\r\n", "garbage\r\n\r\n", "Response: Success\r\nActionID: 99999\r\n\r\n"]
)
async def test_nonsense_from_the_manager_is_survived(manager: Manager, connect: Callable[..., Ami], noise: str):
    ami = connect()
    await ami.start()
    await ami.connected()
    manager.event(noise)
    await until(lambda: len(manager.named("Setvar")) >= 3)
    await ami.connected()
    await ami.redirect("call.1", "transfer", "agent")


async def test_many_actions_at_once_get_their_own_answers(connect: Callable[..., Ami]):
    ami = connect()
    await ami.start()
    await ami.connected()
    answers = await asyncio.gather(*(ami.do("Ping", Note=str(n)) for n in range(50)))
    assert len({answer["ActionID"] for answer in answers}) == 50
