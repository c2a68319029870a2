"""Checkpoints: signed, published, and entries of the log themselves."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi_audit.chain import Seal
from kpi_audit.checkpoints import last_seal, seal_head
from kpi_audit.errors import AlreadySealed
from kpi_audit.log import audit_log
from kpi_audit.signing import SigningKey, TrustedKeys
from kpi_audit.verification import verify_log
from kpi_eventsourcing.schema import events
from kpi_testkit import Processes, crash_at, crashed, eventually
from tests.integration.audit.harness import ingest, kept, publish
from tests.integration.audit.story import Story, busy


def checkpoints_in_log(engine: sa.Engine) -> list[Seal]:
    query = sa.select(audit_log).where(audit_log.c.aggregate == "audit").order_by(audit_log.c.seq)
    with engine.connect() as connection:
        return [
            Seal(
                row.data["seq"],
                bytes.fromhex(row.data["chain_hash"]),
                base64.b64decode(row.data["signature"]),
                row.data["key_id"],
            )
            for row in connection.execute(query)
        ]


def test_the_worker_signs_what_is_new_and_its_checkpoint_comes_back_by_the_bus(
    engine: sa.Engine,
    nats_url: str,
    processes: Processes,
    worker_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    worker = processes.module("kpi_audit", "worker", env=worker_environment)
    publish(nats_url, busy(kpis=2, runs=2))
    (seal,) = eventually(lambda: checkpoints_in_log(engine), 30, "a checkpoint is in the log")
    trusted = TrustedKeys(tmp_path / "keys")
    assert trusted.is_genuine(seal)
    assert (tmp_path / "keys" / "audit.pem").stat().st_mode & 0o777 == 0o600
    later = Story().create(99)
    publish(nats_url, later)
    eventually(lambda: len(checkpoints_in_log(engine)) == 2, 30, "new entries are signed")
    assert worker.terminate() == 0, worker.log_tail()
    with engine.connect() as connection:
        verdict = verify_log(connection, trusted.is_genuine).verdict
    assert verdict.fault is None
    assert verdict.seals == 2
    # 2 KPIs with 2 runs each, one more KPI, and no checkpoint of a mere checkpoint
    assert len(kept(engine)) == 2 * (1 + 2 * 4) + 1 + 2


@pytest.mark.parametrize("point", ["uow.before_commit", "uow.after_commit", "relay.after_publish"])
def test_a_worker_killed_while_signing_signs_each_head_once(
    engine: sa.Engine,
    nats_url: str,
    processes: Processes,
    worker_environment: dict[str, str],
    tmp_path: Path,
    point: str,
) -> None:
    publish(nats_url, busy(kpis=2, runs=2))
    doomed = processes.module("kpi_audit", "worker", env=worker_environment | crash_at(point))
    assert crashed(doomed)
    processes.module("kpi_audit", "worker", env=worker_environment)
    eventually(lambda: checkpoints_in_log(engine), 30, "a checkpoint is in the log")
    publish(nats_url, Story().create(99))
    eventually(lambda: 99 in signed_kpis(engine), 30, "what came later is signed")
    seals = checkpoints_in_log(engine)
    assert len({seal.seq for seal in seals}) == len(seals)
    with engine.connect() as connection:
        assert verify_log(connection, TrustedKeys(tmp_path / "keys").is_genuine).verdict.valid


def signed_kpis(engine: sa.Engine) -> list[int]:
    """Return the KPIs whose creation is covered by a checkpoint."""
    with engine.connect() as connection:
        seal = last_seal(connection)
        query = sa.select(audit_log.c.aggregate_id).where(
            audit_log.c.aggregate == "definition", audit_log.c.seq <= (seal.seq if seal else 0)
        )
        return [int(kpi_id) for kpi_id in connection.scalars(query)]


def test_two_signers_of_the_same_head_sign_it_once(
    engine: sa.Engine, nats_url: str, key: SigningKey
) -> None:
    ingest(nats_url, engine, busy(kpis=1, runs=1))

    def sign() -> Seal | None:
        try:
            return seal_head(engine, key)
        except AlreadySealed:
            return None

    with ThreadPoolExecutor(4) as threads:
        seals = [seal for seal in threads.map(lambda _: sign(), range(4)) if seal]
    assert len(seals) == 1
    with engine.connect() as connection:
        assert last_seal(connection) == seals[0]
        assert len(connection.execute(sa.select(events.c.id)).all()) == 1


def test_nothing_new_is_nothing_to_sign(engine: sa.Engine, nats_url: str, key: SigningKey) -> None:
    ingest(nats_url, engine, Story().create(7))
    seal = seal_head(engine, key)
    assert seal.seq == 1
    with pytest.raises(AlreadySealed) as repeated:
        seal_head(engine, key)
    assert repeated.value.seq == 1


def test_what_is_signed_while_the_log_is_verified_is_not_held_to_be_missing(
    engine: sa.Engine,
    nats_url: str,
    key: SigningKey,
    trusted: TrustedKeys,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    records = busy(kpis=3, runs=5)

    def genuine_but_slow(seal: Seal) -> bool:
        if seal.seq == 20:
            ingest(nats_url, engine, records[20:])
            seal_head(engine, key)
        return trusted.is_genuine(seal)

    monkeypatch.setattr("kpi_audit.checkpoints._PAGE", 1)  # as if there were many
    ingest(nats_url, engine, records[:20])
    seal_head(engine, key)
    with engine.connect() as connection:
        verdict = verify_log(connection, genuine_but_slow).verdict
    assert verdict.fault is None
    assert (verdict.entries, verdict.seals) == (20, 1)
