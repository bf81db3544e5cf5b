"""Every setting of the service: read from the environment and `.env`, checked once, handed to the rooms as plain values.

Only this package reads the environment. `.env.example` is generated from the fields below (`onestop settings --example`), so a
field's description is also its documentation.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from onestop.modes import AsteriskMode, Mode, WechatMode, WorkerMode

SECRET_LEAST = 32
"""Characters of ONESTOP_SECRET at least; 32 of base64 carry 192 bits, more than the vault's 256-bit key derivation needs to be safe."""


def project_folder() -> Path:
    """Where relative folders begin: the clone when run from one, else the working folder."""
    clone = Path(__file__).resolve().parent.parent
    return clone if (clone / "pyproject.toml").is_file() else Path.cwd()


class SettingsError(RuntimeError):
    """The service must not start like this; the text names each variable and the mend."""


def _field(default: Any, section: str, text: str, **more: Any) -> Any:
    return Field(default=default, description=text, json_schema_extra={"section": section}, **more)


SERVICE, STORES, WECHAT, TELEVISION, TELEPHONE, SPEECH, DESK = (
    "Service",
    "Stores",
    "WeChat official account",
    "Television",
    "Telephone",
    "Speech",
    "Staff pages",
)


class Settings(BaseSettings):
    """All settings. Field names are the variables' names in lower case, with ONESTOP_ before them unless an alias says otherwise."""

    model_config = SettingsConfigDict(
        env_prefix="ONESTOP_",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # compose hands over "" for what is not set
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        validate_default=True,
    )

    mode: Mode = _field(
        Mode.TRIAL,
        SERVICE,
        "trial: makes its own secrets and embedded servers and shows the trial page. production: refuses to start without its secrets.",
    )
    host: str = _field("127.0.0.1", SERVICE, "Address the web server listens on.", min_length=1)
    port: int = _field(8000, SERVICE, "Port of the web server.", ge=1, le=65535)
    public_url: str = _field("", SERVICE, "Address residents reach us at, for links and QR codes, e.g. https://onestop.example.gov.cn.")
    secret: SecretStr = _field(
        SecretStr(""),
        SERVICE,
        f"Master secret of the vault that encrypts personal data, at least {SECRET_LEAST} characters; keep a copy: without it the data "
        "cannot be read. The trial makes its own in <var>/trial.env.",
    )
    var: Path = _field(Path("var"), SERVICE, "Folder of what must be kept: embedded databases, trial secrets, recordings of a run.")
    cache: Path = _field(Path(".cache"), SERVICE, "Folder of what can be made again: model files, prompts, the Asterisk folder.")
    log_level: str = _field("INFO", SERVICE, "DEBUG, INFO, WARNING or ERROR.", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = _field("text", SERVICE, "text for people, json for collectors.", pattern="^(text|json)$")
    worker: WorkerMode = _field(WorkerMode.INSIDE, SERVICE, "Who sends notices: inside this process, or separate (`onestop worker`).")
    stall_seconds: float = _field(
        20.0,
        SERVICE,
        "A process that has answered nothing for so long is ended, so that calls reach a person and a supervisor starts it anew; 0: never.",
        ge=0,
    )
    trial_public: bool = _field(
        False, SERVICE, "Serve the trial page to other machines too. It shows trial accounts and moves cases: only in a closed network."
    )

    wechat_keep_hours: float = _field(
        24.0,
        SERVICE,
        "How long a half-done talk on WeChat can be taken up again: a message is answered when there is time, often the next evening.",
        gt=0,
        le=24 * 30,
    )
    tv_keep_hours: float = _field(
        4.0,
        SERVICE,
        "The same on television: an evening. It is a family's device, and whoever sits down next is not meant to read on.",
        gt=0,
        le=24,
    )
    telephone_keep_hours: float = _field(
        1.0, SERVICE, "The same of a call that was cut: for the person who takes it over, and for a call that comes back.", gt=0, le=24
    )

    database_url: SecretStr = _field(
        SecretStr(""),
        STORES,
        "PostgreSQL, e.g. postgresql://user:password@host/onestop. Empty: an embedded one in <var>.",
        alias="DATABASE_URL",
    )
    redis_url: SecretStr = _field(
        SecretStr(""), STORES, "Redis or Valkey, e.g. redis://host:6379/0. Empty: an embedded one in <var>.", alias="REDIS_URL"
    )

    wechat_token: SecretStr = _field(
        SecretStr(""), WECHAT, "Token set in the account's server configuration (服务器配置). Empty: WeChat is off."
    )
    wechat_app_id: str = _field("", WECHAT, "AppID (开发者ID).")
    wechat_app_secret: SecretStr = _field(SecretStr(""), WECHAT, "AppSecret; needed to push messages and notices.")
    wechat_aes_key: SecretStr = _field(SecretStr(""), WECHAT, "EncodingAESKey, 43 characters; needed in safe mode.")
    wechat_mode: WechatMode = _field(WechatMode.SAFE, WECHAT, "Message mode: plain 明文 or safe 安全 (for 兼容 either works).")
    wechat_hand_over: str = _field(
        "transfer", WECHAT, "A person takes over: transfer (the account has 客服), or text (a sentence only).", pattern="^(transfer|text)$"
    )
    wechat_tappable: bool = _field(False, WECHAT, "Make numbered choices tappable too (an undocumented kind of link).")
    wechat_api_base: str = _field(
        "",
        WECHAT,
        "Where messages are pushed to. Empty: https://api.weixin.qq.com in production, a WeChat played by this machine in a trial.",
    )

    tv_return_hosts: Annotated[tuple[str, ...], NoDecode] = _field(
        (), TELEVISION, "Portals (host or host:port, comma-separated) that a television's returnUrl may lead back to."
    )

    asterisk: AsteriskMode = _field(
        AsteriskMode.EMBEDDED, TELEPHONE, "embedded: we start it (root on Debian). external: it runs elsewhere. off: no telephone."
    )
    asterisk_root: Path = _field(Path(), TELEPHONE, "Folder with Asterisk 22 and its libraries. Empty: <cache>/asterisk.")
    hotline: str = _field("3000", TELEPHONE, "The number residents dial.", pattern=r"^\d{3,12}$")
    agent: str = _field("agent", TELEPHONE, "SIP user name of the person who takes over.", pattern=r"^[a-z][a-z0-9]{0,30}$")
    agent_password: SecretStr = _field(SecretStr(""), TELEPHONE, "SIP password of that person, at least 20 letters and digits.")
    sip_address: str = _field("127.0.0.1", TELEPHONE, "The one IPv4 address that SIP and sound listen on.")
    sip_port: int = _field(5060, TELEPHONE, "Port of SIP over UDP.", ge=1024, le=65535)
    rtp_ports: str = _field("20000-20999", TELEPHONE, "UDP ports of sound, four for each call.", pattern=r"^\d{4,5}-\d{4,5}$")
    callers: Annotated[tuple[str, ...], NoDecode] = _field(
        ("127.0.0.1",),
        TELEPHONE,
        "Addresses or networks calls may come from, comma-separated: the operator's SBC, or this machine in a trial.",
        min_length=1,
    )
    agents: Annotated[tuple[str, ...], NoDecode] = _field(
        ("127.0.0.1",), TELEPHONE, "Addresses or networks the agent's telephone may register from, comma-separated.", min_length=1
    )
    ami_host: str = _field("127.0.0.1", TELEPHONE, "Asterisk's manager interface (AMI).")
    ami_port: int = _field(5038, TELEPHONE, "Port of AMI.", ge=1024, le=65535)
    ami_password: SecretStr = _field(SecretStr(""), TELEPHONE, "Password of AMI, at least 20 letters and digits.")
    media_uri: str = _field("", TELEPHONE, "Where Asterisk reaches this service for a call's sound. Empty: ws://127.0.0.1:<port>/media.")
    media_sources: Annotated[tuple[str, ...], NoDecode] = _field(
        ("127.0.0.1",), TELEPHONE, "Addresses Asterisk opens media sockets from, comma-separated.", min_length=1
    )
    media_secret: SecretStr = _field(
        SecretStr(""), TELEPHONE, "Asterisk shows it when it opens a call's media socket; at least 20 letters and digits."
    )

    vosk_model: str = _field(
        "",
        SPEECH,
        "Folder of a Vosk model. Empty: the official small one from <cache>, else our trial model, else keys only.",
        alias="VOSK_MODEL",
    )
    recognisers: int = _field(
        1, SPEECH, "Recogniser processes; one core carries about six free or twenty-five grammar streams.", ge=0, le=64
    )
    voice: str = _field("zf_xiaoxiao", SPEECH, "Kokoro voice of the prompts; `off` for recorded prompts only.", min_length=1)

    staff_user: str = _field("clerk", DESK, "Name of the first staff account.", min_length=1)
    staff_password: SecretStr = _field(
        SecretStr(""), DESK, "Password of the first staff account. Empty in production: the staff pages are off."
    )

    @field_validator("callers", "agents", "media_sources", "tv_return_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("public_url", "wechat_api_base")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("var", "cache")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value if value.is_absolute() else project_folder() / value

    @property
    def trial(self) -> bool:
        """Whether this is a trial."""
        return self.mode is Mode.TRIAL

    @property
    def address(self) -> str:
        """Where a person on this machine opens the service."""
        if self.public_url:
            return self.public_url
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 (compared, not listened on)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def asterisk_folder(self) -> Path:
        """Asterisk's folder of the embedded mode."""
        return self.cache / "asterisk" if self.asterisk_root == Path() else self.asterisk_root

    @property
    def media_address(self) -> str:
        """Where Asterisk opens a call's media socket."""
        return self.media_uri or f"ws://127.0.0.1:{self.port}/media"

    @property
    def rtp(self) -> tuple[int, int]:
        """First and last port of sound."""
        first, _, last = self.rtp_ports.partition("-")
        return int(first), int(last)

    @property
    def wechat_on(self) -> bool:
        """WeChat is served once its token is known; an empty token would let everybody in."""
        return bool(self.wechat_token.get_secret_value())


def problems(settings: Settings) -> list[str]:
    """What forbids a start, one sentence each with the mend; empty when all is well."""
    found: list[str] = []
    if settings.mode is Mode.PRODUCTION:
        if len(settings.secret.get_secret_value()) < SECRET_LEAST:
            found.append(
                f"ONESTOP_SECRET must have at least {SECRET_LEAST} characters in production; make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        for name, value in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url)):
            if not value.get_secret_value():
                found.append(f"{name} must be set in production: the embedded servers are for trials")
        if settings.trial_public:
            found.append("ONESTOP_TRIAL_PUBLIC is for ONESTOP_MODE=trial; remove it")
    if settings.wechat_on and settings.wechat_mode is not WechatMode.PLAIN:
        if len(settings.wechat_aes_key.get_secret_value()) != 43:
            found.append(f"ONESTOP_WECHAT_AES_KEY must have 43 characters in {settings.wechat_mode} mode; copy it from 服务器配置")
        if not settings.wechat_app_id:
            found.append(f"ONESTOP_WECHAT_APP_ID must be set in {settings.wechat_mode} mode")
    if settings.asterisk is not AsteriskMode.OFF:
        needs: tuple[tuple[str, SecretStr], ...] = (
            ("ONESTOP_AMI_PASSWORD", settings.ami_password),
            ("ONESTOP_MEDIA_SECRET", settings.media_secret),
        )
        if settings.asterisk is AsteriskMode.EMBEDDED:
            needs += (("ONESTOP_AGENT_PASSWORD", settings.agent_password),)
        # the pattern is that of ivr.asterisk: its files have no quoting
        weak = [name for name, value in needs if not re.fullmatch(r"[A-Za-z0-9_-]{20,100}", value.get_secret_value())]
        if weak:
            found.append(f"{', '.join(weak)}: each wants 20 to 100 letters, digits, - or _ for the telephone; or set ONESTOP_ASTERISK=off")
    return found


def load(env_file: Path | None = None, *, check: bool = True) -> Settings:
    """Settings from the environment, `.env` and, in a trial, the secrets it made for itself (environment first).

    Raises SettingsError with all problems at once.
    """
    # imported here: trial_secrets writes a file, which reading the settings of a production service must never do
    from onestop.trial_secrets import ensure

    own = env_file if env_file is not None else project_folder() / ".env"
    try:
        settings = Settings(_env_file=own)  # type: ignore[call-arg]
        if settings.trial:
            settings = Settings(_env_file=(ensure(settings.var), own))  # type: ignore[call-arg]
    except ValidationError as wrong:
        raise SettingsError(_readable(wrong)) from None
    found = problems(settings) if check else []
    if found:
        raise SettingsError("\n".join(found))
    return settings


def variable(name: str) -> str:
    """The environment variable of a field."""
    alias = Settings.model_fields[name].alias
    return alias if alias else f"ONESTOP_{name.upper()}"


def _readable(wrong: ValidationError) -> str:
    lines = []
    for error in wrong.errors(include_input=False, include_url=False):
        where = str(error["loc"][0]) if error["loc"] else "settings"
        lines.append(f"{variable(where) if where in Settings.model_fields else where}: {error['msg']}")
    return "\n".join(lines)


def example() -> str:
    """The text of `.env.example`: every variable with its meaning and default."""
    lines = [
        "# Settings of Onestop 一站通. Copy to .env and change what you need; every line may also be an environment variable.",
        "# Generated by `onestop settings --example` from onestop/settings.py. A line that is commented out shows the default.",
    ]
    section = ""
    for name, field in Settings.model_fields.items():
        extra = field.json_schema_extra
        here = str(extra["section"]) if isinstance(extra, dict) else ""
        if here != section:
            section = here
            lines += ["", f"# --- {section} ---"]
        lines += ["", f"# {field.description}", f"#{variable(name)}={_shown(field.default)}"]
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, Path):
        return "" if default == Path() else str(default)
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default)
