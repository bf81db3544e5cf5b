"""Opens the telephone: voice, ears, the media socket, Asterisk and its manager interface. Each may fail alone; callers then reach a person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import structlog
from fastapi import FastAPI

from dialogs.book import Book
from dialogs.contract import PartHealth, Talk
from dialogs.tools.catalogue import catalogue_source
from dialogs.words import Words, load_words
from ivr.ami import Ami, AmiSettings
from ivr.asterisk import AsteriskServer, AsteriskSettings, CannotSetUp, install_sentences, missing_sentences, write
from ivr.contract import CannotSpeak
from ivr.hotline import Hotline, HotlineSettings
from ivr.voice import Speaker
from onestop.modes import AsteriskMode
from onestop.parts import Parts, reason_of
from onestop.prompts import STAMP, fingerprint, sentences
from onestop.settings import Settings
from onestop.speech import open_hearing, open_voice
from onestop.stores import Stores

log = structlog.get_logger(__name__)

EMERGENCY_TRIES = 4

BOOT_SECONDS = 5.0
"""How long the start waits for Asterisk's manager interface before it goes on; it connects later by itself."""


def asterisk_settings(settings: Settings, root: Path | None = None) -> AsteriskSettings:
    """Asterisk as the environment sets it. Raises SettingError, which names what is wrong."""
    return AsteriskSettings(
        name=f"hotline-{settings.sip_port}" if root is None else "hotline",  # our own keep apart where two services share a folder
        root=root if root is not None else settings.asterisk_folder,
        media_uri=settings.media_address,
        media_secret=settings.media_secret.get_secret_value(),
        ami_secret=settings.ami_password.get_secret_value(),
        agent_password=settings.agent_password.get_secret_value(),
        sip_port=settings.sip_port,
        ami_port=settings.ami_port,
        bind=settings.sip_address,
        rtp=settings.rtp,
        hotline=settings.hotline,
        agent=settings.agent,
        callers=settings.callers,
        agents=settings.agents,
    )


async def open_telephone(
    settings: Settings, parts: Parts, app: FastAPI, stores: Stores, talk: Talk, book: Book
) -> Callable[[], Awaitable[None]]:
    """Everything a call needs. Gives what is to be done before the web server closes its sockets."""
    words = book.words
    voice = await open_voice(settings, parts)
    hearing = await open_hearing(settings, parts)
    if settings.asterisk is AsteriskMode.OFF:
        parts.say("asterisk", PartHealth("off", "ONESTOP_ASTERISK=off; the other terminals work without it"))
        return _nothing
    hotline: list[Hotline] = []
    ami = Ami(
        AmiSettings(settings.ami_port, settings.ami_password.get_secret_value(), settings.ami_host),
        alive=lambda: bool(hotline) and hotline[0].open,
    )
    hotline.append(
        Hotline(
            talk=talk,
            voice=voice,
            hearing=hearing,
            switchboard=ami,
            words=words,
            settings=HotlineSettings(settings.media_secret.get_secret_value(), sources=settings.media_sources),
        )
    )
    app.include_router(hotline[0].router)
    server = None
    if settings.asterisk is AsteriskMode.EMBEDDED:
        server = await parts.start("asterisk", lambda: _start(settings), stop=AsteriskServer.stop, told=(CannotSetUp,))
        if server is None:
            return hotline[0].stop
    parts.background("prompts", _prepare(voice, book, stores, server.settings if server else None), shown=False)
    await parts.start("asterisk", lambda: _connect(ami), stop=lambda _: ami.stop())
    parts.watch("asterisk", lambda: _health(server, ami, hotline[0]))
    return hotline[0].stop


async def _prepare(voice: Speaker, book: Book, stores: Stores, own: AsteriskSettings | None) -> None:
    """Speaks ahead, one after the other: first what the dialplan says when we are gone, then what was imported since prompts were rendered."""
    if own is not None:
        await _emergency_sentences(own, book.words, voice)
    catalogue = await catalogue_source(stores.catalogue, book.words)
    if STAMP.exists() and STAMP.read_text().strip() == fingerprint(book, catalogue):
        return  # nothing was imported since the prompts were rendered
    texts = await asyncio.to_thread(sentences, book, catalogue)
    missing = await voice.prepare(texts)
    log.info("prompts.prepared", sentences=len(texts), pieces_missing=missing)
    await asyncio.to_thread(voice.store.trim_cache)  # clerks' notes are spoken once and kept; the folder must not grow for ever


async def _emergency_sentences(own: AsteriskSettings, words: Words, voice: Speaker) -> None:
    """A busy machine may not speak within the patience of a call, but what it was making is ready the next time."""
    for _ in range(EMERGENCY_TRIES):
        try:
            await install_sentences(own, words, voice.speak)
        except CannotSpeak as wrong:
            reason = reason_of(wrong)
        else:
            return
    # the dialplan then rings the agent without a word before it
    log.warning("asterisk.sentences_missing", names=missing_sentences(own), reason=reason)


async def _start(settings: Settings) -> AsteriskServer:
    server = AsteriskServer(asterisk_settings(settings))
    await server.start()
    return server


async def _connect(ami: Ami) -> None:
    await ami.start()
    try:
        await asyncio.wait_for(ami.connected(), BOOT_SECONDS)
    except TimeoutError:
        log.warning("ami.not_yet_connected", seconds=BOOT_SECONDS)


async def _health(server: AsteriskServer | None, ami: Ami, hotline: Hotline) -> PartHealth:
    """The worst of the three, with what each knows."""
    found = [part.health() for part in (server, ami, hotline) if part is not None]
    facts = {name: value for health in found for name, value in health.facts.items()}
    for state in ("off", "degraded"):
        for health in found:
            if health.state == state:
                return replace(health, facts=facts)
    return PartHealth("ok", facts=facts)


async def _nothing() -> None:
    """No telephone, nothing to give back."""


async def write_configuration(settings: Settings, into: Path) -> None:
    """Configuration and emergency recordings for an Asterisk that runs elsewhere. Needs root, because the files are its uid's alone."""
    own = asterisk_settings(settings, into)
    write(own)
    async with Parts() as parts:
        voice = await open_voice(settings, parts)

        await _emergency_sentences(own, load_words(), voice)
