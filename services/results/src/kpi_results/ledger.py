"""The ledger of breaks: each row that a KPI ever found, by its key, and whether it is still there.

A break counts the rows that have its key. New rows of a run add to it, resolved ones take away:
above zero it is open (reopened, if it had been resolved), at zero resolved. What persists or
changes under the same key needs no entry, so an entry costs what changed, not what there is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSON, insert

from kpi_eventsourcing.schema import TIMESTAMP

OPEN, RESOLVED, REOPENED = "open", "resolved", "reopened"
STATUSES = (OPEN, RESOLVED, REOPENED)

metadata = sa.MetaData()

ledgers = sa.Table(
    "ledgers",
    metadata,
    sa.Column("kpi_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("execution_id", sa.BigInteger, nullable=False),
    sa.Column("executed_at", TIMESTAMP, nullable=False),
    sa.Column("key", JSON, nullable=False),
    sa.Column("closed", sa.Text),
)
"""The last run entered, the key's columns, and why no more is entered, if so."""

breaks = sa.Table(
    "breaks",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kpi_id", sa.BigInteger, nullable=False),
    sa.Column("key", JSON, nullable=False),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reopened", sa.Integer, nullable=False),
    sa.Column("first_seen_execution_id", sa.BigInteger, nullable=False),
    sa.Column("first_seen_at", TIMESTAMP, nullable=False),
    sa.Column("resolved_execution_id", sa.BigInteger),
    sa.Column("resolved_at", TIMESTAMP),
    sa.Column("last_seen_execution_id", sa.BigInteger),
    sa.Column("last_seen_at", TIMESTAMP),
    sa.Index("breaks_of_kpi", "kpi_id", "status", "first_seen_execution_id", "id"),
)

TABLES = (ledgers, breaks)


def canonical(key: Mapping[str, Any]) -> bytes:
    """Return a key as JSON that is the same for equal keys."""
    return orjson.dumps(key, option=orjson.OPT_SORT_KEYS)


def break_id(kpi_id: int, key: bytes) -> str:
    """Name the break of a canonical key: the same for every run of the KPI."""
    return hashlib.sha256(b"%d %b" % (kpi_id, key)).hexdigest()[:32]


def appear(connection: sa.Connection, run: sa.RowMapping, found: Mapping[bytes, int]) -> None:
    """Enter canonical keys that `run` has more rows of than the run before: how many more."""
    new = _table(run["kpi_id"], found)
    first = {
        "id": new.c.id,
        "kpi_id": sa.literal(run["kpi_id"], sa.BigInteger),
        "key": sa.cast(new.c.key, JSON),
        "rows": new.c.rows,
        "status": sa.literal(OPEN),
        "reopened": sa.literal(0),
        "first_seen_execution_id": sa.literal(run["execution_id"], sa.BigInteger),
        "first_seen_at": sa.literal(run["executed_at"], TIMESTAMP),
    }
    statement = insert(breaks).from_select(list(first), sa.select(*first.values()))
    is_resolved = breaks.c.rows <= 0
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_={
                "rows": breaks.c.rows + statement.excluded.rows,
                "status": sa.case((is_resolved, REOPENED), else_=breaks.c.status),
                "reopened": breaks.c.reopened + sa.case((is_resolved, 1), else_=0),
                "resolved_execution_id": None,
                "resolved_at": None,
            },
        )
    )


def disappear(connection: sa.Connection, run: sa.RowMapping, missed: Mapping[bytes, int]) -> None:
    """Enter canonical keys that `run` has fewer rows of than the run before: how many fewer."""
    gone = _table(run["kpi_id"], missed)
    left = breaks.c.rows - gone.c.rows
    connection.execute(
        sa.update(breaks)
        .where(breaks.c.id == gone.c.id)
        .values(rows=left, **_if_none_is_left(left <= 0, run))
    )


def _table(kpi_id: int, counts: Mapping[bytes, int]) -> sa.TableValuedAlias:
    """Return the counts as a table of `id`, `key` and `rows`, sent as three arrays."""
    arrays = (
        sa.literal([break_id(kpi_id, key) for key in counts], ARRAY(sa.Text)),
        sa.literal([key.decode() for key in counts], ARRAY(sa.Text)),
        sa.literal(list(counts.values()), ARRAY(sa.BigInteger)),
    )
    columns = (
        sa.column("id", sa.Text),
        sa.column("key", sa.Text),
        sa.column("rows", sa.BigInteger),
    )
    return sa.func.unnest(*arrays).table_valued(*columns, name="counts").render_derived()


def present(connection: sa.Connection, kpi_id: int) -> Iterable[sa.Row[Any]]:
    """Return `key` and `rows` of every break of a KPI that is not resolved."""
    query = sa.select(breaks.c.key, breaks.c.rows)
    return connection.execute(query.where(breaks.c.kpi_id == kpi_id, breaks.c.rows > 0))


def _if_none_is_left(condition: sa.ColumnElement[bool], run: sa.RowMapping) -> dict[str, Any]:
    before = (
        sa.select(ledgers.c.execution_id, ledgers.c.executed_at)
        .where(ledgers.c.kpi_id == run["kpi_id"])
        .subquery()
    )
    values: dict[str, Any] = {
        "status": RESOLVED,
        "resolved_execution_id": run["execution_id"],
        "resolved_at": run["executed_at"],
        "last_seen_execution_id": sa.select(before.c.execution_id).scalar_subquery(),
        "last_seen_at": sa.select(before.c.executed_at).scalar_subquery(),
    }
    return {
        name: sa.case((condition, value), else_=breaks.c[name]) for name, value in values.items()
    }


def turn_page(
    connection: sa.Connection, run: sa.RowMapping, key: Sequence[str], closed: str | None = None
) -> None:
    """Note that `run` is entered, or why the ledger is `closed` from it on."""
    values: dict[str, Any] = {
        "execution_id": run["execution_id"],
        "executed_at": run["executed_at"],
        "key": list(key),
        "closed": closed,
    }
    connection.execute(
        insert(ledgers)
        .values(kpi_id=run["kpi_id"], **values)
        .on_conflict_do_update(index_elements=["kpi_id"], set_=values)
    )
