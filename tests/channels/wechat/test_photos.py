"""Pictures that residents send: fetched and kept when one was asked for, told plainly when it cannot be taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text

from dialogs.contract import Address, Photo, Text
from records.attachments import Attachments
from records.database import Database
from records.pictures import MOST_BYTES, PictureError
from records.vault import Vault

PICTURE = b"\xff\xd8\xff\xe0 a picture \x00\xff" * 1000


@dataclass
class Album:
    """Keeps in memory; refuses what says so."""

    kept: list[tuple[Address, bytes]] = field(default_factory=list)

    async def keep(self, address: Address, content: bytes) -> str:
        if content == b"no picture":
            raise PictureError("not_a_picture")
        self.kept.append((address, content))
        return f"kept-{len(self.kept)}"


@pytest.fixture
def album() -> Album:
    return Album()


@pytest.fixture
async def house(build: Any, album: Album) -> Any:
    return await build(photos=album)


async def test_a_photo_that_was_asked_for_is_fetched_and_its_reference_given_to_the_engine(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send("照片")
    assert await phone.send_photo(PICTURE) == ["收到照片。"]
    assert album.kept == [(Address("wechat", phone.openid), PICTURE)]
    assert house.engine.turns[-1] == Photo("kept-1")


async def test_a_photo_that_nobody_asked_for_is_not_fetched(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send_photo(PICTURE)
    await phone.send("你好")
    await phone.send_photo(PICTURE)
    assert album.kept == []
    assert house.platform.calls["media/get"] == 0
    assert [type(turn) for turn in house.engine.turns] == [Photo, Text, Photo]


async def test_a_photo_for_the_person_who_has_the_conversation_is_passed_on_and_not_fetched(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send("人工")
    assert (await phone.send_photo(PICTURE)).transferred
    assert album.kept == []


async def test_without_a_keeper_the_resident_is_told_to_go_on_without_it(build: Any) -> None:
    house = await build()
    phone = house.phone()
    await phone.send("照片")
    (told,) = await phone.send_photo(PICTURE)
    assert "收不了照片" in told
    assert house.platform.calls["media/get"] == 0
    assert house.engine.turns == [Text("照片")]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"no picture", "打不开"), (b"\xff" * (MOST_BYTES + 1), "太大")],
)
async def test_a_photo_that_cannot_be_kept_is_told_and_the_question_stands(house: Any, album: Album, content: bytes, told: str) -> None:
    phone = house.phone()
    await phone.send("照片")
    (seen,) = await phone.send_photo(content)
    assert told in seen
    assert "跳过" in seen
    assert await phone.send_photo(PICTURE) == ["收到照片。"]
    assert len(album.kept) == 1


async def test_a_picture_of_just_the_limit_is_taken(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send("照片")
    await phone.send_photo(b"\xff" * MOST_BYTES)
    assert len(album.kept[0][1]) == MOST_BYTES


@pytest.mark.parametrize("code", [40007, 45009, 48001])
async def test_a_photo_that_the_platform_does_not_give_is_asked_for_again(house: Any, album: Album, code: int) -> None:
    phone = house.phone()
    await phone.send("照片")
    house.platform.fail("media/get", code)
    (seen,) = await phone.send_photo(PICTURE)
    assert "没有收到" in seen
    assert album.kept == []


async def test_a_stale_token_is_renewed_once_and_the_photo_comes(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send("照片")
    house.platform.fail("media/get", 42001)
    assert await phone.send_photo(PICTURE) == ["收到照片。"]
    assert house.platform.calls["media/get"] == 2


async def test_an_answer_that_is_json_instead_of_a_picture_is_not_kept(house: Any, album: Album) -> None:
    phone = house.phone()
    await phone.send("照片")
    (seen,) = await phone.send_photo(b'{"video_url": "http://wechat.local/video"}', "text/plain")
    assert "没有收到" in seen
    assert album.kept == []


async def test_a_photo_that_takes_longer_than_the_platforms_patience_is_answered_later(build: Any, album: Album) -> None:
    house = await build(photos=album, answer_budget_s=0.2)
    phone = house.phone()
    await phone.send("照片")
    house.platform.stall("media/get", 0.6)
    assert await phone.send_photo(PICTURE) == []
    assert "收到照片。" in await phone.until(lambda inbox: inbox[-1] == "收到照片。")
    assert len(album.kept) == 1


async def test_a_picture_sent_on_wechat_lies_sealed_in_the_records(build: Any, database: Database, vault: Vault) -> None:
    attachments = Attachments(database, vault)

    class Kept:
        async def keep(self, address: Address, content: bytes) -> str:
            return await attachments.keep(vault.index(f"{address.channel}:{address.user}", "address"), content)

    house = await build(photos=Kept())
    phone = house.phone()
    await phone.send("照片")
    sent = BytesIO()
    Image.new("RGB", (300, 200), "blue").save(sent, "PNG")
    assert await phone.send_photo(sent.getvalue(), "image/png") == ["收到照片。"]
    async with database.session() as session:
        (key, sealed) = (await session.execute(text("SELECT id, sealed FROM attachments"))).one()
    assert house.engine.turns[-1] == Photo(key.hex)
    picture = Image.open(BytesIO(vault.open(sealed, f"attachment:{key.hex}")))
    assert (picture.format, picture.size) == ("JPEG", (300, 200))
