"""Events as the other services would publish them."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kpi_contracts.breaks import BreakAssigned, BreakCommented
from kpi_contracts.catalogue import DomainEvent, event_type
from kpi_contracts.definition import (
    DefinitionCreated,
    DefinitionDeleted,
    DefinitionPinned,
    DefinitionRestored,
    DefinitionRolledBack,
    DefinitionUnpinned,
    DefinitionUpdated,
    FieldChange,
    PinnedReading,
)
from kpi_contracts.envelope import Actor, Envelope, Record, to_record
from kpi_contracts.execution import (
    ColumnType,
    ExecutionCancelled,
    ExecutionCancelRequested,
    ExecutionFailed,
    ExecutionParameters,
    ExecutionQueued,
    ExecutionRejected,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionTimedOut,
    Manifest,
    Part,
    Plan,
)
from kpi_contracts.ids import uuid7
from kpi_contracts.result import (
    ComparedRows,
    ResultExpired,
    ResultExported,
    ResultViewed,
    Selection,
)

SQL = "SELECT p.sku FROM rbp_gpu AS p WHERE NOT EXISTS (SELECT 1 FROM ops_excel)"
SENTENCE = "Show me all products in RBP GPU which are not in OPS Excel"


class Story:
    """Writes events in the order they happen, each aggregate's in its own versions."""

    def __init__(self, start: datetime | None = None) -> None:
        self.records: list[Record] = []
        self._time = start or datetime.now(UTC) - timedelta(hours=1)
        self._versions: dict[tuple[str, str], itertools.count[int]] = {}

    def tell(self, aggregate_id: int | str, who: str, *events: DomainEvent) -> list[Record]:
        """Let somebody cause some events of one aggregate, a millisecond apart."""
        told = [to_record(self._envelope(str(aggregate_id), who, event)) for event in events]
        self.records += told
        return told

    def create(
        self, kpi_id: int | str, who: str = "ann", name: str = "Product Mismatch"
    ) -> list[Record]:
        """Define a KPI."""
        return self.tell(
            kpi_id,
            who,
            DefinitionCreated(
                name=name,
                alias_name=None,
                group_name="Data Quality",
                description=None,
                nl_definition=SENTENCE,
            ),
        )

    def edit(self, kpi_id: int, who: str = "bob") -> list[Record]:
        """Take a KPI through every other change."""
        change = FieldChange("description", None, "Products not in OPS")
        back = FieldChange("description", "Products not in OPS", None)
        return self.tell(
            kpi_id,
            who,
            DefinitionUpdated(changes=(change,)),
            DefinitionRolledBack(to_version=1, changes=(back,)),
            DefinitionDeleted(),
            DefinitionRestored(),
        )

    def run(
        self, execution_id: int, kpi_id: int | None, *ends: DomainEvent, who: str = "ann"
    ) -> list[Record]:
        """Run a KPI to some end; by default a success with 1,500 rows in 234 ms."""
        return self.tell(
            execution_id,
            who,
            requested(kpi_id),
            ExecutionQueued(attempt=1, not_before=self._time),
            ExecutionStarted(attempt=1, worker="worker-1"),
            *(ends or (succeeded(),)),
        )

    def look_after(self, kpi_id: int, execution_id: int) -> list[Record]:
        """Let people approve a reading, look at rows, take them away and talk about one."""
        reading = PinnedReading(kg_name="demo", sql=SQL)
        rows = {"execution_id": execution_id, "kpi_id": kpi_id}
        page = ResultViewed(**rows, selection=Selection(search="gpu"), page=1, page_size=50, rows=9)
        file = ResultExported(
            **rows,
            format="csv",
            selection=Selection(),
            rows=1500,
            bytes=9000,
            sha256="ab" * 32,
            complete=True,
            compared=ComparedRows(row_class="new", compared_with=1, key=("sku",)),
        )
        gone = ResultExpired(**rows, reason="age", rows=1500, bytes=4096, parts=1)
        row = "5f" * 16
        return [
            *self.tell(kpi_id, "eva", DefinitionPinned(reading=reading), DefinitionUnpinned()),
            *self.tell(execution_id, "fay", page, file),
            *self.tell(row, "gus", BreakAssigned(kpi_id=kpi_id, assignee="hal")),
            *self.tell(row, "hal", BreakCommented(kpi_id=kpi_id, comment="known")),
            *self.tell(execution_id, "kpi-results", gone),
        ]

    def cancel(self, execution_id: int, who: str) -> list[Record]:
        """Ask to stop an execution."""
        return self.tell(execution_id, who, ExecutionCancelRequested(reason="too slow"))

    def _envelope(self, aggregate_id: str, who: str, event: DomainEvent) -> Envelope:
        aggregate = event_type(type(event)).aggregate
        self._time += timedelta(milliseconds=1)
        versions = self._versions.setdefault((aggregate, aggregate_id), itertools.count(1))
        return Envelope(
            id=uuid7(),
            aggregate=aggregate,
            aggregate_id=aggregate_id,
            version=next(versions),
            time=self._time,
            actor=Actor(who, "user"),
            correlation_id=uuid7(),
            data=event,
        )


def requested(kpi_id: int | None, retry_of: int | None = None) -> ExecutionRequested:
    return ExecutionRequested(
        retry_of=retry_of,
        kpi_id=kpi_id,
        kpi_version=1 if kpi_id else None,
        kpi_name="Product Mismatch" if kpi_id else None,
        nl_definition=SENTENCE if kpi_id else None,
        sql=None if kpi_id else SQL,
        parameters=ExecutionParameters(kg_name="demo"),
        database_type="postgresql",
        origin="api",
    )


def succeeded(rows: int = 1500, milliseconds: float = 234.0) -> ExecutionSucceeded:
    part = Part("executions/1/attempt-1/part-00000.parquet", rows, 4096, "ab" * 32)
    return ExecutionSucceeded(
        attempt=1,
        sql=SQL,
        plan=Plan(sql_query_type="join", operation="NOT_IN", confidence_score=0.93),
        manifest=Manifest((part,), rows, 4096, (ColumnType("sku", "string"),)),
        execution_time_ms=milliseconds,
    )


FAILED = ExecutionFailed(
    attempt=1, error_type="source", error_message="no such table", execution_time_ms=20.0
)
TIMED_OUT = ExecutionTimedOut(attempt=1, timeout_seconds=2.0, error_message="took too long")
CANCELLED = ExecutionCancelled(attempt=1, sql=SQL, execution_time_ms=10.0)
REJECTED = ExecutionRejected(kpi_id=7, reason="there is no KPI 7 at version 9")


def busy(kpis: int, runs: int) -> Sequence[Record]:
    """Return the events of some KPIs, each run several times."""
    story = Story()
    for kpi_id in range(1, kpis + 1):
        story.create(kpi_id, name=f"KPI {kpi_id}")
        for run in range(runs):
            story.run(kpi_id * 1_000_000 + run, kpi_id)
    return story.records
