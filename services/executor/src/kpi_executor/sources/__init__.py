"""Connectors: one small protocol over everything tables can be read from."""

from kpi_executor.sources.connect import connect
from kpi_executor.sources.connector import Connector, Resources, ResultStream
from kpi_executor.sources.errors import ColumnTypesVary, SourceError, SourceRefused
from kpi_executor.sources.policy import DatabaseAddress, SourcePolicy
from kpi_executor.sources.profile import ProfileLimits, profile
from kpi_executor.sources.source import Source, SourceKind, source_from
from kpi_executor.sources.tables import Column, ForeignKey, LogicalType, Table

__all__ = [
    "Column",
    "ColumnTypesVary",
    "Connector",
    "DatabaseAddress",
    "ForeignKey",
    "LogicalType",
    "ProfileLimits",
    "Resources",
    "ResultStream",
    "Source",
    "SourceError",
    "SourceKind",
    "SourcePolicy",
    "SourceRefused",
    "Table",
    "connect",
    "profile",
    "source_from",
]
