"""Errors of the audit service.

AuditError
├── EntryNotFound
├── NothingThen        an aggregate had no events at that time
├── NotSealed          no signed checkpoint covers the entry yet
├── AlreadySealed      another worker has signed the same head
├── ChainBroken        the log is not as it was written, so its head is not signed
├── RangeInvalid       the range to verify lies outside the log
├── ReplayRunning      one rebuild at a time
└── KeyUnusable        the signing key cannot be read
"""

from __future__ import annotations

from kpi_audit.chain import Fault


class AuditError(Exception):
    """Something the audit service cannot do."""


class EntryNotFound(AuditError):
    """The log has no such entry."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__(f"the log has no entry {seq}")


class NothingThen(AuditError):
    """The aggregate had no events up to the moment that was asked for."""

    def __init__(self, aggregate: str, aggregate_id: str) -> None:
        self.aggregate = aggregate
        self.aggregate_id = aggregate_id
        super().__init__(f"{aggregate} {aggregate_id} did not exist then, as far as the log knows")


class NotSealed(AuditError):
    """No signed checkpoint covers the entry yet."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__(
            f"entry {seq} is not covered by a signed checkpoint yet; try again in some seconds"
        )


class AlreadySealed(AuditError):
    """The head has been signed, by this worker or another."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__(f"entry {seq} has been signed already")


class ChainBroken(AuditError):
    """The log is not as it was written."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(f"the audit log is broken at {fault.seq}: {fault.reason}")


class RangeInvalid(AuditError):
    """The range to verify does not lie within the log."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        super().__init__(reason)


class ReplayRunning(AuditError):
    """A rebuild is under way, and its shadow tables are in use."""

    def __init__(self) -> None:
        super().__init__("a replay is running already; try again when it has ended")


class KeyUnusable(AuditError):
    """A file that should hold a key does not."""

    def __init__(self, path: object) -> None:
        self.path = path
        super().__init__(f"{path} holds no Ed25519 key")
