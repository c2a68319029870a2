"""The JSON shapes of reconciliation rulesets."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_executor.api.names import plain_name
from kpi_service.paging import PageSchema
from kpi_service.schemas import Schema


class Normalisation(Schema):
    """What is done to both sides before they are compared."""

    trim = fields.Boolean(load_default=False)
    ignore_case = fields.Boolean(load_default=False)
    scale = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 30)
    )
    nulls_equal = fields.Boolean(load_default=False)


class RulesetPair(Schema):
    """Two columns that must be equal."""

    left = fields.String(required=True, validate=validate.Length(1, 255))
    right = fields.String(required=True, validate=validate.Length(1, 255))
    normalisation = fields.Nested(Normalisation, load_default=dict)


class RulesetRule(Schema):
    """How two tables join."""

    left_table = fields.String(required=True, validate=validate.Length(1, 255))
    right_table = fields.String(required=True, validate=validate.Length(1, 255))
    pairs = fields.List(fields.Nested(RulesetPair), required=True, validate=validate.Length(1, 32))


class Ruleset(Schema):
    """A reconciliation ruleset; it wins over inferred joins."""

    name = fields.String(required=True, validate=plain_name)
    rules = fields.List(
        fields.Nested(RulesetRule), required=True, validate=validate.Length(1, 1000)
    )


class RulesetAnswer(Schema):
    """One ruleset."""

    success = fields.Boolean(required=True)
    message = fields.String(required=True)
    ruleset = fields.Nested(Ruleset, required=True)


class RulesetList(PageSchema):
    """A page of rulesets."""

    success = fields.Boolean(required=True)
    rulesets = fields.List(fields.Nested(Ruleset), required=True)
