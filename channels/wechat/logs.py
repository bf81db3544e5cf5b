"""Keeps secrets and openids out of logs that are written by others.

The platform puts `openid=` into the address it posts to (uvicorn's access log prints it) and wants `access_token=` in the address we
post to (urllib3's debug log and every exception of `requests` print it).
"""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"(?i)\b(secret|access_token|openid|touser|signature|msg_signature)(\"?'?\s*[=:]\s*\"?'?)([^\s&\"',;)}\]]+)")
_LOGGERS = (
    "urllib3",
    "urllib3.connectionpool",
    "urllib3.connection",
    "urllib3.util.retry",
    "requests",
    "wechatpy",
    "wechatpy.client.base",
    "uvicorn.access",
    "uvicorn.error",
    "httpx",
    "httpcore",
)


def scrub(text: str) -> str:
    """The text with the values of secret= access_token= openid= touser= signature= (and their JSON spelling) starred out."""
    return _SECRET.sub(r"\1\2***", text)


class _Scrubber(logging.Filter):
    """Rewrites a record's message and arguments; lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = scrub(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_scrubbed(argument) for argument in record.args)
        return True


def _scrubbed(argument: object) -> object:
    """Numbers and the like stay as they are, so that %d still works."""
    if isinstance(argument, (int, float)) or argument is None:
        return argument
    text = str(argument)
    clean = scrub(text)
    return argument if clean == text else clean


def install_scrubber() -> None:
    """Puts the scrubber on the loggers of the libraries that see addresses. Calling it again changes nothing."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(existing, _Scrubber) for existing in logger.filters):
            logger.addFilter(_Scrubber())
    # Their debug lines print whole addresses and have no use here.
    for name in ("urllib3.connectionpool", "requests"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
