"""What the platform's error codes mean for us, and the one exception of this room's client."""

from __future__ import annotations

from enum import StrEnum

from channels.wechat.logs import scrub


class Fault(StrEnum):
    """What to do about a call that failed (全局返回码 of the official documents)."""

    BUSY = "busy"  # -1: try again, a little later
    UNKNOWN = "unknown"  # no answer that can be read: it may have been done; never repeat it blindly
    UNREACHED = "unreached"  # the connection was never made: certainly not done
    TOKEN = "token"  # noqa: S105  # a kind of fault: one refresh, one retry, then tell the operator
    QUOTA = "quota"  # day or minute quota of the account: stop, alarm, come back later
    WINDOW = "window"  # the resident must write first: keep it
    PERMANENT = "permanent"  # not subscribed, blacklisted, refused, no permission
    ADDRESS = "address"  # our address is not on the account's whitelist
    OURS = "ours"  # too long, too many: our validators should have caught it
    IGNORED = "ignored"  # typing status: nothing is lost
    OTHER = "other"


_FAULTS: dict[int, Fault] = {
    -1: Fault.BUSY,
    40001: Fault.TOKEN,
    40014: Fault.TOKEN,
    42001: Fault.TOKEN,
    40013: Fault.TOKEN,
    40125: Fault.TOKEN,
    45009: Fault.QUOTA,
    45011: Fault.QUOTA,
    45015: Fault.WINDOW,
    45047: Fault.WINDOW,
    40003: Fault.PERMANENT,
    43004: Fault.PERMANENT,
    43019: Fault.PERMANENT,
    43101: Fault.PERMANENT,
    48001: Fault.PERMANENT,
    40164: Fault.ADDRESS,
    45002: Fault.OURS,
    45008: Fault.OURS,
    45080: Fault.IGNORED,
    45081: Fault.IGNORED,
}
STALE_TOKEN = frozenset({40001, 40014, 42001})
"""The codes that one fresh access_token can mend."""

ALARMS = {
    Fault.TOKEN: "WeChat does not accept our AppID and AppSecret or the token made from them: compare both with the console (基本配置)",
    Fault.ADDRESS: "WeChat does not know this server's address: add it to the IP whitelist of the console (基本配置 → IP白名单)",
    Fault.QUOTA: "the account's quota of WeChat calls is used up: see 接口权限 in the console, or wait for midnight",
    Fault.UNREACHED: "WeChat's platform cannot be reached: check the network and api_base",
}
"""What an operator should read on the health page, by fault."""


def classify(code: int) -> Fault:
    """The class of an errcode."""
    return _FAULTS.get(code, Fault.OTHER)


class ApiError(Exception):
    """A call to the platform failed. code: errcode, None where there was none. The text never holds a secret, token or openid."""

    def __init__(self, endpoint: str, fault: Fault, code: int | None = None, message: str = "") -> None:
        detail = f" {code}" if code is not None else ""
        super().__init__(scrub(f"WeChat {endpoint}: {fault}{detail} {message}".strip()))
        self.endpoint = endpoint
        self.fault = fault
        self.code = code
