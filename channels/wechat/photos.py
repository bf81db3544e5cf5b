"""A picture that a resident sent becomes a Photo of the engine: fetched from the platform and kept, but only when the engine asked for one."""

from __future__ import annotations

from typing import Protocol

import structlog

from channels.wechat.client import Api
from channels.wechat.errors import ALARMS, ApiError
from dialogs.contract import Address, Photo, Talk, Wants
from records.pictures import MOST_BYTES, PictureError

log = structlog.get_logger()


class PhotoKeeper(Protocol):
    """Where pictures are kept."""

    async def keep(self, address: Address, content: bytes) -> str:
        """Keeps a picture that came from this address; the reference by which an answer names it. Raises records.pictures.PictureError."""
        ...


class Photos:
    """Fetches and keeps. Without a keeper no picture can be taken, and the resident is told so."""

    def __init__(self, talk: Talk, api: Api, keeper: PhotoKeeper | None) -> None:
        self._talk = talk
        self._api = api
        self._keeper = keeper

    async def take(self, address: Address, event: Photo, media_id: str) -> Photo | str:
        """The event with the kept picture's reference, or the name of the words that say why it could not be taken: the question then stands.

        A picture that nobody asked for is not fetched; the engine is told of it all the same, since it may be meant for the person who has
        the conversation.
        """
        now = await self._talk.current(address)
        if now is None or now.expect is None or now.expect.wants is not Wants.PHOTO:
            return event
        if self._keeper is None:
            return "wechat.photos_not_taken"
        try:
            content = await self._api.picture(media_id, MOST_BYTES)
            if content is None:
                return "wechat.photo_too_large"
            return Photo(await self._keeper.keep(address, content))
        except ApiError as wrong:
            log.warning("wechat.photo_not_fetched", fault=wrong.fault.value, code=wrong.code, mend=ALARMS.get(wrong.fault, ""))
            return "wechat.photo_not_fetched"
        except PictureError as wrong:
            log.info("wechat.photo_refused", reason=wrong.reason)
            return f"wechat.photo_{wrong.reason}"
