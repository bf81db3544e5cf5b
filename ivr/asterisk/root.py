"""Puts Asterisk 22 with its libraries into a folder, beside the host's own packages and without touching them.

Debian 12 and 13 carry no Asterisk; Debian's testing suite carries 22. So `mmdebstrap` unpacks that suite's package from the mirror this
machine already uses into a folder, and Asterisk runs in there by chroot (`server.py`). About 30 s and 274 MB from a near mirror; the same
as a tar is 97 MB and unpacks in under a second. Run as a script: `python -m ivr.asterisk.root FOLDER`.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str, float], None]  # a plain sentence, and how far it is (0..1)

SUITE = "forky"
WANTED = "Asterisk 22."
MARKER = ".onestop-asterisk"  # only a folder with it is ever replaced
# What mmdebstrap says, in order, and how much of the whole time has gone by then (measured in two runs of 29 s and 40 s).
STAGES = (
    ("running apt-get update", 0.05, "读取软件目录 reading the package lists"),
    ("downloading packages", 0.15, "下载 Asterisk 及其库 downloading Asterisk and its libraries"),
    ("extracting archives", 0.45, "解开 unpacking"),
    ("installing essential packages", 0.55, "安装基本部分 installing the essential part"),
    ("installing remaining packages", 0.70, "安装 Asterisk installing Asterisk"),
    ("cleaning package lists", 0.95, "清理 cleaning up"),
)


ROOT_ONLY = "Asterisk runs in a folder of its own by chroot, and only root may do that: start as root to have the telephone."


class CannotSetUp(Exception):  # noqa: N818  a condition of this machine, told to the person who started us
    """Asterisk cannot be put on this machine; the text is a plain sentence that says why and how to mend it."""


def prepare(folder: Path, progress: Progress = lambda text, share: None, *, archive: Path | None = None) -> str:
    """Makes sure that `folder` holds a working Asterisk 22 and returns its version ("22.10.1~…"). Does nothing when it is there.

    archive: a `.tar.zst` kept beside it: unpacked instead of a download when it exists, made after a download when it does not.
    Two processes may call it at once: the second waits for the first. Raises CannotSetUp.
    """
    if version := installed_version(folder):
        return version
    _must_be_possible()
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise CannotSetUp(f"{folder} holds something that is not our Asterisk 22: name another folder, or empty this one.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder.with_name(folder.name + ".lock")):
        if version := installed_version(folder):
            return version
        fresh = folder.with_name(folder.name + ".fresh")
        if fresh.exists():
            shutil.rmtree(fresh)
        if archive is not None and archive.exists():
            progress("解开保存的 Asterisk unpacking the kept Asterisk", 0.1)
            unpack(archive, fresh)
        else:
            _download(fresh, progress)
        version = _assert_usable(fresh)
        (fresh / MARKER).touch()
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
        if archive is not None and not archive.exists():
            progress("保存一份以便下次使用 keeping a copy for the next time", 0.97)
            pack(folder, archive)
        progress("Asterisk 已就绪 Asterisk is ready", 1.0)
        return version


def installed_version(folder: Path) -> str:
    """The version of the Asterisk in `folder`, or "" when there is none that can be used."""
    if os.geteuid() != 0 or not (folder / "usr/sbin/asterisk").exists() or not _media_module(folder):
        return ""
    said = subprocess.run(["chroot", str(folder), "/usr/sbin/asterisk", "-V"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603, S607
    return said.removeprefix("Asterisk ") if said.startswith(WANTED) else ""


def pack(folder: Path, archive: Path) -> None:
    """Keeps the folder as one file, without devices, our own configuration and anything that runs."""
    part = archive.with_suffix(".part")
    leave = ("./dev/*", "./proc/*", "./sys/*", "./srv/*", "./run/*")
    _run(["tar", "--zstd", "-cf", str(part), *(f"--exclude={name}" for name in leave), "-C", str(folder), "."], "pack Asterisk")
    part.rename(archive)


def unpack(archive: Path, folder: Path) -> None:
    """The other way; the folder must not exist."""
    folder.mkdir()
    _run(["tar", "--zstd", "-xf", str(archive), "-C", str(folder)], "unpack the kept Asterisk; delete the file and start again")


def mirror() -> str:
    """The Debian mirror of apt's own configuration; the label leaves the security archive out. Raises CannotSetUp."""
    found = _run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages", "Label: Debian"], "ask apt for its mirror")
    sites = sorted(set(found.split()))
    if not sites:
        raise CannotSetUp("apt knows no Debian mirror: run `apt-get update` first, then start again.")
    return sites[0]


