"""A service's REST application in the test's own process, with real tokens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from kpi_client import tokens
from kpi_local import keys
from kpi_local.home import Home
from kpi_service.settings import Address, ServiceSettings

LIFETIME = 3600  # seconds


def api_settings(name: str, database_url: str, nats_url: str, home: Path) -> ServiceSettings:
    """Return the settings of a service whose keys lie (from now on) below `home`."""
    place = Home(home)
    place.create()
    keys.prepare(place)
    return ServiceSettings(
        name=name,
        database_url=database_url,
        nats_url=nats_url,
        bind=Address("127.0.0.1", 0),
        worker_bind=Address("127.0.0.1", 0),
        jwks=str(place.keys / "jwks.json"),
        issuer=keys.ISSUER,
        audience=keys.AUDIENCE,
        home=home,
    )


def authorized(app: Flask, home: Path, subject: str, roles: Sequence[str]) -> FlaskClient:
    """Return a client that sends a token of this user with every request."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token(home, subject, roles)}"
    return client


def token(home: Path, subject: str, roles: Sequence[str]) -> str:
    """Return a token for the stack below `home`."""
    return tokens.issue(
        tokens.issuer_key(home),
        user=subject,
        roles=roles,
        ttl=LIFETIME,
        issuer=keys.ISSUER,
        audience=keys.AUDIENCE,
    )
