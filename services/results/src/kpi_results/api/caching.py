"""What clients may keep: the answers about finished, immutable things."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from flask import Response, after_this_request, request

from kpi_service.etags import set_etag


def digest(*parts: object) -> str:
    """Return an entity tag for an answer that depends on nothing but `parts`."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()[:32]


def keep(etag: str, max_age: timedelta) -> None:
    """Let the caller's own cache keep this answer: it will never be another."""
    set_etag(etag)
    after_this_request(lambda response: immutable(response, max_age))


def immutable(response: Response, max_age: timedelta) -> Response:
    """Mark a good answer as immutable, for this caller alone."""
    if response.status_code < 400:
        seconds = int(max_age.total_seconds())
        response.headers["Cache-Control"] = f"private, max-age={seconds}, immutable"
        response.headers["Vary"] = "Authorization"
    return response


def is_known(etag: str) -> bool:
    """Whether the caller says it holds this answer already."""
    return request.if_none_match.contains_weak(etag)
