"""What is not from WeChat, is too old, too large or broken gets a clear answer; nothing reaches the engine and nothing leaks."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from channels.wechat.security import Cipher, RefusedError, Signed, UnreadableError, signature_of, verify
from channels.wechat.simulator import Account, Phone

TOKEN, APP_ID = "trialtoken", "wx0123456789abcdef"
AES_KEY, OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"


@pytest.fixture(params=["plain", "safe"])
async def house(request: pytest.FixtureRequest, build: Any) -> Any:
    """In each mode, without servers: nothing here is ever pushed."""
    return await build(mode=request.param, served=False)


def signed_query(nonce: str = "42", timestamp: int | None = None, token: str = TOKEN) -> dict[str, str]:
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    return {"signature": signature_of(token, stamp, nonce), "timestamp": stamp, "nonce": nonce}


async def untouched(house: Any, answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert house.engine.turns == []
    assert "Traceback" not in answer.text
    assert TOKEN not in answer.text


async def test_a_wrong_signature_is_refused(house: Any) -> None:
    phone = house.phone()
    query, body = phone.sealed(phone.compose("text", Content="你好"))
    for wrong in ("0" * 40, "", "ü" * 40, "0" * 4000):
        await untouched(house, await phone.post(query | {"signature": wrong}, body), 403)


async def test_a_delivery_without_any_query_is_refused(house: Any) -> None:
    await untouched(house, await house.phone().post({}, b"<xml></xml>"), 403)


@pytest.mark.parametrize("age", [-301, 301, 10**9])
async def test_a_stale_timestamp_is_refused(house: Any, age: int) -> None:
    phone = house.phone(clock=lambda: time.time() - age)
    await untouched(house, await phone.post(*phone.sealed(phone.compose("text", Content="你好"))), 403)


async def test_a_timestamp_of_four_minutes_ago_is_taken(house: Any) -> None:
    phone = house.phone(clock=lambda: time.time() - 240)
    assert await phone.send("你好") == ["您说的是：你好"]


async def test_a_seen_signature_with_another_message_is_refused(build: Any) -> None:
    """In plain mode the signature does not cover the body: whoever saw one delivery could put another body under it."""
    house = await build(mode="plain", served=False)
    phone = house.phone()
    query, body = phone.sealed(phone.compose("text", Content="你好"))
    assert (await phone.post(query, body)).status_code == 200
    assert (await phone.post(query, phone.compose("text", Content="另一句").encode())).status_code == 403
    assert len(house.engine.turns) == 1


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_a_body_of_one_megabyte_is_refused(build: Any, mode: str) -> None:
    house = await build(mode=mode)
    phone = house.phone()
    await untouched(house, await phone.post(signed_query(), b"<xml>" + b"x" * 1_000_000 + b"</xml>"), 413)


async def test_a_body_without_a_length_is_counted_as_it_comes(build: Any) -> None:
    house = await build()

    async def chunks() -> Any:
        for _ in range(100):
            yield b"x" * 10_000

    async with httpx.AsyncClient(base_url=house.address, trust_env=False) as web:
        await untouched(house, await web.post("/wechat", params=signed_query(), content=chunks()), 413)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><Content>&c;</Content></xml>'
)
EXTERNAL = '<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>'
DEEP = "<xml>" + "<a>" * 9000 + "</a>" * 9000 + "</xml>"
BROKEN = [
    BOMB,
    EXTERNAL,
    DEEP,
    "<!doctype xml><xml></xml>",
    "",
    "success",
    "{}",
    "<xml>",
    "<xml></xml>",
    "<xml><MsgType>text</MsgType></xml>",
    "<xml><MsgType><a>1</a></MsgType></xml>",
    "<html></html>",
    "<!-- --><xml></xml>",
    "<xml>\x00</xml>",
]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
async def test_signed_nonsense_is_answered_success_and_counted(build: Any, broken: str) -> None:
    house = await build(mode="plain", served=False)
    answer = await house.phone().post(signed_query(), broken.encode())
    await untouched(house, answer, 200)
    assert answer.text == "success"
    assert (await house.wechat.health()).facts["bad"] == 1


FIELDS = {
    "FromUserName": "oAbc",
    "ToUserName": "gh_1",
    "MsgType": "text",
    "CreateTime": "1700000000",
    "MsgId": "1",
    "Content": "你好",
}


@pytest.mark.parametrize("inside", ["plain", "safe"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content", "<b><c>nested</c></b>"),
        ("Content", "一</Content><Content>二"),
        ("FromUserName", "<a>o</a>"),
        ("FromUserName", "o b]]&gt;"),
        ("FromUserName", "o" * 65),
        ("ToUserName", ""),
        ("CreateTime", "yesterday"),
        ("CreateTime", ""),
        ("MsgId", "1e9"),
        ("MsgId", "9" * 60),
        ("MediaId", "m" * 5000),
    ],
)
async def test_a_field_of_the_wrong_shape_is_answered_success_and_counted(build: Any, inside: str, name: str, value: str) -> None:
    house = await build(mode=inside, served=False)
    phone = house.phone()
    xml = "<xml>" + "".join(f"<{field}>{text}</{field}>" for field, text in (FIELDS | {name: value}).items()) + "</xml>"
    answer = await phone.post(*phone.sealed(xml))
    await untouched(house, answer, 200)
    assert answer.text == "success"


async def test_a_body_that_is_not_utf8_is_answered_success(build: Any) -> None:
    house = await build(mode="plain", served=False)
    phone = house.phone()
    for body in ("<xml></xml>".encode("utf-16"), b"<xml>\xff</xml>", '<?xml version="1.0" encoding="gbk"?><xml>你好</xml>'.encode("gbk")):
        await untouched(house, await phone.post(signed_query(nonce=str(len(body))), body), 200)


async def test_a_resident_may_write_about_doctypes(house: Any) -> None:
    assert await house.phone().send("<!DOCTYPE html>") == ["您说的是：<!DOCTYPE html>"]


async def test_another_aes_key_is_answered_400(build: Any) -> None:
    house = await build(mode="safe", served=False)
    phone = house.phone(account=Account(TOKEN, APP_ID, "x", OTHER_KEY))
    for _ in range(20):  # whatever the garbage happens to decode to
        await untouched(house, await phone.post(*phone.sealed(phone.compose("text", Content="你好"))), 400)


async def test_another_app_id_inside_is_answered_400(build: Any) -> None:
    house = await build(mode="safe", served=False)
    phone = house.phone(account=Account(TOKEN, "wxanother", "x", AES_KEY))
    await untouched(house, await phone.post(*phone.sealed(phone.compose("text", Content="你好"))), 400)


async def test_a_cut_or_changed_ciphertext_is_refused(build: Any) -> None:
    house = await build(mode="safe", served=False)
    phone = house.phone()
    query, body = phone.sealed(phone.compose("text", Content="你好"))
    start = body.index(b"<Encrypt>") + 20
    for changed in (body[:start] + body[start + 16 :], body[:start] + b"A" + body[start + 1 :]):
        await untouched(house, await phone.post(query, changed), 403)  # msg_signature covers it


@pytest.mark.parametrize("encrypted", ["", "A", "AAAA", "A" * 64, "!" * 64, "中文", "A" * 63 + "="])
async def test_a_signed_ciphertext_that_is_none_is_answered_400(build: Any, encrypted: str) -> None:
    house = await build(mode="safe", served=False)
    query = signed_query()
    query["msg_signature"] = signature_of(TOKEN, query["timestamp"], query["nonce"], encrypted)
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    await untouched(house, await house.phone().post(query, body), 400)


async def test_a_plain_message_does_not_pass_in_safe_mode(build: Any) -> None:
    house = await build(mode="safe", served=False)
    phone = house.phone()
    await untouched(house, await phone.post(signed_query(), phone.compose("text", Content="你好").encode()), 400)


async def test_a_nested_encrypt_is_answered_400(build: Any) -> None:
    house = await build(mode="safe", served=False)
    await untouched(house, await house.phone().post(signed_query(), b"<xml><Encrypt><a>1</a></Encrypt></xml>"), 400)


async def test_signature_is_no_substitute_for_msg_signature(build: Any) -> None:
    house = await build(mode="safe", served=False)
    phone = house.phone()
    query, body = phone.sealed(phone.compose("text", Content="你好"))
    for wrong in (query["signature"], "", "ü"):
        await untouched(house, await phone.post(query | {"msg_signature": wrong}, body), 403)


async def test_the_consoles_check_is_echoed_to_wechat_only(house: Any) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(house.app), base_url="http://wechat.local") as web:
        good = await web.get("/wechat", params=signed_query() | {"echostr": "8541930"})
        assert (good.status_code, good.text) == (200, "8541930")
        assert good.headers["content-type"].startswith("text/plain")
        assert (await web.get("/wechat", params=signed_query(token="another") | {"echostr": "1"})).status_code == 403
        assert (await web.get("/wechat", params=signed_query(timestamp=1) | {"echostr": "1"})).status_code == 403
        assert (await web.get("/wechat", params=signed_query() | {"echostr": "<script> alert(1)"})).status_code == 400
        assert (await web.get("/wechat", params=signed_query())).status_code == 400


def test_an_empty_token_verifies_nothing() -> None:
    with pytest.raises(RefusedError):
        verify(signed_query(token=""), "", time.time(), 300)


def test_a_timestamp_shifted_into_the_nonce_is_refused() -> None:
    query = signed_query(nonce="9")
    shifted = query | {"timestamp": query["timestamp"] + "9", "nonce": ""}
    assert signature_of(TOKEN, shifted["timestamp"], "") == query["signature"]  # the protocol joins the parts without a boundary
    with pytest.raises(RefusedError):
        verify(shifted, TOKEN, time.time(), 300)


def test_encryption_and_decryption_fit() -> None:
    cipher = Cipher(TOKEN, AES_KEY, APP_ID)
    phone = Phone(Account(TOKEN, APP_ID, "x", AES_KEY), httpx.AsyncClient())
    query, body = phone.sealed("<xml>你好</xml>")
    from channels.wechat.parse import encrypted_part

    signed = Signed(query["signature"], query["timestamp"], query["nonce"], query["msg_signature"])
    assert cipher.decrypt(encrypted_part(body.decode()), signed) == "<xml>你好</xml>"


def test_wrong_padding_is_unreadable() -> None:
    import base64
    from base64 import b64encode

    from cryptography.hazmat.primitives.ciphers import Cipher as Aes
    from cryptography.hazmat.primitives.ciphers import algorithms, modes

    key = base64.b64decode(AES_KEY + "=")
    plain = b"r" * 16 + (1).to_bytes(4, "big") + b"x" + APP_ID.encode()
    plain += bytes(64 - len(plain) - 1) + bytes([64 - len(plain)])  # zeros and a count: not PKCS#7
    encryptor = Aes(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    encrypted = b64encode(encryptor.update(plain) + encryptor.finalize()).decode()
    signed = Signed("", "1", "2", signature_of(TOKEN, "1", "2", encrypted))
    with pytest.raises(UnreadableError):
        Cipher(TOKEN, AES_KEY, APP_ID).decrypt(encrypted, signed)
