"""Both journeys on the whole service: real engine, voice, recogniser, PostgreSQL and Valkey, called through a real Asterisk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import soundfile

from ivr.models import locate
from ivr.voice import Speaker, VoiceSettings
from onestop.settings import project_folder
from onestop.speech import VOICE_MODEL
from records import case_number
from records.cases import Act, Cases, Submission
from records.catalogue import sample_catalogue
from records.database import Database
from records.vault import Vault
from tests.calls.stage import Telephone, until

from .conftest import Exchange

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(600)]

SPOKEN = Path(__file__).parents[1] / "speech" / "sound"
ITEM = "YL-002"  # 高龄补贴: its form asks for whom, an ID number and a mobile
ID_KEYS = "11010519491231002*"  # the check character X; the standard's own example (GB 11643-1999)
MOBILE = "13800138000"
LANDLINE = "07103456789"
SECRET = "one secret for the service and its test, long enough"


class Service:
    """`onestop serve` with the test's Asterisk."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, database_url: str, log: Path) -> None:
        self.process, self.port, self.log = process, port, log
        self._database_url = database_url.replace("postgresql+psycopg://", "postgresql://")

    def health(self) -> dict[str, Any]:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).json()["parts"]  # type: ignore[no-any-return]
        except (httpx.HTTPError, OSError, KeyError):
            return {}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._database_url) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def cases(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT item_code, state, number FROM cases")


@pytest.fixture
def service(exchange: Exchange, database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Service]:
    settings = exchange.settings
    log = tmp_path / "service.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ONESTOP_")} | {
        "ONESTOP_PORT": str(exchange.media_port),
        "ONESTOP_VAR": str(tmp_path / "var"),
        "ONESTOP_CACHE": str(project_folder() / ".cache"),
        "ONESTOP_ASTERISK": "external",
        "ONESTOP_SECRET": SECRET,
        "ONESTOP_HOTLINE": settings.hotline,
        "ONESTOP_AMI_PORT": str(settings.ami_port),
        "ONESTOP_AMI_PASSWORD": settings.ami_secret,
        "ONESTOP_MEDIA_SECRET": settings.media_secret,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
    }
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "onestop", "serve"], env=environment, stdout=out, stderr=out)
    one = Service(process, exchange.media_port, database_url, log)
    try:
        until(lambda: one.health().get("asterisk", {}).get("state") == "ok" or process.poll() is not None, "the service starts", 120)
        assert process.poll() is None, log.read_text("utf-8", "replace")
        until(lambda: one.health().get("recogniser", {}).get("state") in ("ok", "degraded"), "the recogniser starts", 120)
        yield one
    finally:
        process.terminate()
        process.wait(60)
        print(log.read_text("utf-8", "replace")[-20_000:])  # shown when the test failed


