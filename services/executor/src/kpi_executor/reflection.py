"""From a source to the content of its knowledge graph.

Reading somebody's file or database happens in a process of its own, which a hang or crash of a
driver cannot take along with the service.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from kpi_executor.dictionary import abridged
from kpi_executor.key_evidence import with_key_evidence
from kpi_executor.lookups import DIALECTS
from kpi_executor.overlap import with_overlap
from kpi_executor.sources import (
    Connector,
    Resources,
    Source,
    SourceError,
    SourcePolicy,
    connect,
    profile,
)
from kpi_executor.sources import tables as reflected
from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph
from kpi_nlsql.schema.declared_joins import ForeignKey, declared_joins
from kpi_nlsql.schema.stored_types import UNDECLARED, stored_type

TIMEOUT_SECONDS = 120.0


def read_graph(
    name: str, source: Source, policy: SourcePolicy, cache: Path, schemas: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the graph of a source as plain JSON; raises SourceError with a remedy.

    `cache` keeps converted files between runs; no `schemas` means all of them.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=1, context=context) as pool:
        future = pool.schedule(
            _read, (name, source, policy, cache, tuple(schemas)), timeout=TIMEOUT_SECONDS
        )
        try:
            content: dict[str, Any] = future.result()
        except FutureTimeout:
            raise SourceError(
                f"Reading the tables took longer than {TIMEOUT_SECONDS:g} s; name fewer schemas."
            ) from None
        except ProcessExpired as error:
            raise SourceError(
                f"The driver crashed while reading the source (exit code {error.exitcode}); "
                "is the file damaged?"
            ) from None
    return content


def _read(
    name: str, source: Source, policy: SourcePolicy, cache: Path, schemas: tuple[str, ...]
) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as scratch,
        connect(source, policy, Resources(cache, Path(scratch))) as connector,
    ):
        tables = [table for table in connector.reflect() if not schemas or table.schema in schemas]
        if not tables:
            raise SourceError("The source has no tables that can be read; check path and rights.")
        graph = graph_of(name, profile(connector, tables), DIALECTS[source.kind], connector)
        return abridged(with_overlap(connector, graph)).to_json()


def graph_of(
    name: str, tables: Sequence[reflected.Table], dialect: str, connector: Connector | None = None
) -> Graph:
    """Return the knowledge graph over reflected tables; candidate joins are inferred.

    With a `connector`, the rows are asked for evidence of keys.
    """
    found = [_table(table) for table in tables]
    if connector is not None:
        found = with_key_evidence(connector, found)
    keys = [key for table in tables for key in _foreign_keys(table)]
    return build_graph(name, found, tuple(declared_joins(found, keys)), dialect=dialect)


def _table(table: reflected.Table) -> Table:
    return Table(
        name=table.name,
        schema=table.schema,
        columns=tuple(_column(column, table) for column in table.columns),
        primary_key=table.primary_key,
        row_count=table.rows,
    )


def _column(column: reflected.Column, table: reflected.Table) -> Column:
    return Column(
        name=column.name,
        type=stored_type(
            column.native_type or UNDECLARED,
            only_numbers=column.type in ("integer", "number"),
            only_texts=column.type == "text",
        ),
        nullable=column.nullable,
        values=column.values,
        unique=column.unique or table.primary_key == (column.name,),
        distinct=column.distinct,
    )


def _foreign_keys(table: reflected.Table) -> list[ForeignKey]:
    return [
        ForeignKey(table.name, key.columns, key.target_table, key.target_columns)
        for key in table.foreign_keys
    ]
