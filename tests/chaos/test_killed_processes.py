"""500 executions while every worker, NATS and Postgres are killed in turn, then the invariants."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from kpi_executor.executions import executions
from tests.chaos import invariants
from tests.chaos.depot import EMPTY_SHELVES
from tests.chaos.house import EXECUTIONS, KPIS, House, Json
from tests.chaos.settings import ChaosSettings
from tests.chaos.storm import COMMANDS, KILLINGS, Accepted, Storm

# Seconds after the last kill. A command that the killed executor held comes again after 30 s.
RECOVERY = 60.0


@dataclass(frozen=True, slots=True)
class Aftermath:
    """A house in which a storm has passed; `checkpoint` was signed before it."""

    house: House
    accepted: Accepted
    kpi: Json
    edited: Json
    checkpoint: Json


@pytest.fixture(scope="module")
def aftermath(house: House, chaos: ChaosSettings) -> Aftermath:
    """Let the storm pass, and wait until the house is well again."""
    kpi, edited = house.define(), house.define()
    house.execute(kpi)
    checkpoint = invariants.signed_checkpoint(house)
    accepted = Storm(house, kpi, edited, chaos.dice("storm")).run()
    house.running.wait_until_ready(RECOVERY)
    invariants.soon(lambda: every_command_has_come_to_its_end(house, accepted), RECOVERY)
    return Aftermath(house, accepted, kpi, edited, checkpoint)


def every_command_has_come_to_its_end(house: House, accepted: Accepted) -> None:
    executor = house.engines["executor"]
    with executor.connect() as connection:
        found = connection.execute(sa.select(executions.c.id, executions.c.command_id)).all()
    of_commands = Counter(row.command_id for row in found if row.command_id is not None)
    assert of_commands == Counter(accepted.commands)
    assert accepted.executions <= {row.id for row in found}
    invariants.every_execution_ended_once(executor)


def test_every_accepted_command_reached_exactly_one_end(aftermath: Aftermath) -> None:
    accepted = aftermath.accepted
    assert len(accepted.commands) + len(accepted.executions) == COMMANDS
    every_command_has_come_to_its_end(aftermath.house, accepted)


def test_all_of_them_succeeded_with_all_their_rows(aftermath: Aftermath) -> None:
    """Kills are faults that pass: within its attempts each query came to a good end."""
    query = sa.select(executions.c.id, executions.c.status, executions.c.number_of_records).where(
        executions.c.kpi_id == aftermath.kpi["id"]
    )
    with aftermath.house.engines["executor"].connect() as connection:
        found = connection.execute(query).all()
    expected = ("success", len(EMPTY_SHELVES))
    assert [row for row in found if (row.status, row.number_of_records) != expected] == []


def test_no_accepted_change_of_a_kpi_is_lost(aftermath: Aftermath) -> None:
    path = f"{KPIS}/{aftermath.edited['id']}/versions"
    versions = aftermath.house.ask("GET", path, params={"limit": 1000})["versions"]
    assert [version["version"] for version in versions][::-1] == list(range(1, len(versions) + 1))
    changes = {change["new"] for version in versions for change in version["changes"]}
    assert aftermath.accepted.edits <= changes


def test_every_event_took_effect_once(aftermath: Aftermath) -> None:
    invariants.soon(lambda: invariants.every_event_took_effect_once(aftermath.house))


def test_tables_stream_and_audit_log_hold_the_same_events(aftermath: Aftermath) -> None:
    invariants.soon(lambda: invariants.the_same_events_are_everywhere(aftermath.house))
    invariants.the_stream_is_in_order(aftermath.house)


def test_every_readable_result_is_whole(aftermath: Aftermath) -> None:
    house = aftermath.house
    assert invariants.readable_results_are_whole(house) >= COMMANDS
    for execution_id in sorted(aftermath.accepted.executions)[:10]:
        rows = house.ask("GET", f"{EXECUTIONS}/{execution_id}/drilldown")["data"]
        assert rows == EMPTY_SHELVES


def test_the_audit_chain_verifies_and_extends_the_earlier_checkpoint(aftermath: Aftermath) -> None:
    invariants.the_chain_extends(aftermath.house, aftermath.checkpoint)


def test_every_projection_equals_its_rebuild(aftermath: Aftermath) -> None:
    invariants.soon(lambda: invariants.projections_equal_their_rebuild(aftermath.house))


def test_no_service_ended_but_those_that_were_killed(aftermath: Aftermath) -> None:
    """Whoever loses its database or its bus waits for it."""
    log = aftermath.house.running.stack.home.logs / "supervisor-events.log"
    ends = [line for line in log.read_text().splitlines() if " exited: " in line]
    assert len(ends) >= KILLINGS
    services = [line for line in ends if "-worker" in line or "-api" in line]
    assert [line for line in services if "terminated by SIGKILL" not in line] == []
