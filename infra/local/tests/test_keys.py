from __future__ import annotations

import json
import stat
from pathlib import Path

import jwt
import pytest
from cryptography.fernet import Fernet
from jwt import PyJWKSet

from kpi_local import keys
from kpi_local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    keys.prepare(home)
    keys.write_admin_token(home)
    return home


def test_the_admin_token_verifies_against_the_published_keys(home: Home) -> None:
    token = home.token.read_text().strip()
    published = PyJWKSet.from_json((home.keys / "jwks.json").read_text())
    claims = jwt.decode(
        token,
        published[jwt.get_unverified_header(token)["kid"]],
        algorithms=["EdDSA"],
        issuer=keys.ISSUER,
        audience=keys.AUDIENCE,
    )
    assert (claims["sub"], claims["roles"]) == ("admin", ["admin"])


def test_the_published_keys_hold_no_private_part(home: Home) -> None:
    [jwk] = json.loads((home.keys / "jwks.json").read_text())["keys"]
    assert "d" not in jwk


def test_secrets_are_readable_by_their_owner_only(home: Home) -> None:
    for path in (home.token, home.keys / "issuer.pem", home.keys / "secrets.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_start_keeps_the_keys(home: Home) -> None:
    before = [(home.keys / name).read_bytes() for name in ("issuer.pem", "secrets.key")]
    keys.prepare(home)
    assert [(home.keys / name).read_bytes() for name in ("issuer.pem", "secrets.key")] == before


def test_the_secrets_key_is_a_fernet_key(home: Home) -> None:
    Fernet((home.keys / "secrets.key").read_bytes())
