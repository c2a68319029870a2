"""Idempotency-Key: a repeated POST gets the first answer again, and has no second effect.

A key belongs to a caller and an operation, and lives 24 hours. While the first request runs, a
second one is told 409; with another body, 422. Only successes are kept: after a failure the same
key may be tried again.

The answer is written after the command's transaction, unless the view calls `remember` inside it.
With `remember`, effect and answer commit together, and not even a crash between the two, or a
request that takes longer than its lease, can lead to a second effect.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar, cast, overload

import sqlalchemy as sa
from flask import Response, current_app, g, make_response, request
from sqlalchemy.dialects import postgresql

from kpi_service.annotations import add_parameter
from kpi_service.auth import current_user
from kpi_service.json import encode
from kpi_service.problems import Problem, invalid

HEADER = "Idempotency-Key"
EXPIRY = timedelta(hours=24)
LEASE = timedelta(seconds=60)
_PURGED_AT_ONCE = 100
_KEPT_HEADERS = ("Content-Type", "ETag", "Location", "Link")
_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "description": "The same key with the same body gets the first answer again, for 24 hours.",
}
_NOW = sa.select(sa.func.clock_timestamp())
View = TypeVar("View", bound=Callable[..., Any])

metadata = sa.MetaData()
keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("endpoint", sa.Text, primary_key=True),
    sa.Column("body_hash", sa.LargeBinary, nullable=False),
    sa.Column("status", sa.Integer, comment="NULL while the first request runs"),
    sa.Column("headers", postgresql.JSONB, nullable=False, server_default="{}"),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
)


def create_tables_v1(connection: sa.Connection) -> None:
    """Create the table; for a service's Alembic migration: `create_tables_v1(op.get_bind())`."""
    metadata.create_all(connection)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry out a request that has an idempotency key."""

    key: str
    subject: str
    endpoint: str
    body_hash: bytes
    created_at: datetime

    def row(self) -> sa.ColumnElement[bool]:
        """Select the claim's row, as long as nobody else has taken the key over."""
        return sa.and_(
            keys.c.key == self.key,
            keys.c.subject == self.subject,
            keys.c.endpoint == self.endpoint,
            keys.c.created_at == self.created_at,
        )


@overload
def idempotent(view: View) -> View: ...
@overload
def idempotent(*, lease: timedelta) -> Callable[[View], View]: ...
def idempotent(
    view: View | None = None, *, lease: timedelta = LEASE
) -> View | Callable[[View], View]:
    """Heed Idempotency-Key on a view. Write it directly below the route, above `response`.

    A first request that has not ended within `lease` counts as crashed, and its key is free
    again: choose it longer than the view can take.
    """

    def decorate(inner: View) -> View:
        @wraps(inner)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if HEADER not in request.headers:
                return inner(*args, **kwargs)
            return _once(lambda: make_response(inner(*args, **kwargs)), lease)

        add_parameter(wrapper, _PARAMETER)
        return cast(View, wrapper)

    return decorate if view is None else decorate(view)


def remember(
    connection: sa.Connection,
    body: Any,
    status: int = 201,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Write the answer in the command's own transaction. Does nothing without a key.

    `body` is what the view is going to answer, dumped by its schema. Raises Problem, and the
    transaction must be rolled back, if a later request has taken the key over.
    """
    claim: Claim | None = g.get("idempotency_claim")
    if claim is None:
        return
    sent = {"Content-Type": "application/json", **(headers or {})}
    if not _write(connection, claim, status, sent, encode(body)):
        raise Problem(
            409,
            "This took so long that another request with this key has begun.",
            headers={"Retry-After": "1"},
        )


def _once(run: Callable[[], Response], lease: timedelta) -> Response:
    engine: sa.Engine = current_app.extensions["kpi_engine"]
    with engine.begin() as connection:
        # The database's time: the clock of another machine must not make a lease run out.
        claim = _claim_of_request(connection.execute(_NOW).scalar_one())
        earlier = _take(connection, claim, lease)
    if earlier is not None:
        return earlier
    g.idempotency_claim = claim
    try:
        response = run()
    except BaseException:
        _release(engine, claim)
        raise
    if response.status_code >= 400:
        _release(engine, claim)
    else:
        with engine.begin() as connection:
            sent = {name: value for name, value in response.headers if name in _KEPT_HEADERS}
            _write(connection, claim, response.status_code, sent, response.get_data())
    return response


def _claim_of_request(now: datetime) -> Claim:
    key = request.headers[HEADER]
    if not 0 < len(key) <= 255 or not all("!" <= character <= "~" for character in key):
        raise invalid({HEADER: ["Must be 1 to 255 visible ASCII characters."]})
    digest = hashlib.sha256(request.full_path.encode() + b"\0" + request.get_data(cache=True))
    return Claim(key, current_user().subject, request.endpoint or "", digest.digest(), now)


def _take(connection: sa.Connection, claim: Claim, lease: timedelta) -> Response | None:
    """Write the claim, or return the answer of an earlier request with the same key."""
    _purge(connection, claim.created_at)
    values = {
        "body_hash": claim.body_hash,
        "created_at": claim.created_at,
        "leased_until": claim.created_at + lease,
        "status": None,
    }
    insert = postgresql.insert(keys).values(
        key=claim.key, subject=claim.subject, endpoint=claim.endpoint, **values
    )
    free = sa.or_(
        keys.c.created_at < claim.created_at - EXPIRY,
        sa.and_(keys.c.status.is_(None), keys.c.leased_until < claim.created_at),
    )
    taken = connection.execute(
        insert.on_conflict_do_update(
            index_elements=[keys.c.key, keys.c.subject, keys.c.endpoint], set_=values, where=free
        ).returning(keys.c.key)
    ).first()
    return None if taken else _earlier_answer(connection, claim)


def _earlier_answer(connection: sa.Connection, claim: Claim) -> Response:
    row = connection.execute(
        sa.select(keys).where(
            keys.c.key == claim.key,
            keys.c.subject == claim.subject,
            keys.c.endpoint == claim.endpoint,
        )
    ).first()
    if row is not None and row.body_hash != claim.body_hash:
        raise Problem(
            422,
            "The idempotency key was used before, with another body.",
            errors={HEADER: ["Was used with another body. Take a new key for a new request."]},
        )
    if row is None or row.status is None:
        raise Problem(
            409, "The first request with this key is still running.", headers={"Retry-After": "1"}
        )
    response = Response(row.body, status=row.status, headers=row.headers)
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _write(
    connection: sa.Connection, claim: Claim, status: int, headers: Mapping[str, str], body: bytes
) -> bool:
    """Write the answer, unless there is one or the key is another request's by now."""
    written = connection.execute(
        sa.update(keys)
        .where(claim.row(), keys.c.status.is_(None))
        .values(status=status, headers=dict(headers), body=body)
    )
    return written.rowcount > 0


def _release(engine: sa.Engine, claim: Claim) -> None:
    """Free the key after a failure, unless the effect was committed with `remember`."""
    with engine.begin() as connection:
        connection.execute(sa.delete(keys).where(claim.row(), keys.c.status.is_(None)))


def _purge(connection: sa.Connection, now: datetime) -> None:
    old = (
        sa.select(keys.c.key, keys.c.subject, keys.c.endpoint)
        .where(keys.c.created_at < now - EXPIRY)
        .limit(_PURGED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    row = sa.tuple_(keys.c.key, keys.c.subject, keys.c.endpoint)
    connection.execute(sa.delete(keys).where(row.in_(old)))
