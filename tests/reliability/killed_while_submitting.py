"""A process that takes one turn of a conversation; told to, it dies by SIGKILL between submitting and saving.

    python killed_while_submitting.py DATABASE_URL REDIS_URL FOLDER {die|live} EVENTS.json

EVENTS: [[key, kind, text], …]; the last one is the one during which it dies. Prints the last reply's prompts as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from pydantic import SecretStr

from dialogs.contract import Address, Arrive, Incoming, Keys, Text
from dialogs.store import SessionStore
from onestop.parts import Parts
from onestop.stages import instance_settings
from onestop.stores import open_stores
from onestop.talk import Shelf, budgets, build_talk

SECRET = "one secret for both processes, longer than thirty-two"
KINDS = {"text": Text, "keys": Keys, "arrive": lambda _: Arrive()}


async def main(database_url: str, redis_url: str, folder: str, mode: str, events: str) -> None:
    settings = instance_settings(Path(folder)).model_copy(
        update={"database_url": SecretStr(database_url), "redis_url": SecretStr(redis_url), "secret": SecretStr(SECRET)}
    )
    async with Parts() as parts:
        stores = await open_stores(settings, parts)
        shelf = Shelf(stores.catalogue)
        await shelf.refresh()
        talk = build_talk(stores, shelf, budgets())
        todo = json.loads(events)
        for n, (key, kind, text) in enumerate(todo):
            if mode == "die" and n == len(todo) - 1:

                async def never(self: SessionStore, *_: object) -> None:
                    os.kill(os.getpid(), signal.SIGKILL)

                SessionStore.save = never  # type: ignore[method-assign]
            reply = await talk.take(Incoming(Address("wechat", "somebody"), KINDS[kind](text), key))
        print(json.dumps([p.text for p in reply.prompts], ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
