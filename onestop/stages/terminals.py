"""A resident at each terminal (`dialogs.tools.play.Stage`)."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from io import BytesIO

import httpx
from PIL import Image

from channels.tv.remote import CannotFollow, Shown, Television
from channels.wechat.simulator import Phone
from channels.wechat.simulator.phone import Seen
from dialogs.book import read_universals
from dialogs.contract import Address, Choice, Talk
from dialogs.tools.play import Act, CannotDo
from dialogs.words import Words
from ivr.handset import Handset, HandsetError

NOT_A_PICTURE = "broken"
"""`photo: broken` sends something that is no picture."""


def picture() -> bytes:
    """A small photo of nothing."""
    made = BytesIO()
    Image.new("RGB", (64, 48), (200, 180, 120)).save(made, "JPEG")
    return made.getvalue()


class WeChatStage:
    """A resident who writes to the official account."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def do(self, act: Act) -> Sequence[str]:
        phone = self._phone
        match act.kind:
            case "arrives":
                return await self._shown(phone.subscribe())
            case "leaves":
                return await self._shown(phone.unsubscribe(), awaited=False)
            case "again":
                return await self._shown(phone.again(), awaited=False)
            case "waits" | "unanswered":
                return ()
            case "noise":
                return await self._shown(phone.say())
            case "photo":
                return await self._shown(phone.send_photo(b"not a picture" if act.what == NOT_A_PICTURE else picture()))
            case "old":
                raise CannotDo("WeChat's choices are answered by writing, which is never old; leave the line out there: {wechat: null, …}")
            case "press":
                raise CannotDo("nobody can press keys on WeChat; write a line of its own: {telephone: …, otherwise: …}")
        return await self._shown(phone.send(act.what))

    async def _shown(self, sending: Awaitable[Seen], *, awaited: bool = True) -> Sequence[str]:
        """All that comes of it; what is transferred to a person brings nothing, everything else an answer, if only later."""
        before = len(self._phone.inbox)
        seen = await sending
        if awaited and not seen.transferred and len(self._phone.inbox) == before:
            await self._phone.until(lambda inbox: len(inbox) > before)
        return self._phone.inbox[before:]

    async def close(self) -> None:
        await self._phone.close()


class TelevisionStage:
    """A family before the television. Nobody can write on it: what is said must be on the screen."""

    MORE_PAGES = 12

    def __init__(self, client: httpx.AsyncClient, words: Words) -> None:
        self._client, self._words = client, words
        self._television = Television(client)
        #: The universals have shorter names on a television's bottom row.
        self._bar = {u.label: words(f"tv.bar_{u.id[1:]}") for u in read_universals() if f"tv.bar_{u.id[1:]}" in words.sentences}
        #: By label, what could be picked on screens that were left.
        self._left: dict[str, Shown] = {}

    async def do(self, act: Act) -> Sequence[str]:
        television = self._television
        if act.kind in ("leaves", "unanswered") or (act.kind == "waits" and act.what):
            return ()
        before = television.seen.items
        try:
            await self._act(act)
        except CannotFollow as wrong:
            raise CannotDo(str(wrong)) from wrong
        self._left |= {item.label: item for item in before}
        seen = television.seen
        return tuple(filter(None, (*television.told, seen.count, seen.notice, *seen.labels)))

    async def _act(self, act: Act) -> None:
        television = self._television
        match act.kind:
            case "arrives":
                await television.open()
            case "pick":
                await self._pick(act.what)
            case "enter":
                await television.enter(act.what)
            case "again":
                await television.again()
            case "old":
                if act.what not in self._left:
                    raise CannotDo(f"no screen of this play had {act.what!r}; there were {' '.join(self._left)}")
                await television.revisit(self._left[act.what])
            case "waits":
                pass
            case _:
                raise CannotDo(f"nobody can {act.kind} on a television; write a line of its own: {{tv: …, otherwise: …}}")

    async def _pick(self, label: str) -> None:
        label, more = self._bar.get(label, label), self._words("common.more")
        for _ in range(self.MORE_PAGES):
            if label in self._television.seen.labels or more not in self._television.seen.labels:
                break
            await self._television.follow(more)
        await self._television.follow(label)

    async def close(self) -> None:
        await self._client.aclose()


class TelephoneStage:
    """A caller: picks by the key that was named, enters numbers by keys, says the rest."""

    def __init__(self, handset: Handset, talk: Talk) -> None:
        self._handset, self._talk = handset, talk

    async def do(self, act: Act) -> Sequence[str]:
        try:
            return await self._act(act)
        except HandsetError as wrong:
            raise CannotDo(str(wrong)) from wrong

    async def _act(self, act: Act) -> Sequence[str]:
        handset = self._handset
        match act.kind:
            case "arrives":
                return await handset.dial()
            case "unanswered":
                return await handset.unanswered()
            case "photo" | "old":
                raise CannotDo(f"a telephone has no {act.kind}; write a line of its own: {{telephone: …, otherwise: …}}")
        if handset.ended is not None:
            return handset.heard
        match act.kind:
            case "leaves":
                await handset.hang_up()
                return ()
            case "waits" if act.what:
                raise CannotDo("nobody is silent so long in a call; leave the line out there: {telephone: null, …}")
            case "waits":
                return await handset.silence()
            case "noise":
                return await handset.say()
            case "again":
                return handset.heard
            case "press":
                return await handset.press(act.what)
            case "enter":
                return await handset.press(act.what.replace("X", "*").replace("x", "*"))
            case "pick":
                return await self._pick(act.what)
        return await handset.say(*(act.heard or (act.what,)))

    async def _pick(self, label: str) -> Sequence[str]:
        if self._handset.call is None:
            raise CannotDo("nobody has called yet; write `resident: arrives` first")
        now = await self._talk.current(Address("telephone", self._handset.call.call_id))
        offered: tuple[Choice, ...] = (*now.expect.choices, *now.expect.universals) if now and now.expect else ()
        key = next((choice.key for choice in offered if choice.label == label), "")
        return await (self._handset.press(key) if key else self._handset.say(label))

    async def close(self) -> None:
        if self._handset.call is not None and self._handset.ended is None:
            await self._handset.hang_up()
        await self._handset.put_down()
