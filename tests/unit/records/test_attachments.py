"""Pictures: what is taken, what is left of them, and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import text

from records.attachments import KEPT_WAITING, MOST_WAITING, Attachments, forget_waiting
from records.cases import Cases, Submission, SubmissionError
from records.database import Database
from records.pictures import LONGEST_SIDE, MOST_BYTES, PictureError, clean
from records.vault import Vault

MINE, OTHERS = "0" * 32, "9" * 32
ORIENTATION, GPS = 0x0112, 0x8825
Make = Callable[..., Submission]


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 20), colour: Any = "red", mode: str = "RGB", **options: Any) -> bytes:
    kept = BytesIO()
    Image.new(mode, size, colour).save(kept, form, **options)
    return kept.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.fixture
def attachments(database: Database, vault: Vault, clock: Any) -> Attachments:
    return Attachments(database, vault, now=clock)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_become_a_jpeg(form: str) -> None:
    kept = opened(clean(picture(form)))
    assert (kept.format, kept.size, kept.mode) == ("JPEG", (40, 20), "RGB")


def test_place_camera_and_comment_are_gone_and_the_picture_is_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Maker"
    exif.get_ifd(GPS)[1] = "N"
    sent = picture(exif=exif, comment=b"at home", icc_profile=b"profile", xmp=b"<x>somewhere</x>")
    assert opened(sent).getexif().get_ifd(GPS)
    kept = clean(sent)
    assert opened(kept).size == (20, 40)
    assert len(opened(kept).getexif()) == 0
    assert set(opened(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not [word for word in (b"Maker", b"at home", b"profile", b"somewhere", b"Exif") if word in kept]


def test_what_is_behind_the_picture_in_the_file_is_gone() -> None:
    assert b"<script>" not in clean(picture() + b"<script>alert(1)</script>")


def test_what_can_be_seen_through_becomes_white() -> None:
    seen = opened(clean(picture("PNG", colour=(0, 0, 0, 0), mode="RGBA"))).getpixel((5, 5))
    assert isinstance(seen, tuple)
    assert min(seen) > 250


def test_a_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    assert opened(clean(picture(size=(6000, 3000)))).size == (LONGEST_SIDE, LONGEST_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_a_picture"),
        (b"%PDF-1.7", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_picture"),
        (picture("GIF"), "not_a_picture"),
        (picture("BMP"), "not_a_picture"),
        (picture()[:-300], "not_a_picture"),
        (picture("PNG")[:-30], "not_a_picture"),
        (picture() + b"\0" * MOST_BYTES, "too_large"),
        (picture("PNG", size=(10_000, 6_000), colour=0, mode="1"), "too_large"),
        (picture("PNG", size=(20_000, 10_000), colour=0, mode="1"), "too_large"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(PictureError) as wrong:
        clean(content)
    assert wrong.value.reason == reason


async def test_a_picture_is_sealed(attachments: Attachments, database: Database) -> None:
    await attachments.keep(MINE, picture())
    async with database.session() as session:
        sealed = await session.scalar(text("SELECT sealed FROM attachments"))
    assert b"JFIF" not in sealed


async def test_a_request_takes_up_its_photo_and_only_that_case_shows_it(
    cases: Cases, attachments: Attachments, photo_item: str, submission: Make
) -> None:
    key = await attachments.keep(MINE, picture())
    given = {"for_whom": "self", "id_number": "42060119400101001X", "mobile": "13800138000", "photo": key}
    case = await cases.submit(submission(item_version=2, answers=given))
    (kept,) = await attachments.of_case(case.id)
    assert kept.key == key
    shown = await attachments.read(key, case.id)
    assert shown is not None
    assert len(shown) == kept.size
    assert await attachments.read(key, uuid4()) is None
    assert await attachments.read("nonsense", case.id) is None
    detail = await cases.detail(case.id)
    assert detail is not None
    assert detail.photos == (("近照", key),)
    assert ("近照", "有照片") in detail.answers


async def test_a_photo_of_another_address_unknown_or_used_already_makes_no_case(
    cases: Cases, attachments: Attachments, photo_item: str, submission: Make, database: Database
) -> None:
    other, used = await attachments.keep(OTHERS, picture()), await attachments.keep(MINE, picture())

    def asked(key: str, photo: str) -> Submission:
        given = {"for_whom": "self", "id_number": "42060119400101001X", "mobile": "13800138000", "photo": photo}
        return submission(key, item_version=2, answers=given)

    first = await cases.submit(asked("first", used))
    for photo in (other, "0" * 32, used):
        with pytest.raises(SubmissionError):
            await cases.submit(asked("second", photo))
    assert (await cases.submit(asked("first", used))).number == first.number
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM cases")) == 1
    assert await attachments.of_case(first.id)


async def test_what_no_request_takes_up_is_forgotten_and_what_one_took_up_stays(
    cases: Cases, attachments: Attachments, photo_item: str, submission: Make, database: Database, clock: Any
) -> None:
    used = await attachments.keep(MINE, picture())
    given = {"for_whom": "self", "id_number": "42060119400101001X", "mobile": "13800138000", "photo": used}
    case = await cases.submit(submission(item_version=2, answers=given))
    await attachments.keep(MINE, picture())
    clock.turn(days=6)
    fresh = await attachments.keep(MINE, picture())
    async with database.session() as session:
        assert await forget_waiting(session, clock() - KEPT_WAITING) == 0
    clock.turn(days=1, seconds=1)
    async with database.session() as session:
        assert await forget_waiting(session, clock() - KEPT_WAITING) == 1
        left = {each.hex for each in await session.scalars(text("SELECT id FROM attachments"))}
    assert left == {used, fresh}
    assert len(await attachments.of_case(case.id)) == 1


async def test_one_address_cannot_fill_the_records(attachments: Attachments, database: Database, clock: Any) -> None:
    other = await attachments.keep(OTHERS, picture())
    keys = []
    for _ in range(MOST_WAITING + 3):
        clock.turn(seconds=1)
        keys.append(await attachments.keep(MINE, picture()))
    async with database.session() as session:
        left = {each.hex for each in await session.scalars(text("SELECT id FROM attachments"))}
    assert left == {other, *keys[3:]}
