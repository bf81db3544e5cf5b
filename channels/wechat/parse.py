"""A verified XML body becomes a typed Message, and a Message becomes an event of the engine. Pure.

wechatpy parses, but raises half a dozen kinds of exceptions, some only when a field is read, and hands out dicts for nested content. All
of that ends here: what passes is made of short strings, everything else is `BadMessageError`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import wechatpy
import xmltodict  # type: ignore[import-untyped]  # wechatpy's own parser

from dialogs.contract import Alternative, Arrive, Event, Garbled, Leave, Photo, Pick, Speech, Text

_PROLOG = re.compile(r"\s*(?:<\?xml[^<>]*\?>\s*)?<xml>")
_NAME = re.compile(r"[A-Za-z0-9_\-@.]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")
_LONGEST = {"Content": 16_000, "Recognition": 16_000}
"""Characters; other fields hold at most 1024 (a menu address)."""


class BadMessageError(Exception):
    """The body is not a WeChat message. `reason` is a short word for logs and counters; the body itself is never repeated."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Kind(StrEnum):
    """What came. OTHER_MESSAGE: from the resident, but of a kind we cannot read. OTHER_EVENT: a notice of the platform's own."""

    TEXT = "text"
    VOICE = "voice"
    PHOTO = "photo"
    SUBSCRIBE = "subscribe"
    SCAN = "scan"
    CLICK = "click"
    UNSUBSCRIBE = "unsubscribe"
    OTHER_MESSAGE = "other_message"
    OTHER_EVENT = "other_event"


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery, normalised.

    openid: who wrote. account: the official account's own name (gh_…), needed to answer. created: seconds since 1970.
    msg_id: MsgId, "" for events. event, event_key: as sent, event in lower case; a scene comes without its "qrscene_".
    text: typed. recognition: what the platform heard in a voice message, "" where it does not (being withdrawn since 2023).
    media_id: of a picture or voice. menu_id: of a tapped bizmsgmenu link.
    """

    openid: str
    account: str
    kind: Kind
    created: int
    msg_id: str = ""
    event: str = ""
    event_key: str = ""
    text: str = ""
    recognition: str = ""
    media_id: str = ""
    menu_id: str = ""

    @property
    def identity(self) -> str:
        """Names the message for ever: MsgId; for events FromUserName + CreateTime, and Event + EventKey since two may share a second.

        Holds an openid: only its keyed hash may be kept.
        """
        return (
            f"msg|{self.msg_id}"
            if self.msg_id
            else "|".join(("event", self.openid, str(self.created), self.kind, self.event, self.event_key, self.text, self.media_id))
        )


def decode(body: bytes) -> str:
    """Bytes to text that is safe to give to an XML parser; raises BadMessageError.

    Only UTF-8, and nothing but an XML declaration before <xml>: so no DOCTYPE, no entities, and a resident may still write "<!DOCTYPE".
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadMessageError("not_utf8") from None
    if not _PROLOG.match(text):
        raise BadMessageError("doctype" if "<!doctype" in text.lower() else "not_wechat_xml")
    return text


def encrypted_part(text: str) -> str:
    """The Encrypt element of a safe-mode envelope; raises BadMessageError."""
    try:
        envelope = xmltodict.parse(text)["xml"]
    except Exception as wrong:  # as in _parsed
        trouble = type(wrong).__name__
    else:
        encrypted = _field(envelope, "Encrypt", longest=128 * 1024) if isinstance(envelope, dict) else ""
        if encrypted:
            return encrypted
        trouble = "no_Encrypt"
    raise BadMessageError(f"not_an_envelope_{trouble}")


def parse(text: str) -> Message:
    """The message in a decoded XML text; raises BadMessageError."""
    parsed = _parsed(text)
    data = parsed._data
    openid, account = _field(data, "FromUserName"), _field(data, "ToUserName")
    if not _NAME.fullmatch(openid) or not _NAME.fullmatch(account):
        raise BadMessageError("bad_name")
    created, msg_id = _field(data, "CreateTime"), _field(data, "MsgId")
    if not _NUMBER.fullmatch(created) or (msg_id and not _NUMBER.fullmatch(msg_id)):
        raise BadMessageError("bad_number")
    is_event = _field(data, "MsgType").lower() == "event"
    kind = _kind(parsed, is_event)
    return Message(
        openid=openid,
        account=account,
        kind=kind,
        created=int(created),
        msg_id="" if is_event else msg_id,
        event=_field(data, "Event").lower(),
        event_key=_field(data, "EventKey"),
        text=_field(data, "Content"),
        recognition=_field(data, "Recognition"),
        media_id=_field(data, "MediaId"),
        menu_id=_field(data, "bizmsgmenuid"),
    )


def to_event(message: Message) -> Event | None:
    """The engine's event; None for what is no turn of the conversation (a platform notice, a voice message nobody transcribed).

    Menu keys (CLICK) are written by us: "pick:<choice>" picks, "say:<words>" says, anything else is where the resident came from.
    A tapped link's id is "<question>~<choice>", as `render` writes it. A picture is named by its MediaId; `photos` fetches it where one is wanted.
    """
    match message.kind:
        case Kind.TEXT:
            question, tilde, choice = message.menu_id.rpartition("~")
            if tilde and choice:
                return Pick(choice, question)
            return Text(message.text) if message.text.strip() else Garbled()
        case Kind.VOICE:
            heard = message.recognition.strip()
            return Speech((Alternative(heard),)) if heard else None
        case Kind.PHOTO:
            return Photo(f"wechat:{message.media_id}")
        case Kind.SUBSCRIBE | Kind.SCAN:
            return Arrive(message.event_key)
        case Kind.CLICK:
            how, colon, what = message.event_key.partition(":")
            if colon and what and how == "pick":
                return Pick(what)
            if colon and what and how == "say":
                return Text(what)
            return Arrive(message.event_key)
        case Kind.UNSUBSCRIBE:
            return Leave("unsubscribe")
        case Kind.OTHER_MESSAGE:
            return Garbled()
        case Kind.OTHER_EVENT:
            return None


_EVENTS = {
    "subscribe": Kind.SUBSCRIBE,
    "subscribe_scan": Kind.SUBSCRIBE,
    "subscribe_scan_product": Kind.SUBSCRIBE,
    "scan": Kind.SCAN,
    "click": Kind.CLICK,
    "unsubscribe": Kind.UNSUBSCRIBE,
}
_MESSAGES = {"text": Kind.TEXT, "voice": Kind.VOICE, "image": Kind.PHOTO}


def _kind(parsed: Any, is_event: bool) -> Kind:
    if is_event:
        return _EVENTS.get(getattr(parsed, "event", ""), Kind.OTHER_EVENT)
    return _MESSAGES.get(parsed.type, Kind.OTHER_MESSAGE)


def _parsed(text: str) -> Any:
    """wechatpy's message behind one guard."""
    try:
        parsed = wechatpy.parse_message(text)
    except Exception as wrong:  # ExpatError, KeyError, TypeError, AttributeError, ValueError (entities): all mean the same
        trouble = type(wrong).__name__
    else:
        if parsed is not None and isinstance(parsed._data, dict):
            return parsed
        trouble = "empty"
    raise BadMessageError(f"not_wechat_xml_{trouble}")


def _field(data: dict[str, Any], name: str, longest: int | None = None) -> str:
    """A field's text, "" when absent or empty; raises BadMessageError when it is nested, doubled or too long."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadMessageError(f"nested_{name}")
    if len(value) > (longest or _LONGEST.get(name, 1024)):
        raise BadMessageError(f"long_{name}")
    return value
