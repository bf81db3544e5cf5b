"""A small imported catalogue, a vault, cases on a clock that the test turns."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records.cases import Cases, Submission
from records.catalogue import Catalogue
from records.database import Database
from records.handovers import HandOvers
from records.vault import Vault

SECRET = "a test's secret, forty characters or more"
MOBILE = "13800138000"
ID_NUMBER = "42060119400101001X"
FILES = Path(__file__).parent / "files"
"""Five items in two domains, with the themes and shared questions of the samples: what the records do does not hang on 144."""


class Clock:
    """Stands still until turned."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def vault() -> Vault:
    return Vault(SECRET)


@pytest.fixture
async def catalogue(database: Database) -> Catalogue:
    catalogue = Catalogue(database)
    await catalogue.import_files(sorted(FILES.glob("*.yaml")))
    return catalogue


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with the small catalogue's files, to be changed."""
    return Path(shutil.copytree(FILES, tmp_path / "files"))


@pytest.fixture
def cases(database: Database, vault: Vault, catalogue: Catalogue, clock: Clock) -> Cases:
    return Cases(database, vault, now=clock)


@pytest.fixture
def handovers(database: Database, vault: Vault) -> HandOvers:
    return HandOvers(database, vault)


@pytest.fixture
def submission() -> Callable[..., Submission]:
    def make(key: str = "wechat:1", **changes: object) -> Submission:
        given: dict[str, object] = {
            "request_key": key,
            "item_code": "YL-002",
            "item_version": 1,
            "answers": {"for_whom": "self", "id_number": ID_NUMBER, "mobile": MOBILE},
            "channel": "wechat",
            "mobile": MOBILE,
            "id_number": ID_NUMBER,
            "address_index": "0" * 32,
            **changes,
        }
        return Submission(**given)  # type: ignore[arg-type]

    return make


@pytest.fixture
async def photo_item(catalogue: Catalogue, files: Path) -> str:
    """高龄补贴, version 2: its form asks for a photo too."""
    path = files / "elderly.yaml"
    head, code, rest = path.read_text("utf-8").partition("  - code: YL-002")
    photo = "      - {name: photo, label: 近照, type: photo, prompt: 请发一张近照。, optional: true}\n"
    path.write_text(head + code + rest.replace("      - mobile\n", photo + "      - mobile\n", 1), "utf-8")
    await catalogue.import_files([path])
    return "YL-002"
