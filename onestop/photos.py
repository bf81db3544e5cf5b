"""Pictures that residents send, kept in the records (`channels.wechat.photos.PhotoKeeper`)."""

from __future__ import annotations

from dialogs.contract import Address
from onestop.stores import Stores
from onestop.talk import address_index
from records.attachments import Attachments


class Photos:
    """Keeps a picture under its sender's blind index until a request takes it up."""

    def __init__(self, stores: Stores) -> None:
        self._attachments: Attachments = stores.cases.attachments
        self._vault = stores.vault

    async def keep(self, address: Address, content: bytes) -> str:
        """The picture's id. Raises records.pictures.PictureError."""
        return await self._attachments.keep(address_index(self._vault, address), content)
