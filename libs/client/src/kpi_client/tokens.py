"""Local tokens: signed with the key that the embedded stack keeps under ``KPI_HOME``."""

from __future__ import annotations

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from kpi_client.errors import ConfigurationError

ISSUER_KEY = Path("keys", "issuer.pem")


def issue(
    key: Ed25519PrivateKey,
    *,
    user: str,
    roles: Sequence[str],
    ttl: int,
    issuer: str,
    audience: str,
) -> str:
    """Sign a bearer token (JWT, EdDSA) for ``user``, valid for ``ttl`` seconds from now."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": user,
        "roles": list(roles),
        "iat": now,
        "exp": now + ttl,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": thumbprint(key.public_key())})


def thumbprint(key: Ed25519PublicKey) -> str:
    """Give the key id by RFC 7638: base64url SHA-256 of the JWK's required members (RFC 8037)."""
    x = _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode("ascii")).digest())


def issuer_key(home: Path) -> Ed25519PrivateKey:
    """Read the issuer's private key under ``home``.

    Raises:
        ConfigurationError: it is absent, unreadable or of another kind.

    """
    path = home / ISSUER_KEY
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"no issuer key at {path}: start the stack once (make run), or set KPI_HOME"
        ) from error
    except (OSError, ValueError, TypeError) as error:
        raise ConfigurationError(f"cannot read the issuer key {path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(f"{path} holds no Ed25519 private key")
    return key


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
