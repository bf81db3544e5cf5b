"""The staff's pages over HTTP, on real records."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from desk import ensure_staff
from records.cases import Act, Case, Cases, State, Submission
from records.catalogue import Catalogue
from records.database import Database
from records.errors import RecordsError
from records.handovers import HandOvers
from records.staff import Staff

from .conftest import FILES, ID_NUMBER, MOBILE, PASSWORD


def token(page: httpx.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def test_nothing_is_shown_to_who_is_not_logged_in(browser: httpx.AsyncClient, case: Case) -> None:
    for path in ("", "/cases", f"/case/{case.id}", "/hand-overs", "/notices", "/catalogue", "/catalogue/YL-002", "/directory"):
        answer = await browser.get(f"/desk{path}")
        assert answer.url.path == "/desk/login", path
        assert "高龄补贴" not in answer.text


async def test_a_wrong_password_is_refused(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/desk/login", data={"username": "李梅", "password": "wrong"})
    assert answer.status_code == 400
    assert "onestop_desk" not in browser.cookies


async def test_the_cookie_is_not_sent_by_other_sites_and_not_readable_by_scripts(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/desk/login", data={"username": "李梅", "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()
    assert "samesite=strict" in cookie
    assert "httponly" in cookie
    assert "path=/desk" in cookie


async def test_who_is_shut_out_is_out_at_once(clerk: httpx.AsyncClient, database: Database) -> None:
    await Staff(database).shut_out("李梅")
    assert (await clerk.get("/desk/cases")).url.path == "/desk/login"


async def test_the_list_shows_cases_masked(clerk: httpx.AsyncClient, case: Case) -> None:
    page = (await clerk.get("/desk/cases")).text
    assert "高龄补贴" in page
    assert "138****8000" in page
    assert case.number not in page
    assert MOBILE not in page
    assert "高龄补贴" not in (await clerk.get("/desk/cases?state=approved")).text


async def test_a_case_page_shows_answers_with_personal_numbers_masked(clerk: httpx.AsyncClient, case: Case) -> None:
    answer = await clerk.get(f"/desk/case/{case.id}")
    assert "本人" in answer.text
    assert not [number for number in (MOBILE, ID_NUMBER, case.number) if number in answer.text]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_case_is_found_by_its_number_without_it_in_the_address(clerk: httpx.AsyncClient, case: Case) -> None:
    page = await clerk.get("/desk/cases")
    found = await clerk.post("/desk/cases", data={"token": token(page), "number": case.number})
    assert found.url.path == f"/desk/case/{case.id}"
    missed = await clerk.post("/desk/cases", data={"token": token(page), "number": "0000000000"})
    assert "没有这个编号" in missed.text


async def test_a_photo_of_a_case_is_shown_to_who_is_logged_in_and_never_kept_by_the_browser(
    clerk: httpx.AsyncClient, cases: Cases, database: Database, tmp_path: Path
) -> None:
    files = shutil.copytree(FILES, tmp_path / "files")
    elderly = files / "elderly.yaml"
    photo = "      - {name: photo, label: 近照, type: photo, prompt: 请发一张近照。, optional: true}\n"
    elderly.write_text(elderly.read_text("utf-8").replace("      - mobile\n", photo + "      - mobile\n"), "utf-8")
    await Catalogue(database).import_files([elderly])
    sent = BytesIO()
    Image.new("RGB", (30, 30), "green").save(sent, "PNG")
    key = await cases.attachments.keep("0" * 32, sent.getvalue())
    answers = {"for_whom": "self", "id_number": ID_NUMBER, "mobile": MOBILE, "photo": key}
    case = await cases.submit(Submission("photo", "YL-002", 2, answers, "wechat", MOBILE, ID_NUMBER, "0" * 32))
    address = f"/desk/case/{case.id}/photo/{key}"
    assert f'src="http://desk.test{address}"' in (await clerk.get(f"/desk/case/{case.id}")).text
    shown = await clerk.get(address)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert Image.open(BytesIO(shown.content)).size == (30, 30)
    for wrong in (f"/desk/case/{case.id}/photo/nonsense", f"/desk/case/{uuid4()}/photo/{key}"):
        assert (await clerk.get(wrong)).status_code == 404
    clerk.cookies.clear()
    assert (await clerk.get(address)).url.path == "/desk/login"


async def test_an_act_moves_the_case_in_the_name_of_who_is_logged_in(clerk: httpx.AsyncClient, cases: Cases, case: Case) -> None:
    page = await clerk.get(f"/desk/case/{case.id}")
    after = await clerk.post(f"/desk/case/{case.id}", data={"token": token(page), "seen": "submitted", "act": "accept", "note": ""})
    assert "已受理" in after.text
    last = (await cases.events(case.number))[-1]
    assert (last.state, last.by) == (State.ACCEPTED, "李梅")


async def test_a_form_of_another_site_changes_nothing(clerk: httpx.AsyncClient, cases: Cases, case: Case) -> None:
    for forged in ({}, {"token": "x"}, {"token": ""}):
        answer = await clerk.post(f"/desk/case/{case.id}", data={**forged, "seen": "submitted", "act": "accept"})
        assert answer.status_code == 403
    assert len(await cases.events(case.number)) == 1


async def test_no_link_changes_anything(clerk: httpx.AsyncClient, cases: Cases, case: Case) -> None:
    await clerk.get(f"/desk/case/{case.id}?act=accept&seen=submitted")
    assert len(await cases.events(case.number)) == 1


async def test_asking_for_a_supplement_without_a_note_is_told_and_changes_nothing(clerk: httpx.AsyncClient, case: Case) -> None:
    page = await clerk.get(f"/desk/case/{case.id}")
    answer = await clerk.post(f"/desk/case/{case.id}", data={"token": token(page), "seen": "submitted", "act": "supplement", "note": " "})
    assert answer.status_code == 409
    assert "写明原因" in answer.text


async def test_a_page_that_is_out_of_date_does_not_move_the_case(clerk: httpx.AsyncClient, cases: Cases, case: Case) -> None:
    page = await clerk.get(f"/desk/case/{case.id}")
    await cases.move(case.number, Act.SUPPLEMENT, "王", "请补户口簿")
    answer = await clerk.post(f"/desk/case/{case.id}", data={"token": token(page), "seen": "submitted", "act": "accept", "note": ""})
    assert answer.status_code == 409
    assert "别人刚刚办过" in answer.text


async def test_unknown_acts_and_cases_are_plain_errors(clerk: httpx.AsyncClient, case: Case) -> None:
    page = await clerk.get(f"/desk/case/{case.id}")
    answer = await clerk.post(f"/desk/case/{case.id}", data={"token": token(page), "seen": "submitted", "act": "eat"})
    assert answer.status_code == 400
    for key in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert (await clerk.get(f"/desk/case/{key}")).status_code == 404


async def test_a_hand_over_shows_the_whole_number_to_who_took_it_only(
    clerk: httpx.AsyncClient, handovers: HandOvers, database: Database
) -> None:
    reference = await handovers.open("call-1", "要人工", "telephone", "0" * 32, (("正在办", "高龄补贴"),), MOBILE)
    waiting = await clerk.get("/desk/hand-overs")
    assert reference in waiting.text
    page = await clerk.get(f"/desk/hand-over/{reference}")
    assert MOBILE not in page.text
    taken = await clerk.post(f"/desk/hand-over/{reference}", data={"token": token(page), "act": "take"})
    assert MOBILE in taken.text
    assert "高龄补贴" in taken.text
    closed = await clerk.post(f"/desk/hand-over/{reference}", data={"token": token(page), "act": "close", "note": "已回电"})
    assert closed.url.path == "/desk/hand-overs"
    assert reference not in closed.text


async def test_a_call_back_shows_since_when_and_its_number_to_who_took_it_only(clerk: httpx.AsyncClient, handovers: HandOvers) -> None:
    reference = await handovers.open("call-1", "asked", "telephone", "0" * 32, ())
    assert "要回电" not in (await clerk.get("/desk/hand-overs")).text
    await handovers.no_answer(reference)
    await handovers.add_call_back(reference, MOBILE)
    (found,) = await handovers.waiting()
    assert found.call_back_since is not None
    waiting = (await clerk.get("/desk/hand-overs")).text
    assert all(told in waiting for told in ("要回电", "居民要人工", f"{found.call_back_since:%m-%d %H:%M} 起", "没人接听"))
    page = await clerk.get(f"/desk/hand-over/{reference}")
    assert "居民要求回电" in page.text
    assert "138****8000" in page.text
    assert MOBILE not in page.text
    taken = await clerk.post(f"/desk/hand-over/{reference}", data={"token": token(page), "act": "take"})
    assert MOBILE in taken.text


async def test_a_hand_over_that_another_took_cannot_be_taken(clerk: httpx.AsyncClient, handovers: HandOvers) -> None:
    reference = await handovers.open("call-1", "要人工", "telephone", "0" * 32, (), MOBILE)
    page = await clerk.get(f"/desk/hand-over/{reference}")
    await handovers.take(reference, "王")
    answer = await clerk.post(f"/desk/hand-over/{reference}", data={"token": token(page), "act": "take"})
    assert answer.status_code == 409
    assert MOBILE not in answer.text


async def test_the_notices_page_tells_that_no_worker_runs(clerk: httpx.AsyncClient) -> None:
    assert "没有在运行" in (await clerk.get("/desk/notices")).text


async def test_pages_escape_what_residents_and_staff_wrote(clerk: httpx.AsyncClient, cases: Cases, case: Case) -> None:
    await cases.move(case.number, Act.SUPPLEMENT, "王", "<script>alert(1)</script>")
    assert "<script>alert(1)" not in (await clerk.get(f"/desk/case/{case.id}")).text


async def test_a_weak_staff_password_is_refused(database: Database) -> None:
    with pytest.raises(RecordsError, match="10 characters"):
        await ensure_staff(database, "李梅", "short")


async def test_wrong_passwords_shut_the_name_for_a_while(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.staff.WRONG_PASSWORDS", 2)
    staff = Staff(database)
    await staff.ensure("李梅", PASSWORD)
    for _ in range(2):
        assert not await staff.check("李梅", "wrong")
    assert not await staff.check("李梅", PASSWORD)
    assert not await staff.check("nobody", PASSWORD)


async def test_ensuring_again_changes_the_password(database: Database) -> None:
    staff = Staff(database)
    await staff.ensure("李梅", PASSWORD)
    await staff.ensure("李梅", "another long password")
    assert await staff.check("李梅", "another long password")
    assert not await staff.check("李梅", PASSWORD)