def _must_be_possible() -> None:
    if os.geteuid() != 0:
        raise CannotSetUp(ROOT_ONLY)
    if not Path("/etc/debian_version").exists() or shutil.which("apt-get") is None:
        raise CannotSetUp("Asterisk is unpacked from Debian's packages, and this is not a Debian: use the asterisk of docker-compose.yml.")
    if shutil.which("mmdebstrap") is None:
        _run(["apt-get", "install", "-y", "--no-install-recommends", "mmdebstrap"], "install mmdebstrap; try `apt-get update` first")


def _download(folder: Path, progress: Progress) -> None:
    arguments = [
        *_mounting_privately(),
        "mmdebstrap",
        "--variant=essential",
        "--mode=root",
        # A caching mirror may serve an expired InRelease; its signature is verified all the same.
        '--aptopt=Acquire::Check-Valid-Until "false"',
        '--aptopt=APT::Install-Recommends "false"',
        "--dpkgopt=path-exclude=/usr/share/man/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        "--dpkgopt=path-exclude=/usr/share/info/*",
        "--include=asterisk,asterisk-modules",
        SUITE,
        str(folder),
        mirror(),
    ]
    said: list[str] = []
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace") as child:  # noqa: S603
        assert child.stderr is not None
        for line in child.stderr:
            said.append(line.strip())
            for sign, share, text in STAGES:
                if sign in line:
                    progress(text, share)
    if child.returncode != 0:
        shutil.rmtree(folder, ignore_errors=True)
        why = " / ".join(line for line in said[-6:] if line)
        raise CannotSetUp(f"Asterisk could not be unpacked from Debian {SUITE} (is the mirror reachable?): {why}")


def _mounting_privately() -> list[str]:
    """mmdebstrap mounts /proc and /sys into the folder: in a mount namespace of its own they are gone with it, also when it is killed.

    Otherwise they would stay, and whoever deletes the unfinished folder would reach through them. A container that may not mount
    gets no namespace either; there mmdebstrap does without its mounts.
    """
    private = ["unshare", "--mount"]
    return private if subprocess.run([*private, "true"], capture_output=True, check=False).returncode == 0 else []  # noqa: S603


def _assert_usable(folder: Path) -> str:
    """The suite moves on, so what matters is asserted instead of trusted."""
    if version := installed_version(folder):
        return version
    shutil.rmtree(folder, ignore_errors=True)
    raise CannotSetUp(f"Debian {SUITE} no longer carries an Asterisk 22 with chan_websocket: set another suite in ivr/asterisk/root.py.")


def _media_module(folder: Path) -> bool:
    return any((folder / "usr/lib").glob("*/asterisk/modules/chan_websocket.so"))


def _run(arguments: list[str], to_do: str) -> str:
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, errors="replace", check=False)  # noqa: S603
    except OSError as wrong:
        raise CannotSetUp(f"could not {to_do}: {wrong}") from wrong
    if done.returncode != 0:
        raise CannotSetUp(f"could not {to_do}: {' / '.join(done.stderr.strip().splitlines()[-3:])}")
    return done.stdout


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        print(prepare(Path(sys.argv[1]), lambda text, share: print(f"{share:4.0%} {text}", flush=True)))
    except CannotSetUp as wrong:
        sys.exit(str(wrong))
