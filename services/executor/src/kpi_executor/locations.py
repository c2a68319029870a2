"""Locations of sources as stored: without their password, and put together again to connect."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit, urlunsplit


def split_secret(location: str) -> tuple[str, str | None]:
    """Return a location without the password in it, and that password (None if there is none).

    Raises ValueError for a URL that cannot be read.
    """
    if "://" not in location:
        return location, None
    parts = urlsplit(location)
    if parts.password is None:
        return location, None
    user, _, host = parts.netloc.rpartition("@")
    name = user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}@{host}")), unquote(parts.password)


def with_secret(location: str, secret: str | None) -> str:
    """Return the location with the password where its driver looks for it."""
    if secret is None or "://" not in location:
        return location
    parts = urlsplit(location)
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(secret, safe='')}@{host}"))
