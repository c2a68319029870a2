"""The JSON shapes of KPIs and their versions."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from kpi_definitions.queries import SORTABLE
from kpi_service.paging import PageQuery, PageSchema
from kpi_service.schemas import Id, Instant, Schema

Check = Callable[[str], Any]
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def plain_text(value: str) -> None:
    """Refuse characters that do not show: control, formatting (such as U+202E) and unassigned."""
    if any(unicodedata.category(character) in _HIDDEN for character in value):
        raise ma.ValidationError("May not hold invisible or control characters.")


def plain_lines(value: str) -> None:
    """Refuse the same, but for line breaks and tabs."""
    plain_text(value.translate({ord("\n"): None, ord("\r"): None, ord("\t"): None}))


def telling_name(value: str) -> None:
    """Refuse a name that is all punctuation."""
    if sum(character.isalnum() for character in value) < 2:
        raise ma.ValidationError("Needs at least two letters or digits.")


class Name(fields.String):
    """A text without blanks around it, which nobody would see."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return super()._deserialize(value, *args, **kwargs).strip(" ")


class KpiFields(Schema):
    """What a user writes about a KPI."""

    alias_name = Name(allow_none=True, validate=[validate.Length(max=255), plain_text])
    group_name = Name(allow_none=True, validate=[validate.Length(max=255), plain_text])
    description = fields.String(allow_none=True, validate=[validate.Length(max=4000), plain_lines])
    sql_definition = fields.String(
        allow_none=True,
        validate=[validate.Length(min=6, max=100_000), plain_lines],
        metadata={"description": "One SELECT in the source's dialect, instead of a sentence."},
    )


def _name(**options: Any) -> Name:
    checks: list[Check] = [validate.Length(min=3, max=255), plain_text, telling_name]
    return Name(validate=checks, **options)


def _sentence(**options: Any) -> fields.String:
    checks: list[Check] = [validate.Length(min=10, max=2000), plain_lines]
    return fields.String(validate=checks, allow_none=True, **options)


def _note(longest: int) -> fields.String:
    return fields.String(
        load_default=None, allow_none=True, validate=[validate.Length(max=longest), plain_lines]
    )


