"""From a source's description to a connection."""

from __future__ import annotations

from kpi_executor.sources.connector import Connector, Resources
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.policy import SourcePolicy
from kpi_executor.sources.source import Source


def connect(source: Source, policy: SourcePolicy, resources: Resources) -> Connector:
    """Open a source; raises `SourceError` with a remedy if that fails.

    Drivers are imported only when they are needed: a process that reads SQLite stays small.
    """
    if source.kind == "postgresql":
        from kpi_executor.sources.postgres_address import connection_parameters
        from kpi_executor.sources.postgresql import PostgresConnector

        parameters = connection_parameters(source.location, policy, resources)
        return PostgresConnector(parameters, source.schema, resources)
    path = policy.file(source.path)
    if source.kind == "sqlite":
        from kpi_executor.sources.sqlite import SqliteConnector

        return SqliteConnector(path, resources)
    if source.kind == "duckdb":
        from kpi_executor.sources.duckdb_file import DuckDbConnector

        return DuckDbConnector(path, resources)
    if source.kind == "files":
        from kpi_executor.sources.files import FilesConnector

        return FilesConnector(path, source.schema or "main", resources)
    raise SourceError(f"Sources of the kind {source.kind!r} cannot be executed yet.")
