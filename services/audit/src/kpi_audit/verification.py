"""The stored chain put to the test."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import sqlalchemy as sa

from kpi_audit import checkpoints, log
from kpi_audit.chain import START, Fault, Head, Seal, Verdict, verify
from kpi_audit.errors import RangeInvalid
from kpi_audit.ingest import CONSUMER
from kpi_eventsourcing.schema import parked, stream_versions


@dataclass(frozen=True, slots=True)
class Verification:
    """A verdict on the entries from `from_seq` on; `seconds` is what it took."""

    from_seq: int
    verdict: Verdict
    seconds: float


def verify_log(
    connection: sa.Connection,
    is_genuine: Callable[[Seal], bool],
    *,
    from_seq: int = 1,
    to_seq: int | None = None,
) -> Verification:
    """Recompute the chain from `from_seq` to `to_seq` (None: its end), in bounded memory.

    A stretch is judged by the hash that the entry before it is stored with. Up to the end of the
    chain, what was signed or counted as taken in must be there. Raises RangeInvalid.
    """
    began = time.monotonic()
    # Before the entries: what is signed while they are read may lie behind the last of them.
    signed_to = _signed_to(connection) if to_seq is None else to_seq
    stored = log.head(connection)
    _require_range(stored, from_seq, to_seq)
    counted = _counted(connection) if to_seq is None else 0
    start = _before(connection, from_seq)
    if start is None:
        verdict = _missing(from_seq - 1)
    else:
        verdict = verify(
            log.links(connection, start.seq, to_seq),
            checkpoints.seals(connection, start.seq, signed_to),
            is_genuine,
            start,
        )
    verdict = _whole(verdict, counted)
    return Verification(from_seq, verdict, time.monotonic() - began)


def _require_range(stored: Head, from_seq: int, to_seq: int | None) -> None:
    if from_seq > max(stored.seq, 1):
        raise RangeInvalid("from_seq", f"The log ends at {stored.seq}.")
    if to_seq is not None and not from_seq <= to_seq <= stored.seq:
        raise RangeInvalid("to_seq", f"Must lie between {from_seq} and {stored.seq}.")


def _signed_to(connection: sa.Connection) -> int:
    last = checkpoints.last_seal(connection)
    return last.seq if last else 0


def _before(connection: sa.Connection, seq: int) -> Head | None:
    if seq == 1:
        return START
    query = sa.select(log.audit_log.c.hash).where(log.audit_log.c.seq == seq - 1)
    stored = connection.execute(query).scalar_one_or_none()
    return Head(seq - 1, stored) if stored is not None else None


def _missing(seq: int) -> Verdict:
    return Verdict(head=Head(seq - 1, b""), fault=Fault(seq, f"entry {seq} is missing"))


def _counted(connection: sa.Connection) -> int:
    """Return how many events the consumer has taken in, as its version counters say.

    Unlike a seal this proves nothing against who can write the database, but it also shows the
    loss of entries that are too new to be signed.
    """
    versions = sa.select(sa.func.coalesce(sa.func.sum(stream_versions.c.version), 0)).where(
        stream_versions.c.consumer == CONSUMER
    )
    put_aside = sa.select(sa.func.count()).where(parked.c.consumer == CONSUMER)
    return int(
        connection.execute(versions).scalar_one() - connection.execute(put_aside).scalar_one()
    )


def _whole(verdict: Verdict, counted: int) -> Verdict:
    if verdict.fault is None and verdict.head.seq < counted:
        first = verdict.head.seq + 1
        lost = Fault(first, f"entries {first} to {counted} were taken in and are missing")
        return replace(verdict, fault=lost)
    return verdict