class KpiCreate(KpiFields):
    """A new KPI; it needs `nl_definition` or `sql_definition`."""

    name = _name(required=True, metadata={"example": "Product Mismatch - RBP vs OPS"})
    nl_definition = _sentence(
        metadata={"example": "Show me all products in RBP GPU which are not in OPS Excel"}
    )
    created_by = fields.String(
        allow_none=True,
        load_only=True,
        metadata={"description": "Accepted and ignored: the token says who you are."},
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _has_definition(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data.get("nl_definition") and not data.get("sql_definition"):
            raise ma.ValidationError("Missing data for required field.", "nl_definition")


class KpiUpdate(KpiFields):
    """New values for some fields of a KPI; what is left out stays."""

    name = _name()
    nl_definition = _sentence()
    is_active = fields.Boolean()


class Reading(Schema):
    """An approved reading: SQL that is run on one graph as it stands."""

    kg_name = fields.String(required=True, validate=validate.Length(1, 255))
    sql = fields.String(required=True, validate=[validate.Length(6, 100_000), plain_lines])
    explanation = _note(4000)
    sql_query_type = _note(100)
    operation = _note(50)
    source_table = _note(255)
    target_table = _note(255)
    joined_columns = fields.List(
        fields.List(fields.String(validate=plain_text), validate=validate.Length(max=32)),
        load_default=list,
        validate=validate.Length(max=100),
    )


class Review(Schema):
    """Why a KPI needs a review: what changed in the tables it was run on."""

    kg_name = fields.String(required=True)
    changes = fields.List(fields.Dict(keys=fields.String()), required=True)
    since = fields.String(required=True)


class Kpi(Schema):
    """A KPI as it is now."""

    id = Id(required=True)
    version = fields.Integer(required=True)
    name = fields.String(required=True)
    alias_name = fields.String(required=True, allow_none=True)
    group_name = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    nl_definition = fields.String(required=True, allow_none=True)
    sql_definition = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    created_at = Instant(required=True)
    created_by = fields.String(required=True)
    updated_at = Instant(required=True)
    updated_by = fields.String(required=True)
    deleted_at = Instant(required=True, allow_none=True)
    deleted_by = fields.String(required=True, allow_none=True)
    pinned_reading = fields.Nested(Reading, required=True, allow_none=True)
    needs_review = fields.Boolean(required=True)
    review = fields.Nested(Review, required=True, allow_none=True)

    @ma.post_dump
    def _deleted_is_inactive(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"is_active": data["is_active"] and data["deleted_at"] is None}


class KpiAnswer(Schema):
    """One KPI."""

    success = fields.Boolean(required=True)
    kpi = fields.Nested(Kpi, required=True)


class KpiChanged(KpiAnswer):
    """One KPI, and what happened to it."""

    message = fields.String(required=True)


class Done(Schema):
    """What happened."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)


class KpiQuery(PageQuery):
    """Which KPIs to list, in which order."""

    group_name = fields.String()
    is_active = fields.Boolean(
        metadata={"description": "false lists inactive and deleted KPIs; left out: all in use."}
    )
    search = fields.String(
        validate=validate.Length(max=255),
        metadata={"description": "Looks into name, alias, description and definition."},
    )
    sort_by = fields.String(load_default="id", validate=validate.OneOf(SORTABLE))
    sort_order = fields.String(load_default="asc", validate=validate.OneOf(("asc", "desc")))


class KpiList(PageSchema):
    """A page of KPIs."""

    success = fields.Boolean(required=True)
    kpis = fields.List(fields.Nested(Kpi), required=True)


class Change(Schema):
    """A field before and after."""

    field = fields.String(required=True)
    old = fields.Raw(required=True, allow_none=True)
    new = fields.Raw(required=True, allow_none=True)


class Version(Schema):
    """A KPI as it was at one of its versions, and what made it so."""

    kpi_id = Id(required=True)
    version = fields.Integer(required=True)
    action = fields.String(required=True)
    changes = fields.List(fields.Nested(Change), required=True)
    changed_at = Instant(required=True)
    changed_by = fields.String(required=True)
    name = fields.String(required=True)
    alias_name = fields.String(required=True, allow_none=True)
    group_name = fields.String(required=True, allow_none=True)
    description = fields.String(required=True, allow_none=True)
    nl_definition = fields.String(required=True, allow_none=True)
    sql_definition = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


class VersionAnswer(Schema):
    """One version."""

    success = fields.Boolean(required=True)
    version = fields.Nested(Version, required=True)


class VersionList(PageSchema):
    """A page of versions, newest first."""

    success = fields.Boolean(required=True)
    versions = fields.List(fields.Nested(Version), required=True)


class DiffAnswer(Schema):
    """What differs between two versions."""

    success = fields.Boolean(required=True)
    kpi_id = Id(required=True)
    from_version = fields.Integer(required=True)
    to_version = fields.Integer(required=True)
    changes = fields.List(fields.Nested(Change), required=True)


class RollbackRequest(Schema):
    """The version whose fields to return to."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**31 - 1))


class BulkItem(Schema):
    """One of several changes."""

    action = fields.String(required=True, validate=validate.OneOf(("create", "update", "delete")))
    id = Id(metadata={"description": "The KPI to update or delete."})
    version = fields.Integer(strict=True, metadata={"description": "The version you have seen."})
    kpi = fields.Dict(
        keys=fields.String(), metadata={"description": "The fields to create or update with."}
    )


class BulkRequest(Schema):
    """Up to 1,000 changes; each succeeds or fails by itself."""

    items = fields.List(
        fields.Nested(BulkItem), required=True, validate=validate.Length(min=1, max=1000)
    )


class BulkOutcome(Schema):
    """What became of one of the changes."""

    index = fields.Integer(required=True)
    success = fields.Boolean(required=True)
    status = fields.Integer(required=True)
    kpi = fields.Nested(Kpi, allow_none=True)
    error = fields.Raw(allow_none=True)


class BulkAnswer(Schema):
    """The outcomes, in the order of the items."""

    success = fields.Boolean(required=True)
    total = fields.Integer(required=True)
    successful = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    results = fields.List(fields.Nested(BulkOutcome), required=True)
