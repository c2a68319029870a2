"""Lists: `limit` and `offset`, `total` in the body, and RFC 8288 links in the header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict
from urllib.parse import urlencode

import marshmallow as ma
from flask import Response, after_this_request, request

from kpi_service.schemas import Schema

MAX_LIMIT = 1000
MAX_OFFSET = 2**53


class PageQuery(Schema):
    """Query parameters of a list. Subclass it to add filters: one query schema per operation."""

    limit = ma.fields.Integer(
        load_default=50,
        validate=ma.validate.Range(1, MAX_LIMIT),
        metadata={"description": "Most records to return."},
    )
    offset = ma.fields.Integer(
        load_default=0,
        validate=ma.validate.Range(0, MAX_OFFSET),
        metadata={"description": "Records to pass over."},
    )


class PageSchema(Schema):
    """Members of every list body beside the records."""

    total = ma.fields.Integer(required=True, metadata={"description": "Records in all pages."})
    limit = ma.fields.Integer(required=True)
    offset = ma.fields.Integer(required=True)


class Page(TypedDict):
    """The values of PageSchema."""

    total: int
    limit: int
    offset: int


def page(total: int, limit: int, offset: int) -> Page:
    """Return the paging members of a list body, and send the Link header with it."""
    links = ", ".join(
        f'<{request.path}?{urlencode({**request.args, "limit": limit, "offset": to})}>; rel="{rel}"'
        for rel, to in _links(total, limit, offset)
    )

    def add_links(response: Response) -> Response:
        response.headers["Link"] = links
        return response

    after_this_request(add_links)
    return {"total": total, "limit": limit, "offset": offset}


def _links(total: int, limit: int, offset: int) -> Iterator[tuple[str, int]]:
    yield "first", 0
    if offset > 0:
        yield "prev", max(0, offset - limit)
    if offset + limit < total:
        yield "next", offset + limit
    yield "last", max(0, (total - 1) // limit * limit)
