"""The embedded servers: shared by processes, stopped by the last, found again after a crash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
import redis

from onestop.embedded import Embedded, EmbeddedError

HOLD = """
import sys
from pathlib import Path
from onestop.embedded import Embedded
servers = Embedded(Path(sys.argv[1]), durable=False)
servers.start()
print(servers.redis_url, flush=True)
sys.stdin.read()
servers.stop()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="onestop-tests-"))
    yield path
    with Embedded(path, durable=False):  # whatever a test left running is joined, and stopped by the last to leave
        pass
    shutil.rmtree(path, ignore_errors=True)


def answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def connects(url: str) -> bool:
    try:
        psycopg.connect(url.replace("+psycopg", "")).close()
    except psycopg.Error:
        return False
    return True


def hold(folder: Path) -> tuple[subprocess.Popen[str], str]:
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    lines = iter(child.stdout.readline, "")
    return child, next(found.strip() for found in lines if found.startswith("redis://"))


def test_servers_stay_until_the_last_process_leaves(folder: Path) -> None:
    child, url = hold(folder)
    mine = Embedded(folder, durable=False)
    mine.start()
    assert mine.redis_url == url
    child.communicate()  # the one that started them leaves
    assert answers(mine.redis_url)
    assert connects(mine.database_url)
    database, valkey = mine.database_url, mine.redis_url
    mine.stop()
    assert not answers(valkey)
    assert not connects(database)


def test_servers_of_a_killed_process_are_found_again_and_stopped(folder: Path) -> None:
    child, url = hold(folder)
    child.kill()
    child.wait()
    assert answers(url)
    mine = Embedded(folder, durable=False)
    mine.start()
    assert mine.redis_url == url
    mine.stop()
    assert not answers(url)


def test_starting_and_stopping_twice_changes_nothing(folder: Path) -> None:
    servers = Embedded(folder, durable=False)
    servers.start()
    servers.start()
    servers.stop()
    servers.stop()
    with pytest.raises(EmbeddedError, match="REDIS_URL"):
        _ = servers.redis_url


def test_what_was_written_is_there_after_a_stop_and_a_start(folder: Path) -> None:
    with Embedded(folder) as servers:
        with redis.Redis.from_url(servers.redis_url) as client:
            client.set("kept", "yes")
        with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
    with Embedded(folder) as servers:
        with redis.Redis.from_url(servers.redis_url) as client:
            assert client.get("kept") == b"yes"
        with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_stale_pid_file_that_names_another_process_is_not_believed(folder: Path) -> None:
    with Embedded(folder, durable=False, valkey=False):
        lines = (folder / "postgresql" / "postmaster.pid").read_text().splitlines()
    lines[0] = str(os.getpid())  # after a power cut, the number may be anybody's
    (folder / "postgresql" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    with Embedded(folder, durable=False, valkey=False) as servers:
        assert connects(servers.database_url)


def test_valkey_wants_its_password(folder: Path) -> None:
    with Embedded(folder, durable=False, postgresql=False) as servers:
        port = servers.redis_url.rpartition(":")[2]
        assert not answers(f"redis://127.0.0.1:{port}")
        assert oct((folder / "valkey" / "valkey.conf").stat().st_mode)[-3:] == "600"


def test_a_folder_too_deep_for_a_socket_works_and_its_socket_is_private(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    with Embedded(deep, durable=False, valkey=False) as servers:
        assert connects(servers.database_url)
        socket = next(Path(unquote(servers.database_url.rpartition("host=")[2])).glob(".s.PGSQL.*[0-9]"))
        assert oct(socket.stat().st_mode)[-3:] == "700"


def test_a_server_that_cannot_start_is_told_with_its_log_and_the_way_out(folder: Path) -> None:
    (folder / "postgresql").mkdir()
    (folder / "postgresql" / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedError, match="DATABASE_URL"):
        Embedded(folder, durable=False, valkey=False).start()
    shutil.rmtree(folder / "postgresql")
