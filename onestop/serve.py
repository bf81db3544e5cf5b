"""Runs the web server around the application: binds first, so that a taken port is told before anything else is started."""

from __future__ import annotations

import asyncio
import logging
import socket

import structlog
import uvicorn
from rich.console import Console

from onestop.addresses import show
from onestop.app import House, build
from onestop.settings import Settings
from onestop.watchdog import Watchdog

log = structlog.get_logger(__name__)

GRACEFUL_SECONDS = 5
"""After Ctrl-C open requests get this long; a webhook answers within 4.5 s."""


class _Server(uvicorn.Server):
    """Tells where it can be reached as soon as it can."""

    def __init__(self, config: uvicorn.Config, house: House, console: Console) -> None:
        super().__init__(config)
        self._house = house
        self._console = console

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            show(self._house.settings, await self._house.parts.report(), self._console)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Gives calls back before uvicorn closes their sockets."""
        await self._house.quiet()
        await super().shutdown(sockets)


def serve(settings: Settings) -> int:
    """Serves until told to stop. Gives the exit code: 0, or 1 with the reason on standard error."""
    errors = Console(stderr=True)
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as wrong:
        errors.print(
            f"Cannot listen on {settings.host}:{settings.port} ({wrong.strerror or wrong}). "
            "Is Onestop running already? Another port: onestop serve --port 8001, or ONESTOP_PORT=8001.",
            markup=False,
        )
        return 1
    app = build(settings)
    house: House = app.state.house
    logging.getLogger("uvicorn.error").addFilter(_OnceIsEnough(house))
    config = uvicorn.Config(
        app,
        log_config=None,
        ws_per_message_deflate=False,  # Asterisk's media socket: compressing sound costs time and gains nothing
        ws_max_size=64 * 1024,
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        lifespan="on",
    )
    server = _Server(config, house, Console())
    with listener, Watchdog(settings.stall_seconds) as watchdog:
        house.watchdog = watchdog
        try:
            asyncio.run(server.serve(sockets=[listener]))
        except KeyboardInterrupt:
            pass
        except SystemExit:  # uvicorn's way of saying that the start failed
            if not house.failed:
                raise
    if house.failed:
        errors.print(f"Onestop could not start: {house.failed}", markup=False, soft_wrap=True)
        return 1
    return 0


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


class _OnceIsEnough(logging.Filter):
    """A start that failed is told in one sentence at the end; uvicorn would print a traceback before it."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self._house = house

    def filter(self, record: logging.LogRecord) -> bool:
        return not (self._house.failed and record.levelno >= logging.ERROR)
