"""The invariants of `docs/reliability.md`, each as one check that raises AssertionError."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

import sqlalchemy as sa

from kpi_audit.ingest import CONSUMER as AUDIT
from kpi_contracts.envelope import Envelope
from kpi_contracts.execution import Manifest
from kpi_contracts.schemas import schema_of
from kpi_definitions import catalogue, reviews
from kpi_eventsourcing.errors import RebuildMismatch
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.schema import held, parked, stream_versions
from kpi_eventsourcing.unit_of_work import InlineProjection
from kpi_executor import executions, inventory, queue, replica
from kpi_local.ports import SERVICES
from kpi_results import index, remarks, rules, shelf
from kpi_testkit.eventually import eventually
from tests.chaos.evidence import Event, envelopes, logged, out_of_order, repeated, stored, streamed
from tests.chaos.house import House, Json

TERMINAL = {"succeeded", "failed", "timed_out", "cancelled", "rejected"}

CONSUMERS = {
    ("definitions", reviews.CONSUMER): ("graph",),
    ("executor", replica.CONSUMER): ("definition",),
    ("results", index.CONSUMER): ("definition", "execution"),
    ("audit", AUDIT): (),  # everything
}
"""Who consumes the events of which aggregates, in which service's database."""

Project = Callable[[sa.Connection, Envelope], None]


def every_execution_ended_once(executor: sa.Engine) -> None:
    """I1: every execution has exactly one terminal event, and none waits or runs."""
    found = [event for event in stored(executor) if event.aggregate == "execution"]
    ends = Counter(event.aggregate_id for event in found if event.verb in TERMINAL)
    wrong = {event.aggregate_id: n for event in found if (n := ends[event.aggregate_id]) != 1}
    assert not wrong, f"executions with another number of ends than one: {wrong}"
    with executor.connect() as connection:
        for table in (queue.waiting, queue.leases):
            left = connection.execute(sa.select(table)).all()
            assert not left, f"left in {table.name}: {left}"


def every_event_took_effect_once(house: House) -> None:
    """I2: each consumer has taken in every version of what it consumes, and put nothing aside."""
    everything = _everything_stored(house)
    for (service, consumer), aggregates in CONSUMERS.items():
        expected = Counter(
            event.key for event in everything if not aggregates or event.aggregate in aggregates
        )
        with house.engines[service].connect() as connection:
            assert _taken_in(connection, consumer) == expected, f"{consumer} differs"
            for table in (held, parked):
                rows = connection.execute(sa.select(table)).all()
                assert not rows, f"{consumer} has put aside in {table.name}: {rows[:3]}"
    _every_success_is_a_result(house)


def the_same_events_are_everywhere(house: House) -> None:
    """I3: event tables, stream and audit log hold the same ids, each aggregate's in order.

    But for the stream: one that was lost is refilled while new events come in. That consumers
    put them in order shows in the log; `the_stream_is_in_order` holds as long as none was lost.
    """
    tables = [stored(house.engines[service]) for service in SERVICES]
    stream, log = streamed(house.nats_url), logged(house.engines["audit"])
    ids = {event.id for event in chain.from_iterable(tables)}
    for name, found in (("stream", stream), ("audit log", log)):
        others = {event.id for event in found}
        assert ids == others, f"the {name} lacks {len(ids - others)}, adds {len(others - ids)}"
    assert not repeated(log), "the audit log repeats events"
    for found in (*tables, log):
        assert not out_of_order(found), f"out of order: {out_of_order(found)}"


def the_stream_is_in_order(house: House) -> None:
    """I3, for a stream that was never lost: each aggregate's events lie in their order."""
    found = out_of_order(streamed(house.nats_url))
    assert not found, f"out of order: {found}"


