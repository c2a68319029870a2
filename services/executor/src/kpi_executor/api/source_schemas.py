"""The JSON shapes of data sources."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_executor.api.names import plain_name
from kpi_service.paging import PageSchema
from kpi_service.schemas import Id, Instant, Schema


class SourceCreate(Schema):
    """A data source: a path, or a `postgresql://` URL. Its password is never shown again."""

    name = fields.String(required=True, validate=plain_name)
    location = fields.String(required=True, validate=validate.Length(1, 4096))
    kind = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(("sqlite", "duckdb", "files", "postgresql")),
        metadata={"description": "Told from the location when left out."},
    )
    password = fields.String(load_default=None, allow_none=True, load_only=True)


class SourceUpdate(Schema):
    """New values for some fields of a source."""

    name = fields.String(validate=plain_name)
    location = fields.String(validate=validate.Length(1, 4096))
    password = fields.String(load_only=True)


class Source(Schema):
    """A data source, without its secret."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    location = fields.String(required=True)
    has_secret = fields.Boolean(required=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    updated_at = Instant(required=True)
    updated_by = fields.String(required=True)


class SourceAnswer(Schema):
    """One source."""

    success = fields.Boolean(required=True)
    message = fields.String()
    source = fields.Nested(Source, required=True)


class SourceList(PageSchema):
    """A page of sources."""

    success = fields.Boolean(required=True)
    sources = fields.List(fields.Nested(Source), required=True)


class Done(Schema):
    """What happened."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
