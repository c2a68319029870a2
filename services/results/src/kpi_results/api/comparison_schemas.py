"""The JSON shapes of comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from kpi_results.api.schemas import ROWS, DrilldownQuery, RowQuery
from kpi_results.wish import CLASSES
from kpi_service.schemas import MAX_ID, Id, Schema

MAX_COMPARED = 20


class ExecutionIds(fields.Field[list[int]]):
    """Several execution ids, separated by commas."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: Any,
    ) -> list[int]:
        texts = [text.strip() for text in str(value).split(",")]
        if not all(text.isascii() and text.isdecimal() and len(text) < 20 for text in texts):
            raise ma.ValidationError("Must be execution ids separated by commas.")
        ids = [int(text) for text in texts]
        if not 2 <= len(ids) <= MAX_COMPARED or len(set(ids)) != len(ids):
            raise ma.ValidationError(f"Takes 2 to {MAX_COMPARED} different ids.")
        if not all(0 < number <= MAX_ID for number in ids):
            raise ma.ValidationError("There is no such id.")
        return ids


class RunsQuery(Schema):
    """Which runs to compare, and how their rows are recognised."""

    execution_ids = ExecutionIds(
        required=True,
        metadata={"type": "string", "description": "Oldest first, separated by commas."},
    )
    key = fields.String(
        validate=validate.Length(1, 4000),
        metadata={
            "description": "Columns by which rows are recognised, separated by commas; by default"
            " those the KPI joins on, or else the whole row."
        },
    )


class CompareQuery(RunsQuery, DrilldownQuery):
    """Which runs to compare, and which page of which classes to show."""

    row_class = fields.String(
        data_key="class",
        validate=validate.OneOf(CLASSES),
        metadata={"description": "Show only this class; by default all four."},
    )


class ClassQuery(RunsQuery, RowQuery):
    """Which rows of which class between which runs, in which order."""

    row_class = fields.String(
        data_key="class",
        required=True,
        validate=validate.OneOf(CLASSES),
        metadata={
            "description": "Rows of `resolved` are those of the first run, all others of the last;"
            " `changed` ones as they are now."
        },
    )


class Counts(Schema):
    """Rows by class."""

    new = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    persisting = fields.Integer(required=True)
    changed = fields.Integer(required=True)


class Step(Counts):
    """One run and what became of the rows since the one before."""

    execution_id = Id(required=True)
    records = fields.Integer(required=True)


class ClassPage(Schema):
    """One page of a class; rows of `changed` have `before`, `after` and the `columns` changed."""

    total_records = fields.Integer(required=True)
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)
    columns = fields.List(fields.String(), required=True)
    data = fields.Raw(required=True, metadata=ROWS)


class Comparison(Schema):
    """The first run against the last; `trend` has every step where there are more than two."""

    success = fields.Boolean(required=True)
    execution_ids = fields.List(Id(), required=True)
    limit_reached = fields.List(
        Id(),
        required=True,
        metadata={
            "description": "Runs that ended at their `limit_records`: what they lack counts as new"
            " or resolved here."
        },
    )
    key = fields.List(fields.String(), required=True)
    counts = fields.Nested(Counts, required=True)
    changed_columns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    added_columns = fields.List(fields.String(), required=True)
    removed_columns = fields.List(fields.String(), required=True)
    classes = fields.Dict(keys=fields.String(), values=fields.Nested(ClassPage), required=True)
    trend = fields.List(fields.Nested(Step), required=True)
