"""A stalled loop ends the process; a busy or a stopped one does not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

from onestop.watchdog import EXIT_CODE, Watchdog


def test_a_stalled_process_ends_itself_and_leaves_its_stacks() -> None:
    program = (
        "import asyncio, time\n"
        "from onestop.watchdog import Watchdog\n"
        "async def main(dog):\n"
        "    asyncio.create_task(dog.watch())\n"
        "    await asyncio.sleep(0.1)\n"
        "    time.sleep(60)\n"
        "with Watchdog(0.4) as dog:\n"
        "    asyncio.run(main(dog))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=40, check=False)
    assert ended.returncode == EXIT_CODE
    assert "stalled" in ended.stderr
    assert "time.sleep" in ended.stderr or "in main" in ended.stderr


async def test_a_loop_that_turns_is_left_alone() -> None:
    ended = threading.Event()
    with Watchdog(0.6, ended.set) as dog:
        task = asyncio.create_task(dog.watch())
        await asyncio.sleep(1.2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(1.0)  # after the end nobody watches
    assert not ended.is_set()
