"""Checkpoints: the head of the chain, signed and published as an event.

Each signed head is an aggregate of its own (its id is the sequence number), so two workers that
want to sign the same head meet the event store's version check, and none has to fold the past.
Before a head is signed the stretch since the last checkpoint is verified.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, ClassVar

import sqlalchemy as sa

from kpi_audit import log
from kpi_audit.chain import START, Head, Seal, cut_tail, verify
from kpi_audit.errors import AlreadySealed, ChainBroken
from kpi_audit.signing import SigningKey
from kpi_contracts.audit import AGGREGATE, AuditCheckpoint
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import Actor, Envelope
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.schema import TIMESTAMP
from kpi_eventsourcing.unit_of_work import UnitOfWork, each

AUDITOR = Actor("kpi-audit", "system")
_PAGE = 1000

metadata = sa.MetaData()

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chain_hash", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("signed_at", TIMESTAMP, nullable=False),
)


class Checkpoint(Aggregate):
    """The signature on one head of the chain."""

    name: ClassVar[str] = AGGREGATE

    def sign(self, seal: Seal) -> list[AuditCheckpoint]:
        """Decide to publish a seal; raises AlreadySealed."""
        if self.version:
            raise AlreadySealed(seal.seq)
        return [
            AuditCheckpoint(
                seq=seal.seq,
                chain_hash=seal.hash.hex(),
                signature=base64.b64encode(seal.signature).decode(),
                key_id=seal.key_id,
            )
        ]

    def apply(self, event: DomainEvent) -> None:
        """Keep nothing: that there is a version says it all."""


def create_tables_v1(connection: sa.Connection) -> None:
    """Create the read table; like the log it only grows."""
    metadata.create_all(connection, checkfirst=False)
    connection.execute(log.append_only(audit_checkpoints))


def project(connection: sa.Connection, envelope: Envelope) -> None:
    """Write a checkpoint into the read table, in the transaction of its event."""
    event = envelope.data
    if isinstance(event, AuditCheckpoint):
        connection.execute(
            sa.insert(audit_checkpoints).values(
                seq=event.seq,
                chain_hash=bytes.fromhex(event.chain_hash),
                signature=base64.b64decode(event.signature),
                key_id=event.key_id,
                signed_at=envelope.time,
            )
        )


def seal_head(engine: sa.Engine, key: SigningKey) -> Seal:
    """Verify what is new since the last checkpoint, sign the head and publish that.

    Raises:
        ChainBroken: the log was tampered with; nothing is signed.
        AlreadySealed: there is nothing new, or another worker was faster.

    """
    with UnitOfWork(engine, [each(project)]) as uow:
        seal = key.seal(_verified_head(uow.connection))
        checkpoint = uow.load(Checkpoint, seal.seq)
        try:
            uow.append(checkpoint, checkpoint.sign(seal), Context.by(AUDITOR))
        except ConcurrencyConflict as error:
            raise AlreadySealed(seal.seq) from error
        uow.commit()
    return seal


def last_seal(connection: sa.Connection) -> Seal | None:
    """Return the newest checkpoint."""
    row = connection.execute(
        sa.select(audit_checkpoints).order_by(audit_checkpoints.c.seq.desc()).limit(1)
    ).one_or_none()
    return _seal(row) if row else None


def seals(connection: sa.Connection, after: int = 0, to: int | None = None) -> Iterator[Seal]:
    """Yield the checkpoints on entries behind `after`, up to `to`, page by page."""
    while True:
        query = (
            sa.select(audit_checkpoints)
            .where(audit_checkpoints.c.seq > after)
            .order_by(audit_checkpoints.c.seq)
            .limit(_PAGE)
        )
        if to is not None:
            query = query.where(audit_checkpoints.c.seq <= to)
        rows = connection.execute(query).all()
        yield from map(_seal, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1].seq


def _verified_head(connection: sa.Connection) -> Head:
    last = last_seal(connection)
    start = Head(last.seq, last.hash) if last else START
    stored = log.head(connection)
    if last is not None and stored.seq < last.seq:
        raise ChainBroken(cut_tail(stored, last))
    verdict = verify(log.links(connection, start.seq), (), lambda _: True, start)
    if verdict.fault is not None:
        raise ChainBroken(verdict.fault)
    if verdict.head.seq == start.seq:
        raise AlreadySealed(start.seq)
    return verdict.head


def _seal(row: sa.Row[Any]) -> Seal:
    return Seal(row.seq, row.chain_hash, row.signature, row.key_id)
