"""No secret, token, openid or word of a resident appears in logs, exceptions or answers, whoever writes them."""

from __future__ import annotations

import asyncio
import io
import logging
import logging.config
import traceback
from dataclasses import replace
from typing import Any

import pytest
import structlog
import uvicorn.config
from fastapi import FastAPI, Response
from redis.asyncio import Redis

from channels.wechat import ApiError
from channels.wechat.client import Api
from channels.wechat.keeping import Keeping
from channels.wechat.logs import install_scrubber, scrub
from channels.wechat.simulator import serving

ID_NUMBER = "110101199003070011"


@pytest.fixture
def everything() -> Any:
    """All that any library or we log, at DEBUG."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root = logging.getLogger()
    before = root.level
    loggers = [logging.getLogger(name) for name in ("urllib3.connectionpool", "requests", "uvicorn.access", "httpx")]
    levels = [logger.level for logger in loggers]
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.PrintLoggerFactory(written))
    yield written
    structlog.reset_defaults()
    root.removeHandler(handler)
    root.setLevel(before)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


async def test_a_day_of_troubles_logs_nothing_personal_and_no_secret(build: Any, everything: io.StringIO) -> None:
    house = await build(read_s=0.3)
    install_scrubber()
    phone = house.phone()
    await phone.send(f"我的身份证是{ID_NUMBER}")
    await house.wechat.deliver(phone.openid, f"您的{ID_NUMBER}办结了", "a")
    for code in (40001, 45015, 40164, 43004):
        house.platform.fail("message/custom/send", code, times=2)
        await house.wechat.deliver(phone.openid, "通知", str(code))
        await phone.send("你好")
    house.platform.stall("message/custom/send", 0.6)
    await house.wechat.deliver(phone.openid, "通知", "slow")
    house.engine.broken = True
    await phone.send("坏")
    await phone.post({"signature": "0" * 40, "timestamp": "1", "nonce": "1", "openid": phone.openid}, b"<xml>")
    await phone.post(phone.sealed("")[0], f"<xml>{ID_NUMBER}".encode())
    log = everything.getvalue()
    assert "custom/send" in log  # the libraries did write
    assert "wechat.turn_failed" in log
    token = house.platform._current
    for secret in (house.settings.app_secret, house.settings.token, house.settings.aes_key, token, phone.openid, ID_NUMBER, "secret=abc"):
        assert secret not in log


async def test_uvicorns_access_log_does_not_show_the_openid(build: Any, everything: io.StringIO) -> None:
    """WeChat puts the openid and the signature into the address; uvicorn configures its loggers when it starts, after us."""
    house = await build()
    logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)  # what a server does that logs
    logging.getLogger("uvicorn.access").propagate = True
    async with serving(house.app) as address:
        phone = house.phone()
        await phone._web.post(address + "/wechat?signature=0123abcd&openid=oPersonal&nonce=1")
    log = everything.getvalue()
    assert "/wechat" in log
    assert "oPersonal" not in log
    assert "0123abcd" not in log
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()


@pytest.mark.parametrize("trouble", ["nobody", "redirect", "rubbish", "error", "late"])
async def test_no_exception_of_the_client_holds_a_secret(build: Any, redis: Redis, vault: Any, trouble: str) -> None:
    """Neither in its text, nor in what it was raised from, nor in the frames a debugger prints from the exception's own arguments."""
    app = FastAPI()

    @app.post("/cgi-bin/{endpoint:path}")
    async def answer(endpoint: str) -> Response:
        if trouble == "late":
            await asyncio.sleep(0.5)
        if trouble == "redirect":
            return Response(status_code=307, headers={"Location": "http://127.0.0.1:1/stolen"})
        return Response("<html>", status_code=502 if trouble == "error" else 200)

    house = await build(served=False)
    kept_token, openid = "t0k3n-in-use", "oSomebody"
    async with serving(app) as address:
        settings = replace(house.settings, api_base="http://127.0.0.1:1" if trouble == "nobody" else address, read_s=0.2)
        keeping = Keeping(redis, vault)
        api = Api(settings, keeping)
        texts: list[str] = []
        for _ in range(2):  # first fetching the token, then sending with one
            with pytest.raises(ApiError) as failed:
                await api.send_text(openid, "x")
            texts.append("".join(traceback.format_exception(failed.value)) + repr(failed.value.args))
            kept = keeping.seal("token", {"token": kept_token, "until": 9e9})
            await redis.set(keeping.key("token", settings.app_id), kept)
        api.close()
    for text in texts:
        for secret in (settings.app_secret, kept_token, openid):
            assert secret not in text


def test_scrubbing_leaves_other_words_alone() -> None:
    assert scrub("GET /cgi-bin/token?appid=wx1&secret=abc HTTP") == "GET /cgi-bin/token?appid=wx1&secret=*** HTTP"
    assert scrub('{"access_token": "abc", "touser":"oX"}') == '{"access_token": "***", "touser":"***"}'
    assert scrub("a secret nobody knows") == "a secret nobody knows"
