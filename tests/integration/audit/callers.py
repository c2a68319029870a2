"""Callers of the API with tokens of a local issuer."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from jwt.algorithms import OKPAlgorithm

ISSUER = "kpi-ledger-local"
AUDIENCE = "kpi-ledger"


class Issuer:
    """Signs tokens; `jwks` is the file by which services judge them."""

    def __init__(self, directory: Path) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.jwks = directory / "jwks.json"
        public = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        self.jwks.write_text(json.dumps({"keys": [{**public, "kid": "tests"}]}))

    def token(self, subject: str, *roles: str) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": subject, "roles": roles}
        times = {"iat": now, "exp": now + 600}
        return jwt.encode(claims | times, self._key, "EdDSA", headers={"kid": "tests"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token."""

    client: FlaskClient
    token: str

    def get(self, path: str, expect: int = 200, **query: Any) -> dict[str, Any]:
        return self._call("GET", path, expect, query_string=query)

    def post(self, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
        return self._call("POST", path, expect, **({} if body is None else {"json": body}))

    def _call(self, method: str, path: str, expect: int, **request: Any) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self.token}"}
        response = self.client.open(path, method=method, headers=bearer, **request)
        assert response.status_code == expect, response.text
        body: dict[str, Any] = json.loads(response.text)
        return body
