"""A request submitted is recorded exactly once, although the process that took it is killed before it could remember that it did."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from pathlib import Path

from redis.asyncio import Redis
from sqlalchemy import text

from records.database import Database

CHILD = Path(__file__).parent / "killed_while_submitting.py"
EVENTS = [
    ["1", "arrive", ""],
    ["2", "text", "我要办老年优待证"],
    ["3", "text", "申请"],
    ["4", "text", "本人"],
    ["5", "text", "不是"],
    ["6", "text", "13800138000"],
    ["7", "text", "是的"],
]


async def run(*arguments: str) -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), *arguments, stdout=asyncio.subprocess.PIPE, cwd=CHILD.parents[2]
    )
    out, _ = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode or 0, next((line for line in out.decode().splitlines() if line.startswith("[")), "")


async def count(database: Database) -> int:
    async with database.session() as session:
        return int(await session.scalar(text("SELECT count(*) FROM cases")) or 0)


async def test_killed_between_submitting_and_saving_the_request_is_recorded_once(
    database: Database, database_url: str, redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    where = (database_url, redis_url, str(tmp_path))
    code, _ = await run(*where, "die", json.dumps(EVENTS))
    assert code == -signal.SIGKILL
    assert await count(database) == 1

    code, said = await run(*where, "live", json.dumps(EVENTS[-1:]))  # WeChat delivers the message again
    assert code == 0
    first = re.search(r"办件编号：(\d{3} \d{3} \d{4})", said)
    assert first, said
    assert await count(database) == 1

    code, again = await run(*where, "live", json.dumps(EVENTS[-1:]))  # and a third time
    assert code == 0
    assert first[1] in again
    assert await count(database) == 1
