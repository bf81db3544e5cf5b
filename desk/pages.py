"""The pages, on sqladmin: its login, layout and lists; own pages where something is changed, because sqladmin's actions are plain links."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqladmin import Admin, expose
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk.catalogue import ApprovalList, ItemList, ItemPage, days
from desk.page import Page
from desk.people import StaffLogin, checked_form, person
from desk.words import WORDS
from records.cases import Act, Cases, State
from records.catalogue import Catalogue
from records.database import Database
from records.errors import RecordsError
from records.handovers import HandOvers
from records.pictures import MEDIA_TYPE
from records.staff import Staff
from records.states import LABELS, NOTE_WANTED

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 50  # cases on a page; older ones are found by their number

SAFE_HEADERS = {
    "Cache-Control": "no-store",  # desks are shared
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'; form-action 'self'; base-uri 'self'",
}


def mount(app: FastAPI, database: Database, cases: Cases, handovers: HandOvers, secret: str, *, https: bool = False) -> None:
    """Puts the staff's pages at /desk of `app`.

    secret: signs the login cookies; the same on all machines. https: the pages are reached by HTTPS only, so the cookie is marked Secure.
    """
    admin = Admin(
        app,
        engine=database.engine,
        base_url="/desk",
        title=WORDS["title"],
        templates_dir=str(TEMPLATES),
        authentication_backend=StaffLogin(Staff(database), secret, https=https),
        middlewares=[Middleware(_SafeHeaders)],
    )
    environment: Any = admin.templates.env
    environment.install_gettext_callables(_chinese, lambda one, many, n: _chinese(many), newstyle=True)
    environment.globals.update(words=WORDS, labels=LABELS, note_wanted={str(act) for act in NOTE_WANTED}, days=days)
    records = {"cases": cases, "handovers": handovers, "catalogue": Catalogue(database)}
    for view in (CaseList, CasePage, CasePhoto, HandOverList, HandOverPage, NoticeList, ItemList, ItemPage, ApprovalList):
        admin.add_base_view(type(view.__name__, (view,), records))


class CaseList(Page):
    """The newest cases, by state if wanted; one is found by its number, which travels in the body, never in a link."""

    name = WORDS["cases"]
    icon = "fa-solid fa-folder-open"

    @expose("/cases", methods=["GET", "POST"], identity="cases")
    async def page(self, request: Request) -> Response:
        missing = False
        if request.method == "POST":
            form = await checked_form(request)
            found = await self.cases.find(form.get("number", ""))
            if found is not None:
                return RedirectResponse(request.url_for("admin:view-case", key=str(found)), 303)
            missing = True
        wanted = request.query_params.get("state", "")
        state = State(wanted) if wanted in [str(each) for each in State] else None
        lines = await self.cases.recent(SHOWN, state)
        return await self.show(request, "desk/cases.html", lines=lines, states=[str(each) for each in State], state=wanted, missing=missing)


class CasePage(Page):
    """One case: what was asked, what happened, and a button for each act that is possible now."""

    name = WORDS["case"]

    def is_visible(self, request: Request) -> bool:
        return False

    @expose("/case/{key}", methods=["GET", "POST"], identity="case")
    async def page(self, request: Request) -> Response:
        key = _uuid(request.path_params["key"])
        wrong = ""
        if request.method == "POST":
            form = await checked_form(request)
            number = await self.cases.number_of(key)
            try:
                act, seen = Act(form["act"]), State(form["seen"])
                await self.cases.move(number or "", act, person(request), form.get("note", ""), expected=seen)
            except (KeyError, ValueError):
                raise HTTPException(400, WORDS["unknown_act"]) from None
            except RecordsError as error:
                wrong = WORDS.get(type(error).__name__, str(error))
            else:
                return RedirectResponse(request.url_for("admin:view-case", key=str(key)), 303)
        detail = await self.cases.detail(key)
        if detail is None:
            raise HTTPException(404, WORDS["no_such_case"])
        return await self.show(request, "desk/case.html", 409 if wrong else 200, case=detail, wrong=wrong)


class CasePhoto(Page):
    """One photo of a case, for who looks at the case."""

    name = WORDS["photo"]

    def is_visible(self, request: Request) -> bool:
        return False

    @expose("/case/{key}/photo/{photo}", methods=["GET"], identity="photo")
    async def page(self, request: Request) -> Response:
        picture = await self.cases.attachments.read(request.path_params["photo"], _uuid(request.path_params["key"]))
        if picture is None:
            raise HTTPException(404, WORDS["no_such_photo"])
        return Response(picture, media_type=MEDIA_TYPE)


class HandOverList(Page):
    """Who waits for a person."""

    name = WORDS["hand_overs"]
    icon = "fa-solid fa-headset"

    @expose("/hand-overs", methods=["GET"], identity="hand-overs")
    async def page(self, request: Request) -> Response:
        return await self.show(request, "desk/hand_overs.html", waiting=await self.handovers.waiting())


class HandOverPage(Page):
    """One hand-over: take it (then the number to call back is shown whole), close it with a note."""

    name = WORDS["hand_over"]

    def is_visible(self, request: Request) -> bool:
        return False

    @expose("/hand-over/{reference}", methods=["GET", "POST"], identity="hand-over")
    async def page(self, request: Request) -> Response:
        reference, by, wrong = request.path_params["reference"], person(request), ""
        if request.method == "POST":
            form = await checked_form(request)
            try:
                if form.get("act") == "take":
                    await self.handovers.take(reference, by)
                elif form.get("act") == "close":
                    await self.handovers.close(reference, by, form.get("note", ""))
                    return RedirectResponse(request.url_for("admin:view-hand-overs"), 303)
                else:
                    raise HTTPException(400, WORDS["unknown_act"])
            except RecordsError as error:
                wrong = WORDS.get(type(error).__name__, str(error))
            else:
                return RedirectResponse(request.url_for("admin:view-hand-over", reference=reference), 303)
        found = await self.handovers.get(reference, by)
        if found is None:
            raise HTTPException(404, WORDS["no_such_hand_over"])
        return await self.show(request, "desk/hand_over.html", 409 if wrong else 200, hand_over=found, wrong=wrong)


class NoticeList(Page):
    """Whether notices go out, and those that were given up, to be tried again."""

    name = WORDS["notices"]
    icon = "fa-solid fa-bell"

    @expose("/notices", methods=["GET", "POST"], identity="notices")
    async def page(self, request: Request) -> Response:
        if request.method == "POST":
            form = await checked_form(request)
            await self.cases.notices.revive(form.get("key", ""))
            return RedirectResponse(request.url_for("admin:view-notices"), 303)
        health, dead = await self.cases.notices.health(), await self.cases.notices.dead()
        return await self.show(request, "desk/notices.html", health=health, dead=dead)


class _SafeHeaders:
    """Nothing of the desk is kept by browsers or framed by other pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = "/statics/" in scope["path"]

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start" and not static:
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, guarded)


def _chinese(text: str) -> str:
    return WORDS.get(text, text)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise HTTPException(404, WORDS["no_such_case"]) from None
