"""Entity tags: the ETag of an object is the version of its aggregate."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, after_this_request, request

from kpi_service.annotations import notes

_VERSION = re.compile(r"[0-9]{1,9}")
View = TypeVar("View", bound=Callable[..., Any])

_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "ETag of the version you have seen; 412 if there is a newer one.",
}
_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "ETag you hold; 304 if it is still current.",
}
PRECONDITIONS = {
    "get": _IF_NONE_MATCH,
    **dict.fromkeys(("post", "put", "patch", "delete"), _IF_MATCH),
}


def versioned(view: View) -> View:
    """Document that `view` sends an ETag (`set_etag`) or heeds If-Match (`expected_versions`)."""
    notes(view)["versioned"] = True
    return view


def set_etag(version: int | str) -> None:
    """Send `version` as strong ETag; a GET whose If-None-Match has it is answered with 304.

    `version` is an aggregate version or, for immutable things, a digest.
    """

    def tag(response: Response) -> Response:
        if response.status_code >= 400:
            return response
        response.set_etag(str(version))
        if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(str(version)):
            return _not_modified(response)
        return response

    after_this_request(tag)


def _not_modified(response: Response) -> Response:
    response.status_code = 304
    response.set_data(b"")
    for header in ("Content-Type", "Content-Length"):
        response.headers.pop(header, None)
    return response


def expected_versions() -> frozenset[int] | None:
    """Return the versions that If-Match accepts, None if any will do.

    Tags that are none of our versions match nothing. Weak tags are taken as well: the gateway
    weakens a tag when it compresses the body.
    """
    tags = request.if_match
    if "If-Match" not in request.headers or tags.star_tag:
        return None
    named = (tag for tag in tags.as_set(include_weak=True) if tag is not None)
    return frozenset(int(tag) for tag in named if _VERSION.fullmatch(tag))
