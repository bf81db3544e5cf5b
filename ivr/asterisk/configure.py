"""Asterisk's whole configuration from one frozen record; nothing of the host's /etc/asterisk is read.

Every value is checked before it is written, because these files have no quoting: a line break or a semicolon in a secret would be a new
directive or a comment.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
# Asterisk says "unable to load" for each of these that is not there, though it needs nothing from them.
EMPTY = ("acl", "ccss", "cdr", "cel", "features", "pjproject", "stasis", "udptl")
AMI_USER = "onestop"
DONE_VARIABLE = "HOTLINE_DONE"
ALIVE_VARIABLE = "HOTLINE_ALIVE"
CALL_VARIABLE = "ONESTOP_CALL"
CALLER_VARIABLE = "ONESTOP_CALLER"
# How often a person was called for in vain: the dialplan's variable in capitals, the parameter of our address in small letters.
UNANSWERED = "unanswered"
TRANSFER_CONTEXT, TRANSFER_EXTENSION = "transfer", "agent"


class SettingError(ValueError):
    """A value that must not get into the configuration; the text names the setting and what it may be."""


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """How our Asterisk is to be.

    root: the folder of `root.prepare`. name: several instances may share the root; each has its own `/srv/onestop-<name>` in it.
    bind: the one IPv4 address that SIP and sound are bound to. sip_port, ami_port: UDP and TCP; AMI is on 127.0.0.1 always.
    rtp: first and last UDP port for sound; four for each call.
    hotline: the number callers dial. agent: the name the agent's telephone registers under.
    callers, agents: addresses or networks that calls, and registrations of agents, may come from. Callers are known by nothing else.
    media_uri: ws:// address of our `/media`. media_secret: sent in its Authorization header, so that nobody else can be Asterisk.
    ami_secret, agent_password: at least 20 characters, made by the one who starts us. There is no default.
    heartbeat_seconds: older than this, the dialplan no longer dials us (our process writes every 3 s).
    ring_seconds: how long the agent's telephone rings. uid: numeric, nobody on the host.
    """

    root: Path
    media_uri: str
    media_secret: str = field(repr=False)
    ami_secret: str = field(repr=False)
    agent_password: str = field(repr=False)
    sip_port: int
    ami_port: int
    name: str = "hotline"
    bind: str = "127.0.0.1"
    rtp: tuple[int, int] = (20000, 20999)
    hotline: str = "12345"
    agent: str = "agent"
    callers: tuple[str, ...] = ("127.0.0.1",)
    agents: tuple[str, ...] = ("127.0.0.1",)
    heartbeat_seconds: int = 10
    ring_seconds: int = 30
    uid: int = 64040

    def __post_init__(self) -> None:
        for name in ("media_secret", "ami_secret", "agent_password"):
            if not re.fullmatch(r"[A-Za-z0-9_-]{20,100}", getattr(self, name)):
                raise SettingError(f"{name}: wants 20 to 100 letters, digits, - or _; make one with `openssl rand -hex 16`")
        for name, pattern in (("name", r"[a-z0-9-]{1,30}"), ("agent", r"[a-z][a-z0-9]{0,30}"), ("hotline", r"[0-9]{3,12}")):
            if not re.fullmatch(pattern, getattr(self, name)):
                raise SettingError(f"{name}: wants {pattern}, got {getattr(self, name)!r}")
        if not re.fullmatch(r"wss?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?/[A-Za-z0-9/_-]*", self.media_uri):
            raise SettingError(f"media_uri: wants ws://host:port/path, got {self.media_uri!r}")
        for name, networks in (("bind", (self.bind,)), ("callers", self.callers), ("agents", self.agents)):
            if not networks:
                raise SettingError(f"{name}: wants at least one IPv4 address or network")
            for network in networks:
                try:
                    ipaddress.IPv4Network(network)
                except ValueError as wrong:
                    raise SettingError(f"{name}: {network!r} is no IPv4 address or network") from wrong
        if not 1024 <= self.rtp[0] < self.rtp[1] <= 65535:
            raise SettingError(f"rtp: wants two rising ports from 1024 to 65535, got {self.rtp}")

    @property
    def home(self) -> str:
        """This instance's folder as Asterisk sees it, inside the root."""
        return f"/srv/onestop-{self.name}"

    @property
    def outside(self) -> Path:
        """The same folder as the host sees it."""
        return self.root / self.home.lstrip("/")

    @property
    def modules(self) -> str:
        """Folder of the loadable modules inside the root; its name holds the machine's architecture."""
        found = sorted(self.root.glob("usr/lib/*/asterisk/modules"))
        return "/" + str(found[0].relative_to(self.root)) if found else "/usr/lib/asterisk/modules"


def render(settings: AsteriskSettings) -> dict[str, str]:
    """File name to text, for a look or a test; writes nothing."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  no markup; values are checked by AsteriskSettings instead
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {
        "s": settings,
        "ami_user": AMI_USER,
        "done": DONE_VARIABLE,
        "alive": ALIVE_VARIABLE,
        "call": CALL_VARIABLE,
        "caller": CALLER_VARIABLE,
        "unanswered": UNANSWERED,
        "transfer": TRANSFER_CONTEXT,
        "person": TRANSFER_EXTENSION,
    }
    files = {path.stem: environment.get_template(path.name).render(words) for path in sorted(TEMPLATES.glob("*.j2"))}
    return files | {f"{name}.conf": "" for name in EMPTY}


def write(settings: AsteriskSettings) -> bool:
    """Writes the configuration into the root, readable by Asterisk's uid alone. Returns whether anything changed. Needs root."""
    folder = settings.outside / "etc"
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, 0, settings.uid)
    folder.chmod(0o750)
    changed = False
    for name, text in render(settings).items():
        path = folder / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        changed = True
        part = folder / f".{name}.part"
        part.touch(mode=0o640)
        part.write_text(text, "utf-8")
        part.chmod(0o640)
        os.chown(part, 0, settings.uid)
        part.rename(path)
    return changed
