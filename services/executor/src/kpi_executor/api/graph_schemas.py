"""The JSON shapes of knowledge graphs."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_executor.api.names import plain_name
from kpi_service.paging import PageSchema
from kpi_service.schemas import Id, Instant, Schema


class GraphCreate(Schema):
    """A knowledge graph to build from a source's tables."""

    name = fields.String(required=True, validate=plain_name)
    source_id = Id(required=True)
    schemas = fields.List(
        fields.String(validate=validate.Length(1, 255)),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "Only these schemas; left out: all."},
    )


class Graph(Schema):
    """A knowledge graph."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    source_id = Id(required=True)
    schemas = fields.List(fields.String(), required=True)
    tables = fields.Integer(required=True)
    joins = fields.Integer(required=True)
    fingerprint = fields.String(required=True)
    built_at = Instant(required=True)
    built_by = fields.String(required=True)


class GraphAnswer(Schema):
    """One graph, and what it holds."""

    success = fields.Boolean(required=True)
    message = fields.String()
    graph = fields.Nested(Graph, required=True)
    content = fields.Raw()


class GraphList(PageSchema):
    """A page of graphs."""

    success = fields.Boolean(required=True)
    graphs = fields.List(fields.Nested(Graph), required=True)


class SchemaTables(Schema):
    """One schema of one graph."""

    kg_name = fields.String(required=True)
    source_id = Id(required=True)
    schema = fields.String(required=True)
    tables = fields.List(fields.String(), required=True)


class SchemaList(Schema):
    """Every schema that can be selected."""

    success = fields.Boolean(required=True)
    schemas = fields.List(fields.Nested(SchemaTables), required=True)
