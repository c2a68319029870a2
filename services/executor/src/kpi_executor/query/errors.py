"""How a query can end other than with a result.

QueryFailed                 (a source's own trouble is `kpi_executor.sources.SourceError`)
├── TimedOut                ran longer than it was given
├── Cancelled               somebody asked for its end
├── OutOfMemory             needed more than one query may use
├── ResultTooLarge          more rows or bytes than a result may have; nothing is cut silently
├── StoreFailed             the rows could not be stored
└── Crashed                 the query process ended by itself
"""

from __future__ import annotations


class QueryFailed(Exception):
    """A query ended without a result; ``transient``: the same query may work later."""

    transient = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TimedOut(QueryFailed):
    """The query ran longer than its time; its process is gone."""


class Cancelled(QueryFailed):
    """The query was cancelled; its process is gone."""


class OutOfMemory(QueryFailed):
    """The query needed more memory than one query may use."""


class ResultTooLarge(QueryFailed):
    """The result has more rows or bytes than allowed."""


class StoreFailed(QueryFailed):
    """The object store did not take the rows."""

    transient = True


class Crashed(QueryFailed):
    """The query process ended by itself, or was killed by the system."""

    transient = True
