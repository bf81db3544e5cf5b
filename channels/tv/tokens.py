"""What a screen's links carry: a revision, a position and tokens that only this service can make. Never a digit, never a choice's own id.

Web servers, proxies and boxes keep addresses in their logs. A choice's id may be a case, a sequence of keypad links may be somebody's
identity number; so links name choices by their position on the screen and keypad keys by a token that differs for every key press.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from urllib.parse import urlencode

#: The keys of the keypad besides the digits.
DELETE, DONE, LETTER_X = "delete", "done", "X"
PAD = (*"0123456789", LETTER_X, DELETE, DONE)


@dataclass(frozen=True, slots=True)
class Links:
    """The addresses of one television's current screen. `secret` signs, `session` and `revision` are what is signed for."""

    secret: str
    session: str
    revision: int

    def _mac(self, *parts: object) -> str:
        text = "|".join(map(str, ("onestop.tv", self.session, self.revision, *parts)))
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:20]

    @property
    def token(self) -> str:
        """Of this screen: a link without it was not followed from it (cross-site request forgery)."""
        return self._mac("screen")

    def genuine(self, token: str) -> bool:
        """Whether a link bears this screen's token."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def _to(self, path: str, **query: object) -> str:
        return f"/tv/{path}?" + urlencode({"r": self.revision, **query, "t": self.token})

    def choice(self, position: str) -> str:
        """Picks what stands at a position ("1" for the first choice, "back" for a universal)."""
        return self._to("go", c=position)

    def page(self, number: int) -> str:
        """Another page of the same reply."""
        return f"/tv/s?r={self.revision}&p={number}"

    def key(self, key: str, step: int) -> str:
        """Presses a keypad key as the step-th press."""
        return self._to("key", n=step, k=self._mac("key", step, key))

    def pressed(self, token: str, step: int) -> str | None:
        """Which key a token stands for, or None."""
        return next((key for key in PAD if hmac.compare_digest(token.encode(), self._mac("key", step, key).encode())), None)

    @property
    def new(self) -> str:
        """Begins anew as somebody else."""
        return self._to("new")

    @property
    def wipe(self) -> str:
        """Wipes what is on the screen because nobody is there. Of any revision: whatever is on it must go."""
        return f"/tv/bye?t={replace(self, revision=0).token}"

    @property
    def leave(self) -> str:
        """Back to the portal we came from."""
        return self._to("leave")