def readable_results_are_whole(house: House) -> int:
    """I4: every part of every result exists and has its hash; returns the number of results."""
    with house.engines["results"].connect() as connection:
        rows = connection.execute(sa.select(index.manifests)).all()
    for row in rows:
        manifest: Manifest = schema_of(Manifest).load(row.manifest)
        assert sum(part.rows for part in manifest.parts) == manifest.rows
        for part in manifest.parts:
            content = (house.store / part.key).read_bytes()
            assert len(content) == part.bytes, part.key
            assert hashlib.sha256(content).hexdigest() == part.sha256, part.key
    return len(rows)


def the_chain_extends(house: House, checkpoint: Json) -> None:
    """I5: the audit chain verifies, and holds the entry that an earlier checkpoint was made on."""
    verdict = house.ask("POST", "/v1/audit/verify", json={})
    assert verdict["valid"], verdict
    assert verdict["signed_to_seq"] >= checkpoint["seq"]
    # Fails (first_bad_seq) unless the chain up to the checkpoint ends in its hash.
    up_to = {"to_seq": checkpoint["seq"]}
    assert (
        house.ask("POST", "/v1/audit/verify", json=up_to)["head_hash"] == (checkpoint["chain_hash"])
    )


def projections_equal_their_rebuild(house: House) -> None:
    """I6: every read table equals what its events give, first to last."""
    definitions, executor, results, _ = (house.engines[name] for name in SERVICES)
    of_both = chain(envelopes(definitions), envelopes(executor))
    _equal(definitions, catalogue.TABLES, catalogue.project, envelopes(definitions))
    _equal(executor, executions.TABLES, _alone(executions.project), envelopes(executor))
    _equal(executor, inventory.TABLES, inventory.project, envelopes(executor))
    _equal(executor, replica.TABLES, replica.project, envelopes(definitions))
    _equal(results, index.TABLES, index.project, of_both)
    _equal(results, shelf.TABLES, shelf.project, envelopes(results))
    _equal(results, remarks.TABLES, remarks.project, envelopes(results))
    _equal(results, rules.TABLES, rules.project, envelopes(results))
    replay = house.ask("POST", "/v1/audit/replay", json={})
    assert replay["equal"], replay


def _alone(project: InlineProjection) -> Project:
    """Project event by event, which must give what projecting many at once gave."""
    return lambda connection, envelope: project(connection, [envelope])


def signed_checkpoint(house: House) -> Json:
    """Return the newest checkpoint of the audit chain, once there is one."""

    def newest() -> Json:
        return dict(house.ask("GET", "/v1/audit/checkpoint")["checkpoint"] or {})

    return eventually(newest, 30, "a checkpoint is signed", interval=0.2)


def soon(check: Callable[[], object], timeout: float = 30) -> None:
    """Wait until a check passes: what was committed is still on its way to its readers."""

    def passes() -> bool:
        check()
        return True

    eventually(passes, timeout, "the invariant holds", interval=0.3)


def _equal(
    engine: sa.Engine, tables: Sequence[sa.Table], project: Project, history: Iterable[Envelope]
) -> None:
    rebuild = Rebuild(engine, tables, project)
    rebuild.run(history)
    try:
        rebuild.verify()
    except RebuildMismatch as difference:
        raise AssertionError(str(difference)) from difference
    finally:
        rebuild.discard()


def _everything_stored(house: House) -> list[Event]:
    return [event for service in SERVICES for event in stored(house.engines[service])]


def _taken_in(connection: sa.Connection, consumer: str) -> Counter[tuple[str, str]]:
    versions = stream_versions.c
    rows = connection.execute(
        sa.select(versions.aggregate, versions.aggregate_id, versions.version).where(
            versions.consumer == consumer
        )
    )
    return Counter({(row.aggregate, row.aggregate_id): row.version for row in rows})


def _every_success_is_a_result(house: House) -> None:
    succeeded = [
        event.aggregate_id
        for event in stored(house.engines["executor"])
        if (event.aggregate, event.verb) == ("execution", "succeeded")
    ]
    results = [
        event.aggregate_id for event in stored(house.engines["results"]) if event.verb == "stored"
    ]
    assert sorted(succeeded) == sorted(results), "not exactly one result for every success"
