"""Where the WeChat room keeps things between requests: Redis, with personal values sealed and personal names hashed."""

from __future__ import annotations

import json
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

STORE_S = 3.0
"""Longest wait for one answer of the store, in seconds: an apology still fits into the budget, and a busy moment is no outage."""

STORE_TROUBLE = (RedisError, TimeoutError, OSError)
"""What a store that is away raises."""


class Vault(Protocol):
    """What this room needs of the vault of the records: sealing of values, and a keyed hash to find things by."""

    def seal(self, data: bytes, context: str) -> bytes:
        """Encrypts; the context must be given again to open."""
        ...

    def open(self, sealed: bytes, context: str) -> bytes:
        """Decrypts, or raises when the data or the context is not the one that was sealed."""
        ...

    def index(self, value: str, context: str) -> str:
        """A keyed hash of the value, the same for ever."""
        ...


class Keeping:
    """Names keys and seals values. All keys begin with "onestop:wechat:"; what follows a resident is an HMAC, never an openid."""

    def __init__(self, redis: Redis, vault: Vault) -> None:
        self.redis = redis
        self._vault = vault

    def key(self, kind: str, personal: str) -> str:
        """The Redis key of one thing of one owner (an openid, a message's identity, an AppID)."""
        return f"onestop:wechat:{kind}:{self.index(personal, kind)}"

    def index(self, personal: str, kind: str) -> str:
        """A keyed hash that may appear in Redis and logs."""
        return self._vault.index(personal, f"wechat.{kind}")

    def seal(self, kind: str, value: Any) -> bytes:
        """Seals something that JSON can say."""
        return self._vault.seal(json.dumps(value, ensure_ascii=False).encode(), f"wechat.{kind}")

    def open(self, kind: str, sealed: bytes | str) -> Any:
        """Opens what `seal` made; raises what the vault raises when it was not sealed by us."""
        return json.loads(self._vault.open(sealed if isinstance(sealed, bytes) else sealed.encode(), f"wechat.{kind}"))
