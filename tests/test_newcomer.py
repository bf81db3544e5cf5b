"""Machines a newcomer may come with: a locale that was never generated, a folder with a space in its name, a Python that will not do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onestop.embedded import Embedded

ROOT = Path(__file__).parent.parent
TOOLS = ("bash", "cat", "cut", "dirname", "grep", "id", "rm", "sha256sum", "tail")
"""What scripts/venv.sh calls besides Python."""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="onestop-tests-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.mark.parametrize("locale", ["xx_XX.UTF-8", "zh_CN.GB18030"])
def test_a_locale_the_machine_has_not_generated_does_not_forbid_a_start(locale: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", locale)
    monkeypatch.setenv("LC_ALL", locale)
    with (
        Embedded(folder, durable=False, valkey=False) as servers,
        psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection,
    ):
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert os.environ["LC_ALL"] == locale


def test_a_folder_with_a_space_and_chinese_in_its_name_is_a_folder(folder: Path) -> None:
    with Embedded(folder / "一站 通's", durable=False) as servers:
        psycopg.connect(servers.database_url.replace("+psycopg", "")).close()


@pytest.fixture
def clone(folder: Path) -> Path:
    """The set-up script alone, with a PATH that holds no Python."""
    (folder / "scripts").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(ROOT / "scripts/venv.sh", folder / "scripts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (folder / "bin" / tool).symlink_to(found)
    return folder


def set_up(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [clone / "scripts/venv.sh", "run"], env={"PATH": str(clone / "bin"), **environment}, capture_output=True, text=True, check=False
    )


def python(clone: Path, script: str) -> Path:
    """A `python3` of that behaviour in the clone's PATH."""
    path = clone / "bin/python3"
    path.write_text(f"#!/bin/bash\n{script}\n")
    path.chmod(0o755)
    return path


def test_without_a_python_the_set_up_says_which_one_it_wants_and_how_to_get_it(clone: Path) -> None:
    done = set_up(clone)
    assert done.returncode == 1
    assert "No Python 3.11, 3.12 or 3.13 was found" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_a_python_too_old_is_named_with_its_version(clone: Path) -> None:
    python(clone, '[ "$1" != --version ] || { echo Python 3.9.2; exit 0; }; exit 1')
    done = set_up(clone)
    assert done.returncode == 1
    assert "(python3 is Python 3.9.2)" in done.stderr


def test_the_python_asked_for_is_not_silently_replaced_by_another(clone: Path) -> None:
    python(clone, f'exec "{sys.executable}" "$@"')
    done = set_up(clone, PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert "PYTHON=/nowhere/python3" in done.stderr


def test_a_python_without_venv_says_which_package_is_missing(clone: Path) -> None:
    python(clone, f'[[ "$2" != *ensurepip* ]] || exit 1; exec "{sys.executable}" "$@"')
    (clone / "bin/id").unlink()
    (clone / "bin/id").symlink_to(shutil.which("true") or "/bin/true")  # nobody in particular, so nothing is installed for real
    done = set_up(clone)
    assert done.returncode == 1
    assert f"sudo apt-get install python3.{sys.version_info.minor}-venv" in done.stderr
    assert not (clone / ".venv").exists()
