"""The JSON shapes of executions and their rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from kpi_results.statuses import STATUSES
from kpi_service.execution_shape import ExecutionShape
from kpi_service.json import InvalidJson, parse
from kpi_service.paging import PageQuery, PageSchema
from kpi_service.schemas import Id, Instant, Schema

MAX_PAGE = 2**53
MAX_PAGE_SIZE = 1000

_SORT_BY = (
    "Columns separated by commas, most important first; `-` in front for descending. A comma"
    " within a name is written `\\,`."
)
_FILTERS = (
    "JSON object, column → value or {operator: value}; operators eq ne lt le gt ge in contains"
    ' starts_with is_null between; {"or": [{…}, {…}]} and {"and": […]} combine.'
)


class JsonText(fields.Field[Any]):
    """A JSON document as the text of a query parameter."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **_: Any,
    ) -> Any:
        try:
            return parse(str(value).encode("utf-8", "surrogatepass"))
        except InvalidJson as error:
            raise ma.ValidationError(str(error).replace("The body", "The value")) from None


class Difference(Schema):
    """How the rows differ from those of the KPI's last run before that did not reach its limit."""

    previous_execution_id = Id(required=True, allow_none=True)
    new = fields.Integer(required=True)
    resolved = fields.Integer(required=True)
    persisting = fields.Integer(required=True)
    changed = fields.Integer(required=True)


class Execution(ExecutionShape):
    """One run of a KPI or of an ad-hoc query."""

    nl_definition = fields.String(required=True, allow_none=True)
    execution_status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    origin = fields.String(required=True)
    retry_of = Id(required=True, allow_none=True)
    difference = fields.Nested(Difference, required=True, allow_none=True)
    expired_at = Instant(required=True, allow_none=True)
    result_data = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "Always null here: the rows are behind …/drilldown."},
    )

    @ma.pre_dump
    def _difference(self, row: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        compared = row["compared_at"] is not None
        return {**row, "difference": row if compared else None, "result_data": None}


class ExecutionQuery(PageQuery):
    """Which executions to list; newest first."""

    status = fields.String(validate=validate.OneOf(STATUSES))
    user = fields.String(
        validate=validate.Length(1, 255), metadata={"description": "Who asked for the run."}
    )
    database = fields.String(
        validate=validate.Length(1, 255), metadata={"description": "The type of the database."}
    )
    since = Instant(data_key="from", metadata={"description": "Requested at this time or later."})
    until = Instant(data_key="to", metadata={"description": "Requested before this time."})


class AnyExecutionQuery(ExecutionQuery):
    """Which executions of all KPIs to list; newest first."""

    kpi_id = fields.Integer(validate=validate.Range(1, 2**63 - 1))


class ExecutionList(PageSchema):
    """A page of executions, newest first."""

    success = fields.Boolean(required=True)
    executions = fields.List(fields.Nested(Execution), required=True)


class ExecutionAnswer(Schema):
    """One execution."""

    success = fields.Boolean(required=True)
    execution = fields.Nested(Execution, required=True)


class RowQuery(Schema):
    """Which rows, in which order."""

    sort_by = fields.String(validate=validate.Length(max=4000), metadata={"description": _SORT_BY})
    sort_order = fields.String(
        load_default="asc",
        validate=validate.Length(max=200),
        metadata={"description": "asc or desc, for all columns or one for each."},
    )
    filters = JsonText(metadata={"description": _FILTERS, "type": "string"})
    search = fields.String(metadata={"description": "Looks into all columns, any case."})


class DrilldownQuery(RowQuery):
    """Which page of which rows."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, MAX_PAGE))
    page_size = fields.Integer(load_default=50, validate=validate.Range(1, MAX_PAGE_SIZE))


class ColumnShape(Schema):
    """A column of a result."""

    name = fields.String(required=True, metadata={"description": "As in `columns`; unique."})
    label = fields.String(required=True, metadata={"description": "The query's name; may repeat."})
    type = fields.String(required=True, metadata={"description": "The Arrow type."})
    kind = fields.String(required=True, metadata={"description": "The family of types."})


ROWS = {
    "type": "array",
    "items": {"type": "object"},
    "description": "Rows by column; 64-bit integers beyond 2^53 and decimals are strings.",
}


class Drilldown(Schema):
    """One page of an execution's rows. Past the end it is empty, the totals stand."""

    success = fields.Boolean(required=True)
    execution_id = Id(required=True)
    kpi_id = Id(required=True, allow_none=True)
    kpi_name = fields.String(required=True)
    kpi_version = fields.Integer(required=True, allow_none=True)
    execution_timestamp = Instant(required=True)
    execution_time_ms = fields.Float(required=True, allow_none=True)
    generated_sql = fields.String(required=True, allow_none=True)
    total_records = fields.Integer(required=True, metadata={"description": "Rows of the view."})
    number_of_records = fields.Integer(required=True, metadata={"description": "Rows of the run."})
    page = fields.Integer(required=True)
    page_size = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)
    columns = fields.List(fields.String(), required=True)
    column_types = fields.List(fields.Nested(ColumnShape), required=True)
    data = fields.Raw(required=True, metadata=ROWS)


class SortedBy(Schema):
    """One column of an order."""

    column = fields.String(required=True)
    descending = fields.Boolean(required=True)


class Selection(Schema):
    """Which rows, in which order."""

    sort = fields.List(fields.Nested(SortedBy), required=True)
    filters = fields.Raw(required=True, allow_none=True)
    search = fields.String(required=True, allow_none=True)


class ComparedRows(Schema):
    """One class of a comparison; `key` are the columns rows were matched by, none for all."""

    row_class = fields.String(data_key="class", required=True)
    compared_with = Id(required=True)
    key = fields.List(fields.String(), required=True)


class ExportManifest(Schema):
    """What an export holds, to check a downloaded file against."""

    success = fields.Boolean(required=True)
    execution_id = Id(required=True)
    format = fields.String(required=True)
    selection = fields.Nested(Selection, required=True)
    compared = fields.Nested(
        ComparedRows,
        allow_none=True,
        required=True,
        metadata={"description": "The class of a comparison that it is limited to."},
    )
    rows = fields.Integer(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)
