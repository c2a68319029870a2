"""Queries in killable processes, their rows in Parquet parts."""

from kpi_executor.query.errors import (
    Cancelled,
    Crashed,
    OutOfMemory,
    QueryFailed,
    ResultTooLarge,
    StoreFailed,
    TimedOut,
)
from kpi_executor.query.parquet import PartWriter
from kpi_executor.query.pool import QueryPool
from kpi_executor.query.task import ProcessSettings, QueryOutcome, QueryTask, ResultLimits

__all__ = [
    "Cancelled",
    "Crashed",
    "OutOfMemory",
    "PartWriter",
    "ProcessSettings",
    "QueryFailed",
    "QueryOutcome",
    "QueryPool",
    "QueryTask",
    "ResultLimits",
    "ResultTooLarge",
    "StoreFailed",
    "TimedOut",
]
