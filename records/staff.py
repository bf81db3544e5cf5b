"""Staff accounts of the desk: a name and a password hash (scrypt, RFC 7914)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from records.clock import utc_now
from records.database import Database
from records.errors import RecordsError
from records.tables import StaffRow
from records.throttle import claim, hit

N, R, P = 2**14, 8, 5  # OWASP's password storage sheet, 16 MiB a check; kept with each hash, so that they can grow
SHORTEST = 10
WRONG_PASSWORDS = 10  # for one name in WINDOW, then it is refused whatever is typed
WINDOW = timedelta(minutes=15)


class Staff:
    """Who may enter the desk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, name: str, password: str) -> None:
        """Makes the account, or gives it this password and lets it in again. Raises RecordsError for a weak password."""
        if not name.strip() or len(password) < SHORTEST:
            raise RecordsError(f"a staff account wants a name and a password of at least {SHORTEST} characters")
        async with self._database.session() as session:
            stored = await session.scalar(select(StaffRow.password_hash).where(StaffRow.name == name, StaffRow.active))
        if stored is not None and await asyncio.to_thread(_same, password, stored):
            return
        made = await asyncio.to_thread(_hash, password)
        row = insert(StaffRow).values(name=name, password_hash=made, active=True, since=utc_now())
        again = row.on_conflict_do_update(index_elements=[StaffRow.name], set_={"password_hash": made, "active": True})
        async with self._database.session() as session:
            await session.execute(again)

    async def check(self, name: str, password: str) -> bool:
        """Whether this is an active account's password. An unknown name takes as long as a wrong password."""
        key = "login:" + hashlib.sha256(name.encode()).hexdigest()[:32]
        async with self._database.session() as session:
            wrong = await claim(session, key, WINDOW, utc_now())
            row = await session.scalar(select(StaffRow).where(StaffRow.name == name, StaffRow.active))
        right = await asyncio.to_thread(_same, password, row.password_hash if row else _NOBODY)
        if right and row is not None and wrong < WRONG_PASSWORDS:
            return True
        async with self._database.session() as session:
            await hit(session, key, WINDOW, utc_now())
        return False

    async def active(self, name: str) -> bool:
        """Whether the account is still let in."""
        async with self._database.session() as session:
            return await session.scalar(select(StaffRow.name).where(StaffRow.name == name, StaffRow.active)) is not None

    async def shut_out(self, name: str) -> None:
        """Ends an account; its name stays in the history of cases."""
        async with self._database.session() as session:
            row = await session.get(StaffRow, name)
            if row is not None:
                row.active = False


def _hash(password: str, salt: bytes | None = None, n: int = N, r: int = R, p: int = P) -> str:
    salt = salt or secrets.token_bytes(16)
    key = hashlib.scrypt(password.encode(), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)
    return f"scrypt${n}${r}${p}${b64encode(salt).decode()}${b64encode(key).decode()}"


def _same(password: str, stored: str) -> bool:
    _, n, r, p, salt, _key = stored.split("$")
    return hmac.compare_digest(_hash(password, b64decode(salt), int(n), int(r), int(p)).encode(), stored.encode())


_NOBODY = f"scrypt${N}${R}${P}${b64encode(b'0' * 16).decode()}${b64encode(b'0' * 32).decode()}"
