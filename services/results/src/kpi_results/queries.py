"""What the API reads: executions, and what is needed to open their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kpi_contracts.execution import Manifest
from kpi_contracts.schemas import schema_of
from kpi_results.errors import NoResult, NotFinished, ResultGone
from kpi_results.index import executions, kpis, manifests
from kpi_results.shelf import exports, results
from kpi_results.statuses import FINAL, SUCCESS

_DIFFERENCE = ("previous_execution_id", "new", "resolved", "persisting", "changed")
_KPI_NAME = sa.func.coalesce(executions.c.kpi_name, kpis.c.name).label("kpi_name")
_WITH_RESULT = (
    sa.select(
        *(column for column in executions.c if column.name != "kpi_name"),
        _KPI_NAME,
        *(results.c[name] for name in _DIFFERENCE),
        results.c.compared_at,
        results.c.expired_at,
        results.c.expired_reason,
        results.c.damaged_at,
    )
    .select_from(executions)
    .outerjoin(results, results.c.execution_id == executions.c.id)
    .outerjoin(kpis, kpis.c.id == executions.c.kpi_id)
)
_MANIFESTS = sa.select(manifests).where(
    manifests.c.execution_id == sa.func.any(sa.bindparam("executions", type_=ARRAY(sa.BigInteger)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """Which executions to list. `since` is included, `until` is not."""

    kpi_id: int | None = None
    status: str | None = None
    user: str | None = None
    database: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def find_execution(connection: sa.Connection, execution_id: int) -> sa.RowMapping | None:
    """Return an execution with what is known of its result, or None."""
    query = _WITH_RESULT.where(executions.c.id == execution_id)
    return connection.execute(query).mappings().one_or_none()


def find_finished(connection: sa.Connection, execution_id: int) -> sa.RowMapping | None:
    """Return an execution that has ended, or None."""
    found = find_execution(connection, execution_id)
    return found if found is not None and is_final(found) else None


def is_final(execution: sa.RowMapping) -> bool:
    """Whether nothing more will happen to the execution itself."""
    return execution["execution_status"] in FINAL


def list_executions(
    connection: sa.Connection, wanted: ExecutionFilter, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return how many executions match and one page of them, newest first."""
    conditions = _conditions(wanted)
    total = connection.execute(
        sa.select(sa.func.count()).select_from(executions).where(*conditions)
    )
    page = (
        _WITH_RESULT.where(*conditions).order_by(executions.c.id.desc()).limit(limit).offset(offset)
    )
    return total.scalar_one(), connection.execute(page).mappings().all()


def knows_kpi(connection: sa.Connection, kpi_id: int) -> bool:
    """Whether there is, or was, a KPI of this id."""
    return connection.execute(sa.select(sa.exists().where(kpis.c.id == kpi_id))).scalar_one()


def require_rows(execution: sa.RowMapping) -> None:
    """Raise NotFinished, NoResult or ResultGone unless the execution's rows can be read."""
    status = execution["execution_status"]
    if not is_final(execution):
        raise NotFinished(execution["id"], status)
    if status != SUCCESS:
        raise NoResult(execution["id"], status, execution["error_message"])
    if execution["expired_at"] is not None:
        raise ResultGone(execution["id"], execution["expired_at"], execution["expired_reason"])


def get_manifest(connection: sa.Connection, execution_id: int) -> Manifest:
    """Return the manifest of an execution that succeeded."""
    [manifest] = get_manifests(connection, [execution_id])
    return manifest


def get_manifests(connection: sa.Connection, execution_ids: Sequence[int]) -> list[Manifest]:
    """Return the manifests of executions that succeeded, in the order of their ids."""
    rows = connection.execute(_MANIFESTS, {"executions": execution_ids})
    stored = {row.execution_id: row.manifest for row in rows}
    return [schema_of(Manifest).load(stored[number]) for number in execution_ids]


def find_export(
    connection: sa.Connection, execution_id: int, format_name: str, selection: str
) -> sa.RowMapping | None:
    """Return rows, bytes and sha256 of an export that was made before, or None."""
    query = sa.select(exports).where(
        exports.c.execution_id == execution_id,
        exports.c.format == format_name,
        exports.c.selection == selection,
    )
    return connection.execute(query).mappings().one_or_none()


def _conditions(wanted: ExecutionFilter) -> list[sa.ColumnElement[bool]]:
    table = executions.c
    equal = {
        table.kpi_id: wanted.kpi_id,
        table.execution_status: wanted.status,
        table.requested_by: wanted.user,
        table.db_type: wanted.database,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        conditions.append(table.execution_timestamp >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.execution_timestamp < wanted.until)
    return conditions
