"""What is kept for one television: who it is (in its cookie), the number being entered, the last good-bye, and how fast keys come (in Redis).

Keys are `onestop:tv:{<session>}:…`; a session is a random name that stands for nobody. What may be personal is sealed under its key.
Functions raise redis.exceptions.RedisError when Redis is down.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from redis.asyncio import Redis

from channels.tv.keypad import Entry
from channels.tv.settings import TvSettings
from dialogs.contract import Outcome, Prompt, Reply
from records.vault import Vault, VaultError

COOKIE = "onestop_tv"
#: A turn is claimed by the first link of a screen that is followed; longer than any turn takes, then the screen can be used again.
CLAIM_MS = 20_000

_SAVE_ENTRY = """
local held = redis.call('HMGET', KEYS[1], 'revision', 'step')
local step = (held[1] == ARGV[1]) and held[2] or '0'
if step ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'step', ARGV[3], 'sealed', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One viewing at one television: everything its cookie says. `session` is random; `back` is the allow-listed portal, or ""."""

    session: str
    keys: str = "any"
    size: str = "hd"
    back: str = ""


def new_session() -> str:
    """A name nobody can guess."""
    return secrets.token_hex(16)


class Visits:
    """Writes and reads the signed cookie."""

    def __init__(self, settings: TvSettings) -> None:
        self._serializer = URLSafeTimedSerializer(settings.secret, salt="onestop.tv.visit")
        self._stay = settings.stay_seconds

    def write(self, visit: Visit) -> str:
        """The cookie's value."""
        return str(self._serializer.dumps(asdict(visit)))

    def read(self, value: str) -> Visit | None:
        """The visit of a cookie; None when it is not ours, was changed, or is older than a television may stay away."""
        try:
            return Visit(**self._serializer.loads(value, max_age=self._stay))
        except (BadData, TypeError):
            return None


class Memory:
    """What Redis keeps for the televisions."""

    def __init__(self, redis: Redis, vault: Vault, settings: TvSettings) -> None:
        self._redis, self._vault, self._settings = redis, vault, settings
        self._save_entry = redis.register_script(_SAVE_ENTRY)

    @staticmethod
    def _key(session: str, what: str) -> str:
        return f"onestop:tv:{{{session}}}:{what}"

    def _opened(self, sealed: bytes | str | None, key: str) -> Any:
        """What was sealed; None when there is nothing or it is no longer ours (another secret): it is then entered again."""
        if not isinstance(sealed, bytes):
            return None
        try:
            return json.loads(self._vault.open(sealed, key))
        except (VaultError, ValueError):
            return None

    def _sealed(self, data: Any, key: str) -> bytes:
        return self._vault.seal(json.dumps(data, ensure_ascii=False).encode(), key)

    async def entry(self, session: str, revision: int) -> Entry:
        """The number entered so far at this revision's question; an empty one when it was another question."""
        key = self._key(session, "entry")
        held, sealed = await self._redis.hmget(key, ["revision", "sealed"])
        loaded = self._opened(sealed, key) if held == str(revision).encode() else None
        return Entry(**loaded) if loaded else Entry()

    async def save_entry(self, session: str, revision: int, before: Entry, after: Entry) -> bool:
        """Keeps one more key press; False when the same press (or another at the same step) was taken already."""
        key = self._key(session, "entry")
        sealed = self._sealed(asdict(after), key)
        arguments: list[int | bytes] = [revision, before.step, after.step, sealed, self._settings.stay_seconds]
        return bool(await self._save_entry(keys=[key], args=arguments))

    async def claim(self, session: str, revision: int, position: str) -> bool:
        """Whether this link may make the screen's turn: the first followed one may, and the same one again (it is the same event)."""
        key = self._key(session, f"claim:{revision}")
        if await self._redis.set(key, position, nx=True, px=CLAIM_MS):
            return True
        return bool(await self._redis.get(key) == position.encode())

    async def release(self, session: str, revision: int) -> None:
        """The turn did not come about: another link of the same screen may be followed."""
        await self._redis.delete(self._key(session, f"claim:{revision}"))

    async def farewell(self, session: str) -> Reply | None:
        """What was said last, when the conversation ended: shown again to a television that comes back or pressed twice."""
        key = self._key(session, "farewell")
        loaded = self._opened(await self._redis.get(key), key)
        if loaded is None:
            return None
        return Reply(tuple(map(Prompt, loaded["prompts"])), Outcome.END, title=loaded["title"], revision=loaded["revision"])

    async def keep_farewell(self, session: str, reply: Reply) -> None:
        """Keeps a good-bye as long as a television may stay away."""
        key = self._key(session, "farewell")
        data = {"prompts": [prompt.text for prompt in reply.prompts], "title": reply.title, "revision": reply.revision}
        await self._redis.set(key, self._sealed(data, key), ex=self._settings.stay_seconds)

    async def wipe(self, session: str) -> None:
        """Forgets everything of a television."""
        await self._redis.delete(self._key(session, "entry"), self._key(session, "farewell"))

    async def too_fast(self, session: str, what: str, most: int) -> bool:
        """Counts one action; whether there were more than `most` in this window."""
        key = self._key(session, f"rate:{what}")
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(key, 0, ex=self._settings.rate_seconds, nx=True)
            pipeline.incr(key)
            count = (await pipeline.execute())[-1]
        return int(count) > most
