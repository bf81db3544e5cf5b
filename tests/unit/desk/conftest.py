"""Staff's pages on real records: a small catalogue, one case, a browser that is not logged in and one that is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from desk import ensure_staff, mount
from records.cases import Case, Cases, Submission
from records.catalogue import Catalogue
from records.database import Database
from records.handovers import HandOvers
from records.vault import Vault

PASSWORD = "correct horse battery"
MOBILE, ID_NUMBER = "13800138000", "42060119400101001X"
FILES = Path(__file__).parents[1] / "records" / "files"
"""The small catalogue of the records' tests."""


@pytest.fixture
async def cases(database: Database) -> Cases:
    await Catalogue(database).import_files(sorted(FILES.glob("*.yaml")))
    return Cases(database, Vault("s" * 40))


@pytest.fixture
def handovers(database: Database) -> HandOvers:
    return HandOvers(database, Vault("s" * 40))


@pytest.fixture
async def case(cases: Cases) -> Case:
    answers = {"for_whom": "self", "id_number": ID_NUMBER, "mobile": MOBILE}
    return await cases.submit(Submission("1", "YL-002", 1, answers, "telephone", MOBILE, ID_NUMBER, "0" * 32))


@pytest.fixture
async def browser(database: Database, cases: Cases, handovers: HandOvers) -> AsyncIterator[httpx.AsyncClient]:
    """Not logged in."""
    app = FastAPI()
    mount(app, database, cases, handovers, "k" * 40)
    await ensure_staff(database, "李梅", PASSWORD)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.test", follow_redirects=True) as client:
        yield client


@pytest.fixture
async def clerk(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Logged in as 李梅."""
    answer = await browser.post("/desk/login", data={"username": "李梅", "password": PASSWORD})
    assert answer.status_code == 200
    assert "您好，李梅" in answer.text
    return browser
