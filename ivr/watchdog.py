"""Ends a process whose event loop stands still, because nobody else can help the callers that are in it.

A frozen process keeps its sockets open: Asterisk goes on waiting and the callers hear silence (watched for 15 s and more). Once the process
is gone, its lines close and the dialplan brings every caller to a person. New calls are kept away before that by the heartbeat.
"""

from __future__ import annotations

import asyncio
import faulthandler
import sys

#: Seconds. Well above the longest stall a busy machine gives a healthy loop, below what a caller bears.
LIMIT = 10.0


async def keep_watch(limit: float = LIMIT) -> None:
    """Runs until cancelled. When the event loop does not come back to it for `limit` seconds, writes every thread's stack to stderr and
    ends the process with code 1; whoever started it (systemd, Docker) starts it again.

    The timer is a C thread of `faulthandler`, which also works while Python itself is stuck. There is one in a process: call it once.
    """
    try:
        while True:
            faulthandler.dump_traceback_later(limit, exit=True, file=sys.__stderr__ or sys.stderr)
            await asyncio.sleep(limit / 5)
    finally:
        faulthandler.cancel_dump_traceback_later()
