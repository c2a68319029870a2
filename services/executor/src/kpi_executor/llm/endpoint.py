"""Where a language model listens."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """An OpenAI-compatible API.

    ``url`` is its base, up to and without ``/chat/completions``; ``timeout_seconds`` bounds one
    whole dialogue, the repair included.
    """

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 20.0

    @property
    def completions_url(self) -> str:
        """The address that completes chats."""
        return f"{self.url.rstrip('/')}/chat/completions"


def check_url(url: str) -> None:
    """Raise ValueError for what is no plain http(s) URL; secrets belong in the key."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must not hold a user, password, query or fragment.")


def check_key(key: str) -> None:
    """Raise ValueError for a key that no HTTP header can carry."""
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("must be printable ASCII without spaces.")
