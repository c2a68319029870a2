"""A small service with one kind of object, and tokens for it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import marshmallow as ma
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from jwt.algorithms import OKPAlgorithm

from kpi_service.app import create_app
from kpi_service.auth import current_user, requires
from kpi_service.blueprint import Blueprint
from kpi_service.etags import expected_versions, set_etag, versioned
from kpi_service.paging import PageQuery, PageSchema, page
from kpi_service.problems import Problem, not_found
from kpi_service.schemas import Instant, Schema, StrictBoolean, StrictInteger, StrictNumber
from kpi_service.settings import Address, ServiceSettings

ISSUER = "kpi-ledger-local"
AUDIENCE = "kpi-ledger"
MakeToken = Callable[..., str]


class BookSchema(Schema):
    title = ma.fields.String(required=True, validate=ma.validate.Length(1, 50))
    pages = StrictInteger(validate=ma.validate.Range(1, 10_000))
    printed = Instant()
    price = StrictNumber(validate=ma.validate.Range(0))
    lent = StrictBoolean()
    tags = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Raw(allow_none=True))
    by = ma.fields.String(dump_only=True)


class ShelfSchema(PageSchema):
    books = ma.fields.List(ma.fields.Nested(BookSchema), required=True)


class ShelfQuery(PageQuery):
    title = ma.fields.String()


def make_blueprint() -> Blueprint:
    books = Blueprint("books", __name__, url_prefix="/v1/books", description="Books")

    @books.get("")
    @requires("viewer", "editor")
    @books.arguments(ShelfQuery, location="query")
    @books.response(200, ShelfSchema)
    def list_books(query: dict[str, Any]) -> dict[str, Any]:
        """List the books."""
        return {"books": [], **page(120, query["limit"], query["offset"])}

    @books.post("")
    @requires("editor")
    @books.arguments(BookSchema)
    @books.response(201, BookSchema)
    def add_book(book: dict[str, Any]) -> dict[str, Any]:
        """Add a book."""
        return {**book, "by": current_user().subject}

    @books.get("/<id:book_id>")
    @versioned
    @requires("viewer", "editor")
    @books.response(200, BookSchema)
    def get_book(book_id: int) -> dict[str, Any]:
        """Get a book."""
        if book_id == 404:
            raise not_found("book", book_id)
        if book_id == 500:
            raise RuntimeError("password=hunter2 in a message that must not leave the house")
        set_etag(7)
        return {"title": "Emma"}

    @books.put("/<id:book_id>")
    @books.arguments(BookSchema)
    @books.response(200, BookSchema)
    @requires("editor")
    @versioned
    def put_book(book: dict[str, Any], book_id: int) -> dict[str, Any]:
        """Change a book."""
        expected = expected_versions()
        if expected is not None and 7 not in expected:
            raise Problem(412, "The object is at version 7 by now. Read it again.")
        set_etag(8)
        return {**book, "by": str(book_id)}

    return books


@pytest.fixture(scope="session")
def issuer_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def jwks_file(issuer_key: Ed25519PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "jwks.json"
    key = {**OKPAlgorithm.to_jwk(issuer_key.public_key(), as_dict=True), "kid": "house"}
    path.write_text(json.dumps({"keys": [key]}))
    return path


@pytest.fixture(scope="session")
def make_token(issuer_key: Ed25519PrivateKey) -> MakeToken:
    """Sign claims as the house's issuer; keyword arguments change or (None) remove a claim."""

    def make(*roles: str, headers: dict[str, Any] | None = None, **changes: Any) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "ann",
            "roles": list(roles),
            "iat": now,
            "exp": now + 600,
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, issuer_key, "EdDSA", headers={"kid": "house", **(headers or {})})

    return make


@pytest.fixture
def settings(jwks_file: Path, tmp_path: Path) -> ServiceSettings:
    return ServiceSettings(
        name="books",
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
        nats_url="nats://127.0.0.1:1",
        bind=Address("127.0.0.1", 0),
        worker_bind=Address("127.0.0.1", 0),
        jwks=str(jwks_file),
        issuer=ISSUER,
        audience=AUDIENCE,
        home=tmp_path,
    )


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    """An engine whose database is away."""
    engine = sa.create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    yield engine
    engine.dispose()


@pytest.fixture
def books() -> Blueprint:
    """The blueprint; a test may add routes before it asks for `app` or `client`."""
    return make_blueprint()


@pytest.fixture
def app(settings: ServiceSettings, engine: sa.Engine, books: Blueprint) -> Flask:
    return create_app(settings, title="Books", blueprints=[books], engine=engine, readiness={})


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def editor(make_token: MakeToken) -> dict[str, str]:
    """Headers of somebody who may write."""
    return {"Authorization": f"Bearer {make_token('editor')}"}
