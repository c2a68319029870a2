"""Tokens that must not pass, and those that must."""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm

from kpi_service.settings import ServiceSettings
from kpi_service.tokens import InvalidToken, Keys, KeysUnavailable, TokenVerifier, User, keys_from

MakeToken = Callable[..., str]


@pytest.fixture
def verifier(settings: ServiceSettings) -> TokenVerifier:
    return verifier_for(settings.jwks)


def verifier_for(source: str) -> TokenVerifier:
    return TokenVerifier(keys_from(source), issuer="kpi-ledger-local", audience="kpi-ledger")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    base = {"iss": "kpi-ledger-local", "aud": "kpi-ledger", "sub": "eve", "roles": ["admin"]}
    return {**base, "iat": now, "exp": now + 600, **changes}


def part(content: Any) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_good_token_gives_its_subject_and_roles(
    verifier: TokenVerifier, make_token: MakeToken
) -> None:
    assert verifier.verify(make_token("viewer", "editor")) == User(
        "ann", frozenset({"viewer", "editor"})
    )


def test_a_token_without_roles_grants_none(verifier: TokenVerifier, make_token: MakeToken) -> None:
    assert verifier.verify(make_token(roles=None)).roles == frozenset()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": "another-system"}, id="for another audience"),
        pytest.param({"aud": ["a", "b"]}, id="for other audiences"),
        pytest.param({"iss": "somebody-else"}, id="by another issuer"),
        pytest.param({"exp": int(time.time()) - 31}, id="expired beyond the leeway"),
        pytest.param({"nbf": int(time.time()) + 600}, id="not valid yet"),
        pytest.param({"iat": int(time.time()) + 600}, id="issued in the future"),
        *(
            pytest.param({name: None}, id=f"no {name}")
            for name in ("sub", "exp", "iat", "aud", "iss")
        ),
        pytest.param({"exp": "never"}, id="end not a number"),
        pytest.param({"exp": float("inf")}, id="end infinite"),
        pytest.param({"sub": ""}, id="empty subject"),
        pytest.param({"sub": 7}, id="subject a number"),
        pytest.param({"sub": "a\0b"}, id="NUL in the subject"),
        pytest.param({"sub": "ann\u202egnp"}, id="text direction trick in the subject"),
        pytest.param({"sub": "a" * 256}, id="long subject"),
        pytest.param({"roles": "admin"}, id="roles a text"),
        pytest.param({"roles": [["admin"]]}, id="roles nested"),
        pytest.param({"roles": {"admin": True}}, id="roles an object"),
    ],
)
def test_wrong_claims_are_refused(
    verifier: TokenVerifier, make_token: MakeToken, changes: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(make_token("admin", **changes))


def test_a_clock_may_be_off_by_half_a_minute(
    verifier: TokenVerifier, make_token: MakeToken
) -> None:
    assert verifier.verify(make_token(exp=int(time.time()) - 20)).subject == "ann"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"crit": ["exp"]}, id="critical extension"),
        pytest.param({"crit": ["b64"], "b64": False}, id="unencoded payload"),
        pytest.param({"jku": "https://evil.example/jwks.json"}, id="key by URL"),
        pytest.param({"x5u": "https://evil.example/cert.pem"}, id="certificate by URL"),
        pytest.param({"kid": "another"}, id="unknown key"),
        pytest.param({"kid": "../../dev/null"}, id="key name as a path"),
    ],
)
def test_header_tricks_are_refused(
    verifier: TokenVerifier, make_token: MakeToken, headers: dict[str, Any]
) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(make_token("admin", headers=headers))


def test_a_key_embedded_in_the_token_is_not_used(verifier: TokenVerifier) -> None:
    own = Ed25519PrivateKey.generate()
    embedded = OKPAlgorithm.to_jwk(own.public_key(), as_dict=True)
    for headers in ({"jwk": embedded}, {"jwk": embedded, "kid": "house"}, {"kid": "house"}):
        with pytest.raises(InvalidToken):
            verifier.verify(jwt.encode(claims(), own, "EdDSA", headers=headers))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", ""])
def test_an_unsigned_token_is_refused(verifier: TokenVerifier, algorithm: str) -> None:
    header = part({"alg": algorithm, "typ": "JWT", "kid": "house"})
    for signature in ("", part(b"x" * 64)):
        with pytest.raises(InvalidToken):
            verifier.verify(f"{header}.{part(claims())}.{signature}")


def test_hmac_with_the_public_key_is_refused(
    verifier: TokenVerifier, issuer_key: Ed25519PrivateKey
) -> None:
    public = issuer_key.public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{part({'alg': 'HS256', 'kid': 'house'})}.{part(claims())}"
    hmac = HMACAlgorithm(HMACAlgorithm.SHA256)
    for secret in (raw, pem, pem.strip()):
        signature = part(hmac.sign(signed.encode(), secret))
        with pytest.raises(InvalidToken):
            verifier.verify(f"{signed}.{signature}")


