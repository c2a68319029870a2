"""Events of the audit log itself."""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "audit"


@event(AGGREGATE, "checkpoint")
class AuditCheckpoint(DomainEvent):
    """The head of the hash chain at `seq`, signed (Ed25519, base64) by the audit service's key."""

    seq: int
    chain_hash: str
    signature: str
    key_id: str
