"""Who may use the trial: people at this machine, from our own page."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from onestop.settings import Settings

HEADER = "x-onestop-trial"
"""A page of another origin cannot set a header of its own without asking us first (CORS preflight), which we never allow."""

Check = Callable[[Request], Awaitable[None]]


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def may_look(settings: Settings) -> Check:
    """Allows a request from this machine that was addressed to this machine; anybody's when ONESTOP_TRIAL_PUBLIC is set.

    The Host is looked at too: a stranger's name that resolves to 127.0.0.1 must not let a stranger's page read ours (DNS rebinding).
    """

    async def check(request: Request) -> None:
        if settings.trial_public:
            return
        client = request.client.host if request.client else ""
        if not _loopback(client) or not _loopback(urlsplit(f"//{request.headers.get('host', '')}").hostname or ""):
            raise HTTPException(403, "试用页只能在运行它的这台电脑上打开（http://127.0.0.1 …）；给别的电脑用要设 ONESTOP_TRIAL_PUBLIC")

    return check


def may_act(settings: Settings) -> Check:
    """Besides: only from our own page."""
    look = may_look(settings)

    async def check(request: Request) -> None:
        await look(request)
        origin = request.headers.get("origin", "")
        host = request.headers.get("host", "")
        same = urlsplit(origin).netloc == host if origin else request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        if not same or request.headers.get(HEADER) != "1":
            raise HTTPException(403, "这个请求不是从试用页发出的")

    return check