def test_one_changed_character_is_refused(verifier: TokenVerifier, make_token: MakeToken) -> None:
    header, payload, signature = make_token("viewer").split(".")
    forged = part(claims(roles=["admin"]))
    for token in (f"{header}.{forged}.{signature}", f"{header}.{payload}.{signature[:-4]}AAAA"):
        with pytest.raises(InvalidToken):
            verifier.verify(token)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a",
        "a.b.c",
        "..",
        "é.é.é",
        "a" * 9000,
        part(b"[" * 5000) + ".e30.AA",
        "eyJhbGciOjF9.e30.AA",
    ],
)
def test_what_is_no_token_is_refused(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(InvalidToken):
        verifier.verify(token)


def test_a_verified_token_is_not_judged_again_until_it_ends(
    settings: ServiceSettings, make_token: MakeToken
) -> None:
    class CountingKeys:
        def __init__(self, keys: Keys) -> None:
            self.keys, self.asked = keys, 0

        def key(self, kid: str | None) -> jwt.PyJWK:
            self.asked += 1
            return self.keys.key(kid)

    keys = CountingKeys(keys_from(settings.jwks))
    verifier = TokenVerifier(keys, issuer="kpi-ledger-local", audience="kpi-ledger")
    token = make_token("viewer")
    assert [verifier.verify(token).subject for _ in range(3)] == ["ann"] * 3
    assert keys.asked == 1


def test_a_changed_key_file_is_read_again(
    tmp_path: Path, settings: ServiceSettings, make_token: MakeToken
) -> None:
    path = tmp_path / "jwks.json"
    verifier = verifier_for(str(path))
    with pytest.raises(KeysUnavailable):
        verifier.verify(make_token())
    path.write_text(Path(settings.jwks).read_text())
    assert verifier.verify(make_token()).subject == "ann"
    path.write_text('{"keys": []}')
    os.utime(path, ns=(0, 0))
    with pytest.raises((KeysUnavailable, InvalidToken)):
        verifier.verify(make_token("viewer"))


class JwksServer:
    """An identity provider's key set, served over HTTP."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"keys": []}
        self.requests = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.requests += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(outer.document).encode())

            def log_message(self, *_args: object) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def provider() -> Iterator[JwksServer]:
    provider = JwksServer()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


def test_a_providers_rsa_and_elliptic_keys_are_used_with_their_own_algorithm(
    provider: JwksServer,
) -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    provider.document = {
        "keys": [
            {**RSAAlgorithm.to_jwk(rsa_key.public_key(), as_dict=True), "kid": "r", "use": "sig"},
            {**ECAlgorithm.to_jwk(ec_key.public_key(), as_dict=True), "kid": "e", "use": "sig"},
            {**RSAAlgorithm.to_jwk(rsa_key.public_key(), as_dict=True), "kid": "x", "use": "enc"},
            {"kty": "oct", "k": part(b"s" * 32), "kid": "o", "use": "sig"},
        ]
    }
    verifier = verifier_for(provider.url)
    for key, algorithm, kid in ((rsa_key, "RS256", "r"), (ec_key, "ES256", "e")):
        token = jwt.encode(claims(), key, algorithm, headers={"kid": kid})
        assert verifier.verify(token).subject == "eve"
    bad: list[tuple[Any, str, str]] = [
        (rsa_key, "RS512", "r"),
        (rsa_key, "RS256", "e"),
        (rsa_key, "RS256", "x"),
        (b"s" * 32, "HS256", "o"),
    ]
    for key, algorithm, kid in bad:
        with pytest.raises(InvalidToken):
            verifier.verify(jwt.encode(claims(), key, algorithm, headers={"kid": kid}))


def test_unknown_keys_do_not_make_us_hammer_the_provider(provider: JwksServer) -> None:
    own = Ed25519PrivateKey.generate()
    provider.document = {
        "keys": [{**OKPAlgorithm.to_jwk(own.public_key(), as_dict=True), "kid": "k"}]
    }
    verifier = verifier_for(provider.url)
    for number in range(20):
        with pytest.raises(InvalidToken):
            verifier.verify(
                jwt.encode(claims(), own, "EdDSA", headers={"kid": f"made-up-{number}"})
            )
    assert provider.requests <= 2


def test_a_provider_that_is_away_is_told_apart_from_a_bad_token(provider: JwksServer) -> None:
    provider.server.shutdown()
    provider.server.server_close()
    verifier = verifier_for(provider.url)
    with pytest.raises(KeysUnavailable):
        verifier.check_keys()
    with pytest.raises(KeysUnavailable):
        verifier.verify(
            jwt.encode(claims(), Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": "k"})
        )
