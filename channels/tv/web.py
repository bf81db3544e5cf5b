"""The television's addresses. Each follows a link of a screen and answers with the screen that is current then; no link ever fails.

`GET /tv` (start, or where they were), `/tv/s` (the current screen, `p` its page), `/tv/go` (a choice), `/tv/key` (a keypad key), `/tv/new`
(somebody else begins), `/tv/bye` (nobody is there), `/tv/leave` (back to the portal). Without script a browser follows them with GET, the
script with POST; nothing differs. Every turn is one event whose key is `<session>:<revision>:<position>`: pressing twice, reloading and going
back make no second one.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from redis.asyncio import Redis
from redis.exceptions import RedisError

from channels.tv.compose import Target
from channels.tv.keypad import Entry
from channels.tv.keys import ANY, keymaps
from channels.tv.layout import FRAMES
from channels.tv.page import Dress, html
from channels.tv.render import Look, plain, positions, screen_of
from channels.tv.screen import Screen
from channels.tv.settings import TvSettings
from channels.tv.state import COOKIE, Memory, Visit, Visits, new_session
from channels.tv.tokens import DONE, LETTER_X, Links
from dialogs.contract import Address, Arrive, Event, Expectation, Incoming, Keys, Leave, Outcome, Pick, Reply, Talk, Wants
from dialogs.words import Words
from records.vault import Vault

log = structlog.get_logger(__name__)

CHANNEL = "tv"
METHODS = ["GET", "POST"]
#: Nothing is ever sent to us but short links.
MOST_QUERY, MOST_BODY = 2048, 4096
DOWN = Reply((), Outcome.DOWN)


def allowed(url: str, hosts: tuple[str, ...]) -> str:
    """The address if it may be returned to, else ""."""
    if not url or re.search(r"[\s\\\x00-\x1f]", url):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number raises
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc in hosts else ""


def _number(text: str, otherwise: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else otherwise


class Pages:
    """Everything one request may do. One object serves all televisions and keeps nothing of them."""

    def __init__(self, settings: TvSettings, talk: Talk, words: Words, redis: Redis, vault: Vault) -> None:
        self._settings, self._talk, self._words = settings, talk, words
        self._visits, self._memory = Visits(settings), Memory(redis, vault, settings)

    # --- who is there

    def _visit(self, request: Request) -> Visit | None:
        return self._visits.read(request.cookies.get(COOKIE, ""))

    def _stranger(self, like: Visit | None) -> Visit:
        """A new viewing at the same box."""
        return replace(like, session=new_session()) if like else Visit(new_session())

    def _arranged(self, visit: Visit, request: Request) -> Visit:
        """The visit with what the address of the start page asks for."""
        asked = request.query_params
        keys, size = asked.get("keys", visit.keys), asked.get("size", visit.size)
        back = allowed(asked.get("returnUrl", ""), self._settings.return_hosts) if "returnUrl" in asked else visit.back
        return replace(visit, keys=keys if keys in keymaps() else ANY, size=size if size in FRAMES else "hd", back=back)

    def _links(self, visit: Visit, revision: int) -> Links:
        return Links(self._settings.secret, visit.session, revision)

    # --- what is shown

    def _look(self, visit: Visit) -> Look:
        return Look(FRAMES[visit.size], self._settings.hotline, bool(visit.back))

    def respond(self, screen: Screen, visit: Visit | None, status: int = 200) -> Response:
        """A screen as an answer that nobody stores, frames from elsewhere, or adds a script to."""
        nonce = secrets.token_urlsafe(12)
        dress = Dress(keymaps()[visit.keys if visit else ANY], self._settings.idle_seconds, self._settings.warn_seconds)
        response = HTMLResponse(html(screen, self._words, dress, nonce), status)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{nonce}'; connect-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'self'"
        )
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if visit is not None:
            response.set_cookie(
                COOKIE,
                self._visits.write(visit),
                max_age=self._settings.stay_seconds,
                path="/tv",
                secure=self._settings.secure_cookie,
                httponly=True,
                samesite="lax",
            )
        return response

    async def _show(self, visit: Visit, reply: Reply, page: int = 1, notice: str = "", entry: Entry | None = None) -> Response:
        digits = reply.outcome is Outcome.WAIT and reply.expect is not None and reply.expect.wants is Wants.DIGITS
        if digits and entry is None:
            entry = await self._memory.entry(visit.session, reply.revision)
        screen = screen_of(reply, self._links(visit, reply.revision), self._words, self._look(visit), page, entry, notice)
        return self.respond(screen, visit, 503 if reply.outcome is Outcome.DOWN else 200)

    def plainly(self, visit: Visit | None, name: str, sentence: str, item: str, href: str, status: int) -> Response:
        """A page of one sentence and one item."""
        look = self._look(visit or Visit(""))
        target = Target(self._words(item), href, "1", hotkeys=("1", "back", "home"))
        return self.respond(plain(name, [self._words(sentence)], [target], self._words, look.frame), visit, status)

    def down(self, visit: Visit | None) -> Response:
        """What a television shows when we cannot work: a plain sentence, a way to try again, how a person is reached."""
        look = self._look(visit or Visit(""))
        return self.respond(screen_of(DOWN, Links("", "", 0), self._words, look), visit, 503)

    # --- what is done

    async def _current(self, visit: Visit) -> Reply | None:
        return await self._talk.current(Address(CHANNEL, visit.session)) or await self._memory.farewell(visit.session)

    async def _turn(self, visit: Visit, event: Event, name: str) -> Reply:
        reply = await self._talk.take(Incoming(Address(CHANNEL, visit.session), event, f"{visit.session}:{name}"))
        if reply.outcome is Outcome.END and not isinstance(event, Leave):
            await self._memory.keep_farewell(visit.session, reply)
        return reply

    async def _begin(self, request: Request, like: Visit | None) -> Response:
        visit = self._arranged(self._stranger(like), request)
        scene = request.query_params.get("scene", "")
        return await self._show(visit, await self._turn(visit, Arrive(scene if re.fullmatch(r"[\w.-]{0,32}", scene) else ""), "arrive"))

    async def start(self, request: Request) -> Response:
        """Where they were, or the beginning."""
        visit = self._visit(request)
        if visit is None:
            return await self._begin(request, None)
        visit = self._arranged(visit, request)
        current = await self._current(visit)
        return await self._begin(request, visit) if current is None else await self._show(visit, current)

    async def current(self, request: Request) -> Response:
        """The current screen; of a long one, the asked page if it is still the same screen."""
        visit = self._visit(request)
        reply = await self._current(visit) if visit else None
        if visit is None or reply is None:
            return await self._begin(request, visit)
        asked = request.query_params
        same = _number(asked.get("r", ""), -1) == reply.revision
        return await self._show(visit, reply, _number(asked.get("p", ""), 1) if same else 1)

    async def go(self, request: Request) -> Response:
        """A choice or a universal, by its position on the screen."""
        visit = self._visit(request)
        reply = await self._current(visit) if visit else None
        if visit is None or reply is None:
            return await self._begin(request, visit)
        if not self._from(visit, reply, request):
            return await self._show(visit, reply)
        if await self._memory.too_fast(visit.session, "turns", self._settings.rate_turns):
            return self.plainly(visit, "too_fast", "tv.too_fast", "tv.go_on", "/tv/s", 429)
        position = request.query_params.get("c", "")
        if reply.outcome is Outcome.HAND_OVER and position == "again":
            return await self._once(visit, reply, Arrive(), position)
        choice = positions(reply).get(position)
        if choice is None:
            return await self._show(visit, reply)
        question = reply.expect.question if reply.expect and not choice.startswith("!") else ""
        return await self._once(visit, reply, Pick(choice, question), position)

    def _from(self, visit: Visit, reply: Reply, request: Request) -> bool:
        """Whether the request follows a link of the screen that shows this reply."""
        asked = request.query_params
        return _number(asked.get("r", ""), -1) == reply.revision and self._links(visit, reply.revision).genuine(asked.get("t", ""))

    async def _once(self, visit: Visit, shown: Reply, event: Event, position: str) -> Response:
        """One turn of one screen: the first link that is followed makes it."""
        if not await self._memory.claim(visit.session, shown.revision, position):
            return await self._show(visit, await self._current(visit) or shown)
        reply = await self._turn(visit, event, f"{shown.revision}:{position}")
        if reply.outcome is Outcome.DOWN or reply.revision == shown.revision:
            await self._memory.release(visit.session, shown.revision)
        return await self._show(visit, reply)

    async def key(self, request: Request) -> Response:
        """A key of the keypad."""
        visit = self._visit(request)
        reply = await self._current(visit) if visit else None
        if visit is None or reply is None:
            return await self._begin(request, visit)
        expect = reply.expect
        if expect is None or expect.wants is not Wants.DIGITS or not self._from(visit, reply, request):
            return await self._show(visit, reply)
        if await self._memory.too_fast(visit.session, "keys", self._settings.rate_keys):
            return self.plainly(visit, "too_fast", "tv.too_fast", "tv.go_on", "/tv/s", 429)
        asked = request.query_params
        entry = await self._memory.entry(visit.session, reply.revision)
        step = _number(asked.get("n", ""), -1)
        key = self._links(visit, reply.revision).pressed(asked.get("k", ""), step) if step == entry.step else None
        if key is None:
            return await self._show(visit, reply, self._last(visit, reply), entry=entry)
        if key == DONE:
            missing = expect.least - len(entry.digits)
            if missing <= 0:
                return await self._once(visit, reply, Keys(entry.digits.replace(LETTER_X, "*")), DONE)
            notice = self._words("tv.too_short", missing=missing)
            return await self._show(visit, reply, self._last(visit, reply), notice, replace(entry, pressed=DONE))
        after = entry.after(key, expect)
        if not await self._memory.save_entry(visit.session, reply.revision, entry, after):
            after = await self._memory.entry(visit.session, reply.revision)
        return await self._show(visit, reply, self._last(visit, reply), self._remark(entry, after, expect), after)

    def _last(self, visit: Visit, reply: Reply) -> int:
        """The page with the keypad, when the text before it takes pages of its own."""
        links = self._links(visit, reply.revision)
        first = screen_of(reply, links, self._words, self._look(visit))
        pages = (screen_of(reply, links, self._words, self._look(visit), page) for page in range(1, first.pages + 1))
        return next((screen.page for screen in pages if screen.field is not None), 1)

    def _remark(self, before: Entry, after: Entry, expect: Expectation) -> str:
        if after.pressed == LETTER_X and after.digits == before.digits and len(after.digits) < expect.most:
            return self._words("tv.x_last")
        return self._words("tv.full") if len(after.digits) >= expect.most and after.digits == before.digits else ""

    async def new(self, request: Request) -> Response:
        """Somebody begins anew: nothing of the last conversation can be reached from here any more."""
        visit = self._visit(request)
        reply = await self._current(visit) if visit else None
        if visit is None or reply is None:
            return await self._begin(request, visit)
        if not self._from(visit, reply, request):
            return await self._show(visit, reply)
        await self._memory.wipe(visit.session)
        return await self._begin(request, visit)

    async def bye(self, request: Request) -> Response:
        """Nobody is there: the screen is wiped, and the cookie says nothing any more."""
        visit = self._visit(request)
        if visit is None:
            return self.plainly(None, "wiped", "tv.wiped", "tv.begin", "/tv", 200)
        reply = await self._current(visit)
        if reply is not None and not self._links(visit, 0).genuine(request.query_params.get("t", "")):
            return await self._show(visit, reply)
        if reply is not None:
            await self._turn(visit, Leave("idle"), "idle")
        await self._memory.wipe(visit.session)
        return self.plainly(self._stranger(visit), "wiped", "tv.wiped", "tv.begin", "/tv", 200)

    async def leave(self, request: Request) -> Response:
        """Back to the portal we came from; the conversation can be taken up again as long as a television may stay away."""
        visit = self._visit(request)
        reply = await self._current(visit) if visit else None
        if visit is None or not visit.back or (reply is not None and not self._from(visit, reply, request)):
            return await self.start(request)
        if reply is not None and reply.expect is not None:
            await self._turn(visit, Leave("portal"), f"{reply.revision}:leave")
        return RedirectResponse(visit.back, 303, {"Cache-Control": "no-store"})

    async def answer(self, what: str, request: Request) -> Response:
        """One request, with what may be wrong with it and with us."""
        length = request.headers.get("content-length", "0")
        if len(request.url.query) > MOST_QUERY or "transfer-encoding" in request.headers or _number(length, MOST_BODY + 1) > MOST_BODY:
            return self.plainly(None, "refused", "tv.refused", "tv.begin", "/tv", 413)
        ways = {
            "": self.start,
            "s": self.current,
            "go": self.go,
            "key": self.key,
            "new": self.new,
            "bye": self.bye,
            "leave": self.leave,
        }
        try:
            return await ways.get(what, self.start)(request)
        except (RedisError, OSError, TimeoutError) as wrong:
            log.error("television state unreachable", error=type(wrong).__name__)
            return self.down(self._visit(request))


def router(settings: TvSettings, talk: Talk, words: Words, redis: Redis, vault: Vault) -> APIRouter:
    """The addresses under /tv, for the application to include."""
    pages = Pages(settings, talk, words, redis, vault)
    routes = APIRouter()

    @routes.api_route("/tv", methods=METHODS, include_in_schema=False)
    async def start(request: Request) -> Response:
        return await pages.answer("", request)

    @routes.api_route("/tv/{what:path}", methods=METHODS, include_in_schema=False)
    async def follow(what: str, request: Request) -> Response:
        return await pages.answer(what, request)

    return routes
