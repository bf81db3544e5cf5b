"""What is promised when processes are killed with SIGKILL at the worst moment: recorded once, told at least once, under one key."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from onestop.embedded import Embedded
from records.cases import Act, Cases
from records.catalogue import Catalogue, sample_files
from records.database import Database
from records.notices import Notices
from records.vault import Vault

from .records_children import SECRET, submission

CHILD = Path(__file__).parent / "records_children.py"
MANY = 40


@pytest.fixture
def children() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for child in started:
        child.kill()
        child.wait()


def start(children: list[subprocess.Popen[str]], *arguments: str) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, str(CHILD), *arguments], stdout=subprocess.PIPE, text=True)
    children.append(child)
    return child


async def line(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return (await asyncio.to_thread(child.stdout.readline)).strip()


@pytest.fixture
async def cases(database: Database) -> Cases:
    await Catalogue(database).import_files(sample_files())
    return Cases(database, Vault(SECRET))


@pytest.mark.slow
async def test_requests_retried_after_their_process_was_killed_are_recorded_once(
    cases: Cases, database: Database, database_url: str, children: list[subprocess.Popen[str]]
) -> None:
    told: dict[str, set[str]] = {}
    done = 0
    for stop_after in (3, 9, MANY):  # killed in the middle twice; each time the last one told is sent again with the rest
        first = max(done - 1, 0)
        child = start(children, "submit", database_url, str(first), str(MANY - first))
        while done < stop_after:
            answer = await line(child)
            assert answer, "the child ended early"
            name, number = answer.split()
            told.setdefault(name, set()).add(number)
            done = int(name) + 1
        child.kill()
        child.wait()
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM cases")) == MANY
        assert await session.scalar(text("SELECT count(*) FROM case_events")) == MANY
    assert len(told) == MANY
    assert all(len(numbers) == 1 for numbers in told.values())


@pytest.mark.slow
async def test_a_notice_under_way_when_its_worker_is_killed_is_sent_again_under_the_same_key(
    cases: Cases, database: Database, database_url: str, tmp_path: Path, children: list[subprocess.Popen[str]]
) -> None:
    case = await cases.submit(submission("request", notify="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    log = tmp_path / "deliveries"
    child = start(children, "deliver", database_url, str(log), "yes")
    assert await line(child) == "delivering"
    child.kill()
    child.wait()
    async with database.session() as session:  # as if the heartbeat had been missing for a minute
        await session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    again = start(children, "deliver", database_url, str(log), "no")
    assert await asyncio.to_thread(again.wait, 60) == 0
    keys = log.read_text().split()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert (await Notices(database, Vault(SECRET)).health()).waiting == 0


@pytest.mark.slow
async def test_a_notice_sent_is_not_sent_again_by_workers_started_later(
    cases: Cases, database: Database, database_url: str, tmp_path: Path, children: list[subprocess.Popen[str]]
) -> None:
    case = await cases.submit(submission("request", notify="openid-1"))
    await cases.move(case.number, Act.ACCEPT, "李")
    log = tmp_path / "deliveries"
    for _ in range(2):
        worker = start(children, "deliver", database_url, str(log), "no")
        assert await asyncio.to_thread(worker.wait, 60) == 0
    assert len(log.read_text().split()) == 1
    async with database.session() as session:  # its job comes a second time, whatever the reason
        await session.execute(text("UPDATE procrastinate_jobs SET status = 'todo'"))
    worker = start(children, "deliver", database_url, str(log), "no")
    assert await asyncio.to_thread(worker.wait, 60) == 0
    assert len(log.read_text().split()) == 1


async def test_a_database_that_was_restarted_is_used_again_without_an_error() -> None:
    folder = Path(tempfile.mkdtemp(prefix="onestop-tests-"))
    servers = Embedded(folder, valkey=False, durable=False)
    servers.start()
    try:
        database = Database(servers.database_url)
        await database.migrate()
        await Catalogue(database).import_files(sample_files())
        cases = Cases(database, Vault(SECRET))
        first = await cases.submit(submission("a"))
        servers.stop()
        assert not await database.ping()
        servers.start()
        assert await database.ping()
        assert (await cases.submit(submission("a"))).number == first.number
        await database.close()
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)
