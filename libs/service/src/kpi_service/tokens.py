"""Verification of bearer tokens (JWT, RFC 7519 and the advice of RFC 8725).

Flask-free. The algorithm follows from the key, never from the token: Ed25519 → EdDSA,
RSA → RS256, P-256 → ES256. Keys come from a local JWKS file or from a JWKS URL (OpenID Connect).
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import jwt
from cachetools import TLRUCache
from jwt import PyJWK, PyJWKClient, PyJWKSet

from kpi_contracts.envelope import is_subject

MAX_TOKEN_LENGTH = 8192
LEEWAY = 30  # seconds a clock may be off
CACHE_SIZE = 4096
CACHE_SECONDS = 60  # a key taken out of the set is refused after at most this long
_REFUSED_HEADERS = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64"})
_ALGORITHMS = ("EdDSA", "RS256", "ES256")


class InvalidToken(Exception):
    """The token is not to be trusted; the message says why, without quoting it."""


class KeysUnavailable(Exception):
    """The key set cannot be read right now, so no token can be judged."""


@dataclass(frozen=True, slots=True)
class User:
    """Who calls: the token's subject, the roles it grants, and when it ends (epoch seconds)."""

    subject: str
    roles: frozenset[str]
    expires_at: float = field(default=0, compare=False)


class Keys(Protocol):
    """A set of public keys."""

    def key(self, kid: str | None) -> PyJWK:
        """Return the key named `kid`. Raises InvalidToken or KeysUnavailable."""


class FileKeys:
    """The keys of a JWKS file, read again when the file changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[int, PyJWKSet] | None = None

    def key(self, kid: str | None) -> PyJWK:
        """Return the key named `kid`, or the only one if the token names none."""
        return choose(self._keys(), kid)

    def _keys(self) -> PyJWKSet:
        try:
            changed = self._path.stat().st_mtime_ns
            if self._read is None or self._read[0] != changed:
                self._read = changed, PyJWKSet.from_json(self._path.read_text())
        except (OSError, ValueError, jwt.PyJWTError) as error:
            raise KeysUnavailable(f"The key set {self._path} cannot be read: {error}") from error
        return self._read[1]


class RemoteKeys:
    """The keys behind a JWKS URL, kept for 5 minutes; an unknown key fetches at most every 30 s."""

    def __init__(self, url: str) -> None:
        self._client = PyJWKClient(url, lifespan=300, timeout=5, cooldown_duration=30)

    def key(self, kid: str | None) -> PyJWK:
        """Return the key named `kid`, or the only one if the token names none."""
        try:
            return self._client.get_signing_key(kid) if kid else self._only_key()
        except jwt.PyJWKClientConnectionError as error:
            raise KeysUnavailable(f"The key set cannot be fetched: {error}") from error
        except (jwt.PyJWKClientError, jwt.PyJWKSetError) as error:
            raise InvalidToken("The token's key is not known.") from error

    def _only_key(self) -> PyJWK:
        return choose(self._client.get_jwk_set(), None)


def choose(keys: PyJWKSet, kid: str | None) -> PyJWK:
    """Return the key named `kid`; without a name, the only one. Raises InvalidToken."""
    if kid is None and len(keys.keys) == 1:
        return keys.keys[0]
    for key in keys.keys:
        if kid is not None and key.key_id == kid:
            return key
    raise InvalidToken("The token's key is not known.")


def keys_from(source: str) -> Keys:
    """Return the keys at `source`: an https (or http) URL, or a path."""
    if source.startswith(("https://", "http://")):
        return RemoteKeys(source)
    return FileKeys(Path(source.removeprefix("file://")))


class TokenVerifier:
    """Judges tokens; remembers good ones, by digest, for up to CACHE_SECONDS."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._lock = threading.Lock()
        self._known: TLRUCache[bytes, User] = TLRUCache(
            CACHE_SIZE,
            ttu=lambda _digest, user, now: min(user.expires_at + LEEWAY, now + CACHE_SECONDS),
            timer=time.time,
        )

    def verify(self, token: str) -> User:
        """Return the user that `token` stands for. Raises InvalidToken or KeysUnavailable."""
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            raise InvalidToken("The token is too long or not ASCII.")
        digest = hashlib.sha256(token.encode()).digest()
        with self._lock:
            user = self._known.get(digest)
        if user is None:
            user = self._judge(token)
            with self._lock:
                self._known[digest] = user
        return user

    def check_keys(self) -> None:
        """Raise KeysUnavailable unless the key set can be read: a readiness check."""
        try:
            self._keys.key(None)
        except InvalidToken:
            return  # it was read; that there are several keys is no fault

    def _judge(self, token: str) -> User:
        try:
            header = jwt.get_unverified_header(token)
            if _REFUSED_HEADERS & header.keys():
                raise InvalidToken("The token's header has members that are refused.")
            key = self._keys.key(header.get("kid"))
            claims = jwt.decode(
                token,
                key,
                algorithms=[_algorithm(key)],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise InvalidToken(f"The token is not valid: {error}.") from error
        except (ValueError, TypeError, RecursionError) as error:
            raise InvalidToken("The token is malformed.") from error
        return _user(claims)


def _algorithm(key: PyJWK) -> str:
    """Return the one algorithm that `key` may be used with. Raises InvalidToken for other keys."""
    if key.algorithm_name not in _ALGORITHMS or key.public_key_use not in (None, "sig"):
        raise InvalidToken("The token's key is of a kind that is not accepted.")
    return key.algorithm_name


def _user(claims: Mapping[str, Any]) -> User:
    subject, roles = claims["sub"], claims.get("roles", [])
    if not isinstance(subject, str) or not is_subject(subject):
        raise InvalidToken("The token's subject is not usable.")
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise InvalidToken("The token's roles are not a list of names.")
    return User(subject, frozenset(roles), float(claims["exp"]))
