"""Runs as the executor leaves them: Parquet parts in the store, events in the stream."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from kpi_bus.connection import connect
from kpi_bus.topology import declare
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import AGGREGATE as DEFINITION
from kpi_contracts.definition import DefinitionCreated
from kpi_contracts.envelope import Actor, Envelope, to_record
from kpi_contracts.execution import (
    AGGREGATE,
    ColumnType,
    ExecutionFailed,
    ExecutionParameters,
    ExecutionQueued,
    ExecutionRequested,
    ExecutionStarted,
    ExecutionSucceeded,
    Manifest,
    Part,
    Plan,
)
from kpi_contracts.ids import uuid7
from kpi_contracts.messages import encode

ANN = Actor("ann", "user")
EXECUTOR = Actor("executor", "service")
SQL = "SELECT DISTINCT rbp.* FROM rbp LEFT JOIN ops ON rbp.sku = ops.sku WHERE ops.sku IS NULL"
PLAN = Plan(
    sql_query_type="COMPARISON_QUERY",
    operation="NOT_IN",
    joined_columns=(("sku", "sku"),),
    source_table="rbp",
    target_table="ops",
    confidence_score=0.95,
)


@dataclass
class Runs:
    """Makes runs in a store and tells of them on the bus.

    Readers wait for what was just told only so long, so `taken_in` waits until it is known.
    """

    store: Path
    nats_url: str
    taken_in: Callable[[], object]
    _ids: count[int] = field(default_factory=lambda: count(1))

    def new_id(self) -> int:
        return next(self._ids)

    def kpi(self, name: str = "Product mismatch") -> int:
        """Define a KPI; return its id."""
        kpi_id = self.new_id()
        created = DefinitionCreated(
            name=f"{name} {kpi_id}",
            alias_name=None,
            group_name=None,
            description=None,
            nl_definition="Show me all products in RBP GPU which are not in OPS Excel",
        )
        self.publish(DEFINITION, kpi_id, [created])
        return kpi_id

    def succeeded(
        self,
        table: pa.Table,
        *,
        kpi_id: int | None = None,
        user: str = "ann",
        database: str = "sqlite",
        part_rows: int = 100_000,
        plan: Plan = PLAN,
        damaged: bool = False,
        limit_reached: bool = False,
    ) -> int:
        """Store a table as the rows of a run that succeeded; return the execution's id.

        If it is `damaged`, a bit of its first part flips before anybody hears of it.
        """
        execution_id = self.new_id()
        manifest = self.write(execution_id, table, part_rows)
        if damaged:
            flip_a_bit(self.part(execution_id))
        succeeded = ExecutionSucceeded(
            attempt=1,
            sql=SQL,
            plan=plan,
            manifest=manifest,
            execution_time_ms=125.5,
            limit_reached=limit_reached,
        )
        self.publish(
            AGGREGATE,
            execution_id,
            [*begun(kpi_id, database), ExecutionStarted(attempt=1, worker="w"), succeeded],
            actor=Actor(user, "user"),
        )
        return execution_id

    def running(self, kpi_id: int | None = None) -> int:
        """Begin a run; return the execution's id."""
        execution_id = self.new_id()
        events = [*begun(kpi_id), ExecutionStarted(attempt=1, worker="w")]
        self.publish(AGGREGATE, execution_id, events)
        return execution_id

    def failed(self, message: str, kpi_id: int | None = None) -> int:
        """Let a run fail; return the execution's id."""
        execution_id = self.new_id()
        failed = ExecutionFailed(attempt=1, error_type="source", error_message=message)
        self.publish(AGGREGATE, execution_id, [*begun(kpi_id), failed])
        return execution_id

    def write(self, execution_id: int, table: pa.Table, part_rows: int) -> Manifest:
        folder = self.store / f"executions/{execution_id}/attempt-1"
        folder.mkdir(parents=True)
        physical = table.rename_columns([f"c{index}" for index in range(table.num_columns)])
        parts = []
        for number, start in enumerate(range(0, max(1, table.num_rows), part_rows)):
            path = folder / f"part-{number:05d}.parquet"
            rows = physical.slice(start, part_rows)
            pq.write_table(rows, path, row_group_size=100_000)
            content = path.read_bytes()
            key = str(path.relative_to(self.store))
            digest = hashlib.sha256(content).hexdigest()
            parts.append(Part(key, rows.num_rows, len(content), digest))
        return Manifest(
            parts=tuple(parts),
            rows=table.num_rows,
            bytes=sum(part.bytes for part in parts),
            columns=tuple(
                ColumnType(name, str(kind))
                for name, kind in zip(table.column_names, table.schema.types, strict=True)
            ),
        )

    def part(self, execution_id: int, number: int = 0) -> Path:
        return self.store / f"executions/{execution_id}/attempt-1/part-{number:05d}.parquet"

    def publish(
        self,
        aggregate: str,
        aggregate_id: int,
        events: Sequence[DomainEvent],
        *,
        after: int = 0,
        actor: Actor = ANN,
    ) -> list[Envelope]:
        """Put events of one aggregate into the stream, their versions following `after`."""
        correlation = uuid7()
        envelopes = [
            Envelope(
                id=uuid7(),
                aggregate=aggregate,
                aggregate_id=str(aggregate_id),
                version=version,
                time=datetime.now(UTC),
                actor=actor,
                correlation_id=correlation,
                data=event,
            )
            for version, event in enumerate(events, start=after + 1)
        ]
        asyncio.run(_publish(self.nats_url, envelopes))
        self.taken_in()
        return envelopes


def flip_a_bit(path: Path) -> None:
    """Change one bit of a file as a failing disk does, or change it back: its times stay."""
    stat = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def begun(kpi_id: int | None, database: str = "sqlite") -> list[DomainEvent]:
    """Return the first events of every run."""
    requested = ExecutionRequested(
        kpi_id=kpi_id,
        kpi_version=None if kpi_id is None else 1,
        kpi_name=None if kpi_id is None else f"Product mismatch {kpi_id}",
        nl_definition=None,
        sql=SQL if kpi_id is None else None,
        parameters=ExecutionParameters(kg_name="demo", excluded_fields=("created_date",)),
        database_type=database,
        origin="api",
    )
    return [requested, ExecutionQueued(attempt=1, not_before=datetime.now(UTC))]


async def _publish(url: str, envelopes: Sequence[Envelope]) -> None:
    bus = await connect(url, name="executor", on_closed=lambda: None)
    try:
        await declare(bus.js)
        for envelope in envelopes:
            await bus.publish(encode(to_record(envelope)))
    finally:
        await bus.close()
