"""What the television room is told from outside; only `onestop` reads the environment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TvSettings:
    """Settings of the television pages.

    secret: signs the cookie and the links of a screen; at least 32 characters, the same in every process.
    hotline: the number shown where a person is offered; "" when there is none (then the pages name the service window instead).
    return_hosts: the only `host` or `host:port` that a `returnUrl` may lead to (an open redirect otherwise).
    idle_seconds: without a key for so long at a screen, the page wipes itself; warn_seconds: it asks before that.
    stay_seconds: how long a television may be switched away from our page and come back where it was. Boxes of the new rules fall back to
        live television after 20 s without a key (whly.tj.gov.cn, 2024-07-11), so leaving the page must not lose anything.
    rate_seconds, rate_turns, rate_keys: per television, at most so many answers, and so many keypad keys, in so many seconds. Eighteen
        digits typed quickly with a few corrections must pass, hence two limits.
    secure_cookie: set when the pages are served over https only; many box networks have plain http inside the operator's network.
    """

    secret: str
    hotline: str = ""
    return_hosts: tuple[str, ...] = ()
    idle_seconds: int = 300
    warn_seconds: int = 30
    stay_seconds: int = 1800
    rate_seconds: int = 10
    rate_turns: int = 20
    rate_keys: int = 60
    secure_cookie: bool = False

    def __post_init__(self) -> None:
        if len(self.secret) < 32:
            raise ValueError("the television's secret has fewer than 32 characters: anybody could sign a cookie with it; set a longer one")
        if not 0 < self.warn_seconds < self.idle_seconds:
            raise ValueError("the television's warning must come before the page is wiped: make warn_seconds smaller than idle_seconds")
