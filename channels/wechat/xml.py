"""Passive replies as XML that cannot be broken, nor broken into, by what is said in them. Pure."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from wechatpy.replies import TextReply, TransferCustomerServiceReply

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SUCCESS = "success"
"""The body that says: received, nothing to show. JSON or anything else would show the resident a failure text."""


@dataclass(frozen=True, slots=True)
class Passive:
    """What goes out as the answer to a delivery: a text, a transfer to customer service (客服), or neither (`success`)."""

    text: str = ""
    transfer: bool = False


def legal(text: str) -> str:
    """The text without characters that XML 1.0 forbids (section 2.2): one of them makes the whole reply a failure text."""
    return _ILLEGAL.sub("", text)


def cdata(text: str) -> str:
    """Text for the inside of a CDATA section that someone else opens and closes: wechatpy puts it there unescaped."""
    return legal(text).replace("]]>", "]]]]><![CDATA[>")


def passive_xml(passive: Passive, *, openid: str, account: str, now: float | None = None) -> str:
    """The reply XML from `account` to `openid`; "" for nothing to show."""
    names = {"source": cdata(account), "target": cdata(openid), "time": int(time.time() if now is None else now)}
    if passive.transfer:
        return str(TransferCustomerServiceReply(**names).render())
    if passive.text:
        return str(TextReply(content=cdata(passive.text), **names).render())
    return ""