def key_path(position: int, count: int) -> list[str]:
    """Keys to the choice at `position` of `count`, four at a time, the fourth leading on when there are more."""
    return [str(position + 1)] if count <= 4 else ["4"] * (position // 3) + [str(position % 3 + 1)]


def to_the_item() -> list[str]:
    """Keys from the list of themes to 高龄补贴: its theme, its domain, itself."""
    contents = sample_catalogue().contents
    wanted = next(item for item in contents.items if item.code == ITEM)
    domain = next(one for one in contents.domains if one.id == wanted.domain)
    levels = (
        (domain.theme, [theme.id for theme in contents.themes]),
        (domain.id, [one.id for one in contents.domains if one.theme == domain.theme]),
        (ITEM, [item.code for item in contents.items if item.domain == domain.id]),
    )
    return [key for one, among in levels for key in key_path(among.index(one), len(among))]


def press(caller: Telephone, *answers: str) -> None:
    """Listens to each question to its end, as elderly people do, then answers by keys."""
    for answer in answers:
        caller.listens()
        caller.press(answer)


def interrupt(caller: Telephone, *answers: str) -> None:
    """Answers by keys as soon as a prompt begins, as practised people do."""
    for answer in answers:
        caller.hears_anything()
        caller.press(answer)


def say(caller: Telephone, name: str, folder: Path) -> None:
    """Listens to the end, then speaks one of the recorded utterances."""
    sound, rate = soundfile.read(SPOKEN / f"{name}.flac", dtype="int16")
    wav = folder / f"{name}.wav"
    soundfile.write(wav, sound, rate, subtype="PCM_16")
    caller.listens()
    caller.speak(wav=str(wav))


async def spoken(text: str) -> bytes:
    """What the service's voice says for this."""
    cache = project_folder() / ".cache"
    speaker = Speaker(VoiceSettings(model=locate(VOICE_MODEL, cache), cache=cache / "prompts"))
    try:
        return await speaker.speak(text)
    finally:
        await speaker.stop()


def call(caller: Telephone, exchange: Exchange) -> None:
    assert caller.call(exchange.hotline) == 200


async def test_a_request_and_its_status_by_keys_alone(
    exchange: Exchange, service: Service, telephone: Callable[..., Telephone], tmp_path: Path
):
    caller = telephone(LANDLINE)
    call(caller, exchange)
    interrupt(caller, "2", *to_the_item(), "1", "1")
    press(caller, ID_KEYS, MOBILE, "1")
    until(lambda: service.cases, "a case in the records")
    (item, state, number), *others = service.cases
    assert (item, state, others) == (ITEM, "submitted", [])
    interrupt(caller, "1", "3")  # the number is noted; nothing more
    caller.is_hung_up()

    again = telephone(LANDLINE)
    call(again, exchange)
    interrupt(again, "1", number, MOBILE[-4:])
    wanted = await spoken("您办的是，高龄补贴，现在是已提交。")
    until(lambda: again.heard(tmp_path / "heard").match(wanted) > 0.7, "the status is told")
    again.press("3")
    again.is_hung_up()
    for personal in (number, MOBILE, ID_KEYS[:-1]):
        assert personal not in service.log.read_text("utf-8", "replace")


async def test_a_request_in_spoken_mandarin_with_keys_for_the_village_alone(
    exchange: Exchange, service: Service, telephone: Callable[..., Telephone], tmp_path: Path
):
    if service.health()["recogniser"]["facts"].get("model", "none") == "none":
        pytest.skip("not run: no recogniser model")
    caller = telephone(MOBILE)
    call(caller, exchange)
    say(caller, "want_old_age_card_f", tmp_path)
    say(caller, "apply_f", tmp_path)
    say(caller, "mother_f", tmp_path)  # for whom
    say(caller, "no_f", tmp_path)  # never had one
    press(caller, "1", "1", "1")  # county, town, village: the trial's small recogniser knows no names of places
    say(caller, "yes_f", tmp_path)  # this mobile
    say(caller, "right_f", tmp_path)  # all correct
    until(lambda: service.cases, "a case in the records")
    assert [case[:2] for case in service.cases] == [("YL-001", "submitted")]
    say(caller, "yes_f", tmp_path)  # the number is noted
    say(caller, "nothing_more_m", tmp_path)
    caller.is_hung_up()


async def test_a_status_in_spoken_mandarin_numbers_included(
    exchange: Exchange,
    service: Service,
    telephone: Callable[..., Telephone],
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    if service.health()["recogniser"]["facts"].get("model", "none") == "none":
        pytest.skip("not run: no recogniser model")
    monkeypatch.setattr(case_number, "make", lambda year2, random7: "2602931375")  # the one that the recorded resident says
    item = next(i for i in sample_catalogue().contents.items if i.code == "YL-001")
    cases = Cases(database, Vault(SECRET))
    answers = {"for_whom": "self", "has_card": "no", "mobile": "13800134719"}
    await cases.submit(Submission("spoken", item.code, 1, answers, "wechat", "13800134719", None, "0" * 32))
    await cases.move("2602931375", Act.ACCEPT, "示例办事员")

    caller = telephone(LANDLINE)
    call(caller, exchange)
    say(caller, "check_status_f", tmp_path)
    say(caller, "case_2602931375_m", tmp_path)
    say(caller, "tail_4719_f", tmp_path)
    wanted = await spoken("您办的是，老年优待证，现在是已受理。")
    until(lambda: caller.heard(tmp_path / "heard").match(wanted) > 0.7, "the status is told")
    say(caller, "nothing_more_m", tmp_path)
    caller.is_hung_up()


async def test_a_person_by_voice_takes_the_call(
    exchange: Exchange, service: Service, telephone: Callable[..., Telephone], agent: Telephone, tmp_path: Path
):
    caller = telephone(MOBILE)
    call(caller, exchange)
    say(caller, "to_person_f", tmp_path)
    agent.answered()
    caller.speak(hz=440, length=20)
    agent.hears(440)
    assert service.rows("SELECT state FROM hand_overs") == [("waiting",)]


async def test_a_person_who_does_not_come_is_owned_up_to_and_calls_back(
    exchange: Exchange, service: Service, telephone: Callable[..., Telephone], tmp_path: Path
):
    caller = telephone(MOBILE)
    call(caller, exchange)
    interrupt(caller, "0")
    wanted = await spoken("现在没有工作人员有空。")
    until(lambda: caller.heard(tmp_path / "heard").match(wanted) > 0.7, "the caller hears that nobody is free")
    caller.press("1")  # a call back
    press(caller, "1")  # at this number
    until(lambda: service.rows("SELECT state FROM hand_overs") == [("call_back",)], "the call back is in the records")
    assert MOBILE not in service.log.read_text("utf-8", "replace")


async def test_a_killed_service_leaves_the_request_to_be_taken_up_again_by_a_person(
    exchange: Exchange, service: Service, telephone: Callable[..., Telephone], agent: Telephone
):
    caller = telephone(LANDLINE)
    call(caller, exchange)
    press(caller, "2")
    caller.listens()
    service.process.kill()
    agent.answered()
    caller.speak(hz=440, length=20)
    agent.hears(440)
    assert service.cases == []
