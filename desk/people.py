"""Who may enter the desk, and how their requests are told from forged ones."""

from __future__ import annotations

import hmac
import secrets

import structlog
from sqladmin.authentication import AuthenticationBackend
from starlette.exceptions import HTTPException
from starlette.requests import Request

from desk.words import WORDS
from records.database import Database
from records.staff import Staff

log = structlog.get_logger()

SHIFT_SECONDS = 8 * 3600  # a login lasts a working day of pauses


async def ensure_staff(database: Database, name: str, password: str) -> None:
    """Makes a staff account, or gives it this password. Raises RecordsError for a weak password."""
    await Staff(database).ensure(name, password)


class StaffLogin(AuthenticationBackend):
    """Name and password, kept in a signed cookie that other sites' requests do not carry (SameSite=Strict).

    The account is looked up on every request, so that somebody shut out is out at once.
    """

    def __init__(self, staff: Staff, secret: str, *, https: bool) -> None:
        super().__init__(secret, session_cookie="onestop_desk", same_site="strict", max_age=SHIFT_SECONDS, path="/desk", https_only=https)
        self._staff = staff

    async def login(self, request: Request) -> bool:
        form = await request.form()
        name, password = str(form.get("username", "")), str(form.get("password", ""))
        if not await self._staff.check(name, password):
            log.warning("desk.login_refused")
            return False
        request.session.clear()
        request.session.update({"user_id": name, "token": secrets.token_urlsafe(24)})
        log.info("desk.login", by=name)
        return True

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return False  # sqladmin then shows the login

    async def authenticate(self, request: Request) -> bool:
        name = request.session.get("user_id")
        return isinstance(name, str) and await self._staff.active(name)


def person(request: Request) -> str:
    """The name of who is logged in."""
    return str(request.session["user_id"])


async def checked_form(request: Request) -> dict[str, str]:
    """The fields of a form that one of our own pages made for this login. Raises 403 for any other."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    if not hmac.compare_digest(form.get("token", "").encode(), str(request.session.get("token", "-")).encode()):
        raise HTTPException(403, WORDS["page_too_old"])
    return form
