"""Steers Asterisk over its manager interface (AMI) through the library `asterisk-ami`, and tells the dialplan that we live.

The library is sound on the wire and weak around it (0.1.7, measured against Asterisk 22.10). What this owner does about it:

- Its time-out is the socket's and ends the reader on a quiet line: 25 s, with a ping every 10 s.
- It never comes back after a loss: on any failure a *new* client is built, after a growing pause. Its AutoReconnect is not used.
- An exception in a listener ends its reader: listeners here only hop to the event loop, in try/except.
- CR, LF or NUL in a value would be a second action (a note with a line break placed a call): refused.
- It has no lock around sending, and blocks: all its calls are made from one thread of their own, one for each client.
- A time-out is None instead of an error: answers are awaited on the event loop with a limit of ours.
"""

from __future__ import annotations

import asyncio
import re
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import structlog
from asterisk.ami import AMIClient, SimpleAction
from asterisk.ami.action import LoginAction

from dialogs.contract import PartHealth
from ivr.asterisk.configure import ALIVE_VARIABLE, AMI_USER
from ivr.contract import SwitchboardDown

log = structlog.get_logger()

# The library wakes its waiters by a name that Python has deprecated; nothing we could mend.
warnings.filterwarnings("ignore", message="notifyAll", category=DeprecationWarning, module=r"asterisk\.ami")

_FORBIDDEN = re.compile(r"[\r\n\0]")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")


class InjectionRefused(ValueError):  # noqa: N818  names what was refused
    """A value with a line break or NUL; it would have been read as another action."""


class ActionRefused(SwitchboardDown):
    """Asterisk answered, and the answer is no ("No such channel", "Permission denied")."""


@dataclass(frozen=True, slots=True)
class AmiSettings:
    """Where and as whom. Seconds otherwise.

    answer: for one action (measured: 0.3 to 11 ms). ping: shorter than `socket`, which ends the library's reader on a quiet line.
    heartbeat: the dialplan stops dialling us when three are missing. first_pause, longest_pause: between attempts, doubled each time.
    """

    port: int
    secret: str = field(repr=False)
    host: str = "127.0.0.1"
    user: str = AMI_USER
    answer: float = 3.0
    ping: float = 10.0
    socket: float = 25.0
    heartbeat: float = 3.0
    first_pause: float = 0.2
    longest_pause: float = 5.0


class _Connection:
    """One logged-in client of the library with its thread. Built anew after every failure, never mended."""

    def __init__(self, settings: AmiSettings, lost: Callable[[str], None], event: Callable[[str, dict[str, str]], None]) -> None:
        self._settings, self._lost, self._event = settings, lost, event
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ami")
        self._client: Any = AMIClient(address=settings.host, port=settings.port, timeout=settings.socket)
        # No on_action: it would be shown the login with its secret.
        self._client.add_listener(on_disconnect=self._on_disconnect)
        self._client.add_event_listener(self._on_event)

    async def open(self) -> None:
        async with asyncio.timeout(self._settings.answer):
            await self._loop.run_in_executor(self._thread, self._client.connect)
        await self.do(LoginAction(self._settings.user, self._settings.secret))

    async def do(self, action: Any) -> dict[str, str]:
        """Sends one action and gives its answer's keys. Raises ActionRefused, SwitchboardDown."""
        for key, value in action.keys.items():
            if _FORBIDDEN.search(f"{key}{value}") or ":" in str(key):
                raise InjectionRefused(f"{action.name}: {key} holds a line break or NUL")
        answered: asyncio.Future[Any] = self._loop.create_future()

        def answer(response: Any) -> None:
            if not answered.done():
                answered.set_result(response)

        def callback(response: Any) -> None:  # in the library's reader thread, which an exception would end
            try:
                self._loop.call_soon_threadsafe(answer, response)
            except Exception:  # noqa: S110  the loop has closed; nobody waits any more
                pass

        try:
            async with asyncio.timeout(self._settings.answer):
                await self._loop.run_in_executor(self._thread, self._client.send_action, action, callback)
                response = await answered
        except TimeoutError:
            self._lost(f"no answer to {action.name} within {self._settings.answer:g} s")
            raise SwitchboardDown(f"Asterisk did not answer {action.name} within {self._settings.answer:g} s") from None
        except (OSError, RuntimeError) as wrong:  # RuntimeError: this connection was closed meanwhile
            self._lost(f"{type(wrong).__name__} while sending {action.name}")
            raise SwitchboardDown(f"the connection to Asterisk broke at {action.name}") from wrong
        if response.is_error():
            raise ActionRefused(f"{action.name}: {response.keys.get('Message', 'refused')}")
        return dict(response.keys)

    def close(self) -> None:
        """Never waits: a reader that hangs is a daemon and dies with its socket."""
        if self._client.finished is not None:
            self._client.finished.set()
            try:
                self._client._socket.close()
            except OSError:
                pass
        self._thread.shutdown(wait=False, cancel_futures=True)

    # --- in the library's reader thread --------------------------------------------------------------------------------------------------

    def _on_disconnect(self, source: object, error: Exception | None = None) -> None:
        self._hop(self._lost, "Asterisk closed the connection" if error is None else f"the reader ended: {type(error).__name__}")

    def _on_event(self, event: Any, source: object, **_: object) -> None:
        self._hop(self._event, str(event.name), {str(k): str(v) for k, v in event.keys.items()})

    def _hop(self, function: Callable[..., None], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *values)
        except Exception:  # noqa: S110  the loop has closed; nobody waits any more
            pass


