"""Nothing personal and no secret gets past the formatter, whoever logs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from onestop.logs import configure, mask

PERSONAL = {
    "an ID number": "11010519491231002X",
    "an ID number of digits": "110105194912310021",
    "a mobile": "13800138000",
    "a mobile in groups": "138-0013-8000",
    "a case number": "2611230427",
    "a case number in groups": "261 123 0427",
    "an openid": "oABCDEFGHIJKLMNOPQRSTUVWXY12",
    "a bank card": "6222020200112233445",
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The configured log, read back; the logging of the test run is put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure("DEBUG", "text", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("what", PERSONAL)
def test_personal_data_never_reaches_the_log(what: str, written: io.StringIO) -> None:
    value = PERSONAL[what]
    structlog.get_logger("room").info("taken", value=value, nested={"deep": [value]})
    logging.getLogger("library").warning("got %s from %r", value, {"who": value})
    try:
        raise ValueError(f"cannot read {value}")
    except ValueError:
        logging.getLogger("library").exception("failed")
        structlog.get_logger("room").exception("failed too")
    text = written.getvalue()
    assert text.count("cannot read") >= 2
    assert value not in text


@pytest.mark.parametrize(
    "line",
    [
        "GET https://example/cgi-bin/token?appid=wx1&secret=hunter2hunter2 HTTP/1.1",
        "url=/cgi-bin/message?access_token=hunter2hunter2&x=1",
        "{'appsecret': 'hunter2hunter2'}",
        '{"access_token": "hunter2hunter2"}',
        "openid=hunter2hunter2",
        "cannot reach postgresql+psycopg://onestop:hunter2hunter2@db/onestop",
        "redis://:hunter2hunter2@127.0.0.1:6379/0",
    ],
)
def test_secrets_are_masked(line: str) -> None:
    assert "hunter2" not in mask(line)


def test_the_access_log_is_masked(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "POST", "/wechat?openid=oABCDEFGHIJKLMNOPQRSTUVWXY12&nonce=7", "1.1", 200
    )
    text = written.getvalue()
    assert "/wechat?openid=[masked]&nonce=7" in text
    assert "oABCDEFG" not in text


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-23T06:15:00.123456Z took 4521 ms",
        "listening on 127.0.0.1:8000",
        "call 1795123456.19 answered",
        "status_code=200",
        "item YL-001",
    ],
)
def test_what_names_nobody_stays_readable(line: str) -> None:
    assert mask(line) == line


def test_json_lines_are_json(written: io.StringIO) -> None:
    configure("INFO", "json", written)
    structlog.get_logger("room").info("taken", mobile="13800138000")
    line = json.loads(written.getvalue().splitlines()[-1])
    assert line["event"] == "taken"
    assert line["mobile"] == "[long number]"
