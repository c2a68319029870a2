"""The JSON shapes of breaks."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from kpi_results.ledger import STATUSES
from kpi_service.paging import PageQuery, PageSchema
from kpi_service.schemas import Id, Instant, Schema


class Break(Schema):
    """A row, known by its key, that the KPI found; `age_days` ends when it is resolved."""

    id = fields.String(required=True)
    kpi_id = Id(required=True)
    key = fields.Dict(keys=fields.String(), required=True)
    rows = fields.Integer(required=True, metadata={"description": "Rows with this key now."})
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    reopened = fields.Integer(required=True, metadata={"description": "How many times."})
    first_seen_execution_id = Id(required=True)
    first_seen_at = Instant(required=True)
    last_seen_execution_id = Id(required=True, allow_none=True)
    last_seen_at = Instant(required=True, allow_none=True)
    resolved_execution_id = Id(required=True, allow_none=True)
    resolved_at = Instant(required=True, allow_none=True)
    age_days = fields.Float(required=True)
    assignee = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    comment = fields.String(required=True, allow_none=True)
    remarked_at = Instant(required=True, allow_none=True)
    remarked_by = fields.String(required=True, allow_none=True)


class BreakQuery(PageQuery):
    """Which breaks to list; the oldest first."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    assignee = fields.String(validate=validate.Length(1, 255))


class BreakList(PageSchema):
    """A page of breaks, the oldest first."""

    success = fields.Boolean(required=True)
    breaks = fields.List(fields.Nested(Break), required=True)


class BreakAnswer(Schema):
    """One break."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
    break_ = fields.Nested(Break, required=True, data_key="break", attribute="break")


class Person(fields.String):
    """A name, without blanks around it."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip()


class Assignment(Schema):
    """Who is to see to a break, and why; null takes it from whoever has it."""

    assignee = Person(required=True, allow_none=True, validate=validate.Length(1, 255))
    reason = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 2000))


class Comment(Schema):
    """What is to be said about a break."""

    comment = fields.String(required=True, validate=validate.Length(1, 4000))
