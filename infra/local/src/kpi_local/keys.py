"""Keys of the embedded stack: token issuer (Ed25519), secrets (Fernet); and its admin token."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm
from jwt.utils import base64url_encode

from kpi_local.home import Home
from kpi_local.private import write_private

ISSUER = "kpi-ledger-local"
AUDIENCE = "kpi-ledger"
ADMIN = "admin"
TOKEN_LIFETIME = 7 * 24 * 3600  # seconds; every start issues a new token


def prepare(home: Home) -> None:
    """Make the keys that are missing."""
    issuer = _issuer(home.keys / "issuer.pem")
    (home.keys / "jwks.json").write_text(json.dumps({"keys": [_public_jwk(issuer)]}, indent=2))
    secrets_key = home.keys / "secrets.key"
    if not secrets_key.exists():
        write_private(secrets_key, Fernet.generate_key())


def write_admin_token(home: Home, *, issuer: str = ISSUER, audience: str = AUDIENCE) -> None:
    """Write a fresh token of the administrator."""
    token = issue(home, ADMIN, ["admin"], issuer=issuer, audience=audience)
    write_private(home.token, token.encode() + b"\n")


def issue(
    home: Home,
    subject: str,
    roles: Sequence[str],
    *,
    issuer: str = ISSUER,
    audience: str = AUDIENCE,
) -> str:
    """Sign a token (EdDSA) for the stack on `home`, valid for TOKEN_LIFETIME seconds."""
    key = _issuer(home.keys / "issuer.pem")
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "roles": list(roles),
        "iat": now,
        "exp": now + TOKEN_LIFETIME,
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": _public_jwk(key)["kid"]})


def _issuer(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        fresh = Ed25519PrivateKey.generate()
        write_private(path, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 private key")
    return key


def _public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    jwk = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": _thumbprint(jwk), "use": "sig", "alg": "EdDSA"}


def _thumbprint(jwk: dict[str, str]) -> str:
    """Return the key id of RFC 7638: a hash of the members that make the key."""
    members = {name: jwk[name] for name in ("crv", "kty", "x")}
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return base64url_encode(hashlib.sha256(canonical).digest()).decode()