class Ami:
    """`ivr.contract.Switchboard` over AMI. start() once, stop() once; between them it keeps itself connected.

    alive: asked before each heartbeat; False tells the dialplan at once to bring callers to a person (the service is stopping). The
    heartbeat runs on the event loop that runs the calls, so a frozen loop stops it.
    """

    def __init__(self, settings: AmiSettings, *, alive: Callable[[], bool] = lambda: True) -> None:
        self.connects = 0
        self._settings, self._alive = settings, alive
        self._connection: _Connection | None = None
        self._lost = asyncio.Event()
        self._up = asyncio.Event()
        self._trouble = "not started"
        self._task: asyncio.Task[None] | None = None
        self._listeners: list[Callable[[str, dict[str, str]], None]] = []

    async def start(self) -> None:
        """Begins to connect; returns at once."""
        self._task = asyncio.create_task(self._keep_connected(), name="ami")

    async def stop(self) -> None:
        """Tells the dialplan that we are gone, and closes."""
        if self._connection is not None:
            try:
                await self._beat(0)
            except SwitchboardDown:
                pass  # then the heartbeat runs out by itself
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        self._trouble = "stopped"

    async def connected(self) -> None:
        """Waits until there is a connection and the first heartbeat has arrived. Cancel it to give up."""
        await self._up.wait()

    def listen(self, listener: Callable[[str, dict[str, str]], None]) -> None:
        """Calls `listener(event name, keys)` on the event loop for every event of class "call". What it raises is logged."""
        self._listeners.append(listener)

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        """Moves the caller to `extension` of `context`. Raises SwitchboardDown, ActionRefused."""
        await self.do("Redirect", Channel=_given("channel", channel), Context=context, Exten=extension, Priority="1")

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        """Sets a channel's variable, or a global one for channel "". Raises SwitchboardDown, ActionRefused."""
        if not _NAME.fullmatch(name):  # a name with brackets would be a dialplan function
            raise InjectionRefused(f"{name!r} is no name of a variable")
        target = {"Channel": channel} if channel else {}
        await self.do("Setvar", **target, Variable=name, Value=value)

    async def hangup(self, channel: str) -> None:
        """Hangs the caller up. Raises SwitchboardDown, ActionRefused."""
        await self.do("Hangup", Channel=_given("channel", channel), Cause="16")

    async def do(self, name: str, **keys: str) -> dict[str, str]:
        """Any action; its answer's keys. Raises InjectionRefused, ActionRefused, SwitchboardDown."""
        connection = self._connection
        if connection is None:
            raise SwitchboardDown(f"no connection to Asterisk: {self._trouble}")
        return await connection.do(SimpleAction(name, **keys))

    def health(self) -> PartHealth:
        """For /healthz."""
        facts: dict[str, str | int | float] = {"connects": self.connects}
        if self._up.is_set():
            return PartHealth("ok", facts=facts)
        return PartHealth("degraded" if self._task else "off", f"Asterisk cannot be steered: {self._trouble}", facts)

    # --- inside ------------------------------------------------------------------------------------------------------------------------

    async def _keep_connected(self) -> None:
        pause = self._settings.first_pause
        while True:
            self._lost = asyncio.Event()
            lost = self._lost
            connection = _Connection(self._settings, lambda why, lost=lost: self._lose(lost, why), self._tell)  # type: ignore[misc]
            try:
                await connection.open()
                self._connection = connection
                self.connects += 1
                await self._beat(int(time.time()) if self._alive() else 0)
                self._up.set()
                pause = self._settings.first_pause
                log.info("ami_connected", connects=self.connects)
                await self._live(lost)
            except (SwitchboardDown, OSError) as why:
                self._trouble = str(why) or type(why).__name__
            finally:
                self._connection = None
                self._up.clear()
                lost.set()  # the reader of a connection given up still says that it was closed, which is not why
                connection.close()
            log.warning("ami_lost", why=self._trouble, next_try_seconds=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.longest_pause)

    async def _live(self, lost: asyncio.Event) -> None:
        """Beats and pings until the connection is lost."""
        ping_at = time.monotonic() + self._settings.ping
        while not lost.is_set():
            try:
                async with asyncio.timeout(self._settings.heartbeat):
                    await lost.wait()
            except TimeoutError:
                await self._beat(int(time.time()) if self._alive() else 0)
                if time.monotonic() >= ping_at:
                    await self.do("Ping")
                    ping_at = time.monotonic() + self._settings.ping

    async def _beat(self, moment: int) -> None:
        await self.set_variable("", ALIVE_VARIABLE, str(moment))

    def _lose(self, lost: asyncio.Event, why: str) -> None:
        if not lost.is_set():
            lost.set()
            if lost is self._lost:
                self._trouble = why
                self._up.clear()

    def _tell(self, name: str, keys: dict[str, str]) -> None:
        for listener in self._listeners:
            try:
                listener(name, keys)
            except Exception as wrong:  # a listener's fault must not become the connection's
                log.error("ami_listener_failed", ami_event=name, error=type(wrong).__name__)


def _given(what: str, value: str) -> str:
    if not value or value.startswith("/"):  # Hangup reads /…/ as a pattern over all channels
        raise InjectionRefused(f"{what}: {value!r} is no name of one channel")
    return value
