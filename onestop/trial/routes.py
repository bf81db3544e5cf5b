"""The trial page and what it asks for. Mounted in trial mode only."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, Field

from onestop.addresses import TITLES
from onestop.parts import Parts, reason_of
from onestop.settings import Settings
from onestop.trial.clerk import Clerk
from onestop.trial.guard import may_act, may_look
from onestop.trial.phones import Phones
from records.errors import RecordsError

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).parent
STATIC = {"page.css": "text/css", "page.js": "text/javascript", "seal.svg": "image/svg+xml"}
COOKIE = "onestop_trial"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HINTS = ("查办事进度", "我想办老年优待证", "高龄补贴要带什么材料", "找人工")
MOST_TEXT = 600
"""Characters of one message; WeChat itself takes about as many."""


class Said(BaseModel):
    """What the newcomer typed."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(min_length=1, max_length=MOST_TEXT)


class Move(BaseModel):
    """An act of the trial clerk; `state` is the one the page showed."""

    model_config = ConfigDict(extra="forbid")
    to: str = Field(max_length=20)
    state: str = Field(max_length=20)


@dataclass(frozen=True, slots=True)
class Account:
    """A SIP account as the page shows it."""

    role: str
    user: str
    password: str


def trial_router(settings: Settings, parts: Parts, clerk: Clerk, phones: Phones) -> APIRouter:
    """`/`, `/trial/...`. Reading is for this machine; writing also only from our own page."""
    router = APIRouter(dependencies=[Depends(may_look(settings))], include_in_schema=False)
    act = [Depends(may_act(settings))]
    page = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined).get_template("page.html")

    def visitor(request: Request) -> str:
        name = request.cookies.get(COOKIE, "")
        if not phones.known(name):
            raise HTTPException(409, "试用已经重新开始，请刷新本页")
        return name

    @router.get("/")
    async def show() -> Response:
        html = page.render(
            public=settings.trial_public,
            hints=HINTS,
            webhook=f"{settings.address}/wechat",
            tv=f"{settings.address}/tv",
            hotline=settings.hotline,
            sip_server=f"{settings.sip_address}:{settings.sip_port}",
            accounts=[Account("想当接电话的人", settings.agent, settings.agent_password.get_secret_value())],
            desk=f"{settings.address}/desk" if "desk" in (await parts.report()).parts else "",
        )
        return HTMLResponse(
            html, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        )

    @router.get("/trial/static/{name}")
    async def static(name: str) -> Response:
        if name not in STATIC:
            raise HTTPException(404)
        return FileResponse(
            FOLDER / name, media_type=STATIC[name], headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        )

    @router.post("/trial/wechat/open", dependencies=act)
    async def open_phone(request: Request, response: Response) -> dict[str, Any]:
        """The page appears: a new visitor follows the account."""
        name = request.cookies.get(COOKIE, "")
        if not phones.known(name):
            name = secrets.token_urlsafe(18)
            response.set_cookie(COOKIE, name, httponly=True, samesite="strict", path="/")
            await _phone(phones.follow(name))
        return {}

    @router.post("/trial/wechat/anew", dependencies=act)
    async def anew(request: Request, response: Response) -> dict[str, Any]:
        """Another resident takes the phone."""
        await phones.forget(request.cookies.get(COOKIE, ""))
        name = secrets.token_urlsafe(18)
        response.set_cookie(COOKIE, name, httponly=True, samesite="strict", path="/")
        await _phone(phones.follow(name))
        return {}

    @router.post("/trial/wechat/say", dependencies=act)
    async def say(said: Said, request: Request) -> dict[str, Any]:
        await _phone(phones.say(visitor(request), said.text))
        return {}

    @router.post("/trial/cases/{case}/move", dependencies=act)
    async def move(case: UUID, wanted: Move) -> dict[str, Any]:
        try:
            await clerk.move(case, wanted.to, wanted.state)
        except KeyError:
            raise HTTPException(404, "没有这一件") from None
        except (RecordsError, ValueError) as wrong:
            raise HTTPException(409, str(wrong)) from None
        return {}

    @router.get("/trial/state")
    async def state(request: Request, after: int = 0) -> dict[str, Any]:
        """Everything the page shows that changes: messages after the last one seen, cases, parts."""
        report, cases = await asyncio.gather(parts.report(), _cases(clerk))
        name = request.cookies.get(COOKIE, "")
        return {
            "messages": [
                {"id": message.id, "kind": message.kind, "text": message.text} for message in phones.messages(name) if message.id > after
            ],
            "cases": cases,
            "parts": [
                {"name": part, "title": TITLES.get(part, part), "state": health.state, "text": health.reason or _facts(health.facts)}
                for part, health in report.parts.items()
            ],
        }

    return router


async def _cases(clerk: Clerk) -> list[dict[str, Any]]:
    try:
        return await clerk.recent()
    except Exception as wrong:  # the page goes on and shows by the health box what is down
        log.warning("trial.cases_not_read", reason=reason_of(wrong))
        return []


async def _phone(work: Any) -> None:
    try:
        await work
    except Exception as wrong:
        log.warning("trial.webhook_failed", reason=reason_of(wrong))
        raise HTTPException(502, "微信这边没有收到回应") from wrong


SHOWN = {
    "version": "{}",
    "model": "{}",
    "items": "{} 项",
    "voice": "{}",
    "mode": "{}",
    "calls": "通话 {}",
    "waiting": "待发 {}",
}
"""The facts of /healthz that fit into one line of the page."""


def _facts(facts: dict[str, str | int | float]) -> str:
    return " · ".join(form.format(facts[name]) for name, form in SHOWN.items() if facts.get(name) not in (None, ""))
