"""Errors of the event store.

EventSourcingError
├── ConcurrencyConflict   somebody else appended to the stream first
└── RebuildMismatch       a projection differs from its rebuild
"""

from __future__ import annotations


class EventSourcingError(Exception):
    """Base of this package's errors."""


class ConcurrencyConflict(EventSourcingError):
    """The stream is not at the expected version: load again, decide again."""

    def __init__(self, aggregate: str, aggregate_id: str, expected_version: int) -> None:
        self.aggregate = aggregate
        self.aggregate_id = aggregate_id
        self.expected_version = expected_version
        super().__init__(
            f"{aggregate} {aggregate_id} is no longer at version {expected_version}; load it again"
        )


class RebuildMismatch(EventSourcingError):
    """A live projection differs from the one rebuilt from the first event."""

    def __init__(self, table: str, rows: int) -> None:
        self.table = table
        self.rows = rows
        super().__init__(f"{rows} rows of {table} differ from the rebuild; swap the rebuild in")
