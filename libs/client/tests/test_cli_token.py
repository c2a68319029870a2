"""``kpi token``."""

from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kpi_client.cli import exits
from kpi_client.tokens import thumbprint

from .conftest import RunKpi


@pytest.fixture
def key(tmp_path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    _store(tmp_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def _store(home: Path, pem: bytes) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "issuer.pem").write_bytes(pem)


def test_the_token_verifies_against_the_issuer_and_says_who_may_what(
    kpi: RunKpi, key: Ed25519PrivateKey
) -> None:
    result = kpi("token", "--user", "ada", "--role", "editor", "--role", "operator", "--ttl", "2h")
    token = result.stdout.strip()
    claims = jwt.decode(
        token,
        key.public_key(),
        algorithms=["EdDSA"],
        audience="kpi-ledger",
        issuer="kpi-ledger-local",
        options={"require": ["iss", "aud", "sub", "iat", "exp", "jti"]},
    )
    assert (claims["sub"], claims["roles"]) == ("ada", ["editor", "operator"])
    assert claims["exp"] - claims["iat"] == 7200
    assert jwt.get_unverified_header(token)["kid"] == thumbprint(key.public_key())


def test_a_token_without_a_role_may_only_view(kpi: RunKpi, key: Ed25519PrivateKey) -> None:
    answer = json.loads(kpi("token", "--user", "ada", "--json").stdout)
    assert answer["roles"] == ["viewer"]
    assert answer["expires_in"] == 8 * 3600


def test_the_key_id_is_the_thumbprint_of_rfc_8037() -> None:
    x = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(x))
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_without_a_key_the_message_says_how_to_get_one(kpi: RunKpi) -> None:
    result = kpi("token", "--user", "ada")
    assert result.exit_code == exits.USAGE
    assert "make run" in result.stderr


def test_a_key_of_another_kind_is_refused(kpi: RunKpi, tmp_path: Path) -> None:
    other = generate_private_key(SECP256R1())
    _store(tmp_path, other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    result = kpi("token", "--user", "ada")
    assert result.exit_code == exits.USAGE
    assert "Ed25519" in result.stderr


@pytest.mark.parametrize("ttl", ["0", "-1", "1w", "soon", ""])
def test_a_duration_that_is_none_is_a_usage_error(kpi: RunKpi, ttl: str) -> None:
    assert kpi("token", "--user", "ada", "--ttl", ttl).exit_code == exits.USAGE
