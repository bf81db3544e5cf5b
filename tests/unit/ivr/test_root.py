"""Setting up Asterisk's folder: what is said when it cannot be, and what is never done. The set-up itself is met in tests/calls."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from ivr.asterisk import CannotSetUp, installed_version, prepare, root


def test_a_folder_with_something_else_in_it_is_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(root, "_must_be_possible", lambda: None)
    folder = tmp_path / "asterisk"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years of work")
    with pytest.raises(CannotSetUp, match="name another folder"):
        prepare(folder)
    assert (folder / "thesis.tex").read_text() == "years of work"


def test_who_is_not_root_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(CannotSetUp, match="only root"):
        prepare(tmp_path / "asterisk")
    assert installed_version(tmp_path / "asterisk") == ""


def test_a_machine_that_is_no_debian_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(root.shutil, "which", lambda name: None)
    with pytest.raises(CannotSetUp, match="not a Debian"):
        prepare(tmp_path / "asterisk")


def test_an_apt_without_a_mirror_is_told_so(monkeypatch: pytest.MonkeyPatch):
    def nothing(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(root.subprocess, "run", nothing)
    with pytest.raises(CannotSetUp, match="apt-get update"):
        root.mirror()


def test_a_download_that_fails_leaves_nothing_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "mmdebstrap"
    program.write_text('#!/bin/sh\necho "I: running apt-get update..." >&2\necho "E: no route to host" >&2\nexit 25\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(root, "_must_be_possible", lambda: None)
    monkeypatch.setattr(root, "mirror", lambda: "http://mirror.invalid/debian")
    steps: list[float] = []
    with pytest.raises(CannotSetUp, match="no route to host"):
        prepare(tmp_path / "asterisk", lambda text, share: steps.append(share))
    assert not (tmp_path / "asterisk").exists()
    assert steps == [0.05]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount, and only root sets Asterisk up")
def test_a_download_killed_in_the_middle_leaves_nothing_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "mmdebstrap"
    program.write_text('#!/bin/sh\nfor last; do before=$folder; folder=$last; done\nmkdir -p $before/proc\n'
                       'mount -t tmpfs none $before/proc || exit 3\necho mounted > $before/said; kill -9 $$\n')  # fmt: skip
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(root, "_must_be_possible", lambda: None)
    monkeypatch.setattr(root, "mirror", lambda: "http://mirror.invalid/debian")
    kept = tmp_path / "said"
    monkeypatch.setattr(root.shutil, "rmtree", lambda folder, **options: kept.write_text((folder / "said").read_text()))
    with pytest.raises(CannotSetUp):
        prepare(tmp_path / "asterisk")
    assert kept.read_text() == "mounted\n"
    assert str(tmp_path) not in Path("/proc/mounts").read_text()


def test_what_was_unpacked_must_be_an_asterisk_22_with_the_media_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "mmdebstrap"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(root, "_must_be_possible", lambda: None)
    monkeypatch.setattr(root, "mirror", lambda: "http://mirror.invalid/debian")
    with pytest.raises(CannotSetUp, match="no longer carries"):
        prepare(tmp_path / "asterisk")


def test_a_kept_copy_is_whole_and_holds_nothing_of_a_run(tmp_path: Path):
    folder, archive = tmp_path / "asterisk", tmp_path / "asterisk.tar.zst"
    for name in ("usr/sbin", "srv/onestop-hotline/etc", "run", "dev"):
        (folder / name).mkdir(parents=True)
    (folder / "usr/sbin/asterisk").write_text("program")
    (folder / "srv/onestop-hotline/etc/manager.conf").write_text("secret=…")
    root.pack(folder, archive)
    root.unpack(archive, tmp_path / "again")
    assert (tmp_path / "again/usr/sbin/asterisk").read_text() == "program"
    assert not (tmp_path / "again/srv/onestop-hotline").exists()
