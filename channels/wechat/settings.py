"""What an operator sets for one WeChat official account, and every number that is a rule here, with its source."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Mode = Literal["plain", "safe"]
HandOver = Literal["transfer", "text"]

OFFICIAL_API = "https://api.weixin.qq.com"


class SettingsError(ValueError):
    """A setting cannot be used; the text names it and says how to mend it. It never repeats a secret."""


@dataclass(frozen=True, slots=True, repr=False)
class WeChatSettings:
    """One official account, named as its console (设置与开发 → 基本配置) names things.

    token, app_id, app_secret, aes_key: Token, AppID, AppSecret and EncodingAESKey (43 characters; needed in safe mode).
    mode: "plain" for 明文模式, "safe" for 安全模式. An account in 兼容模式 works with either; "safe" then reads only the encrypted part.
    api_base: address of the platform, without /cgi-bin; the local WeChat of `simulator` in trials and tests.
    answer_budget_s: seconds from a delivery's arrival to our answer. The platform cuts at 5 s (official passive-reply page); half a
        second is left for the way there and back.
    freshness_s: how far a delivery's timestamp may be from our clock, in seconds.
    again_s: how long a given answer is kept (sealed) to be given again: three attempts of 5 s, and as much again for slow networks.
    lease_s: how long a process that works on a delivery may be silent before another may take it over.
    body_bytes: largest request body. A text message is under 4 KiB; a safe-mode one holds it as base64.
    page_bytes: largest text of one message in UTF-8. 2047 or 2048 were observed by many, no official number is known.
    page_pause_s: pause before a pushed message that follows a passive answer, so that they are shown in order.
    connect_s, read_s: time limits of calls to the platform.
    rate_per_minute, rate_burst: messages of one resident that reach the engine; 0 switches the limit off.
    tappable: make choices tappable with weixin://bizmsgmenu links. Undocumented by the platform, so only a decoration beside numbers.
    hand_over: "transfer" where the account has 客服 (the message is forwarded with transfer_customer_service); "text" where not.
    pending_days: how long a message that could not be sent waits for the resident's next message.
    """

    token: str
    app_id: str
    app_secret: str
    aes_key: str | None = None
    mode: Mode = "safe"
    api_base: str = OFFICIAL_API
    answer_budget_s: float = 4.5
    freshness_s: int = 300
    again_s: float = 30.0
    lease_s: float = 2.0
    body_bytes: int = 64 * 1024
    page_bytes: int = 2000
    page_pause_s: float = 0.3
    connect_s: float = 3.0
    read_s: float = 5.0
    rate_per_minute: int = 60
    rate_burst: int = 30
    tappable: bool = False
    hand_over: HandOver = "transfer"
    pending_days: int = 14

    def __post_init__(self) -> None:
        for name in ("token", "app_id", "app_secret"):
            if not getattr(self, name).strip():
                raise SettingsError(
                    f"WeChat {name} is empty: copy it from the official account's console; without it anyone could speak for WeChat"
                )
        if not re.fullmatch(r"[A-Za-z0-9]{3,32}", self.token):
            raise SettingsError("WeChat token must be 3 to 32 letters and digits, as the console demands")
        if self.mode not in ("plain", "safe"):
            raise SettingsError(f'WeChat mode must be "plain" or "safe", not {self.mode!r}')
        if self.hand_over not in ("transfer", "text"):
            raise SettingsError(f'WeChat hand_over must be "transfer" or "text", not {self.hand_over!r}')
        if self.mode == "safe" and self.aes_key is None:
            raise SettingsError("WeChat safe mode needs aes_key (EncodingAESKey of the console), or set mode to plain")
        if self.aes_key is not None:
            _check_aes_key(self.aes_key)
        if urlsplit(self.api_base).scheme not in ("http", "https") or not urlsplit(self.api_base).netloc:
            raise SettingsError("WeChat api_base must be an http or https address, such as " + OFFICIAL_API)
        for name in ("answer_budget_s", "freshness_s", "again_s", "lease_s", "body_bytes", "connect_s", "read_s", "pending_days"):
            if getattr(self, name) <= 0:
                raise SettingsError(f"WeChat {name} must be more than 0")
        if self.page_bytes < 200:
            raise SettingsError("WeChat page_bytes must be at least 200: a sentence and its choices would not fit")

    def __repr__(self) -> str:
        """Without the secrets: settings end up in logs."""
        return f"WeChatSettings(app_id={self.app_id!r}, mode={self.mode!r}, api_base={self.api_base!r})"


def _check_aes_key(aes_key: str) -> None:
    """EncodingAESKey: 43 letters and digits that are the base64 of 32 bytes without its last "="."""
    try:
        size = len(base64.b64decode(aes_key + "=", validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if len(aes_key) != 43 or size != 32:
        raise SettingsError("WeChat aes_key (EncodingAESKey) must be the 43 letters and digits of the console")
