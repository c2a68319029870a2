from __future__ import annotations

import pytest

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.envelope import from_record, to_record
from kpi_testkit import builders


@pytest.mark.parametrize(
    "data",
    [
        builders.definition_created(),
        builders.execution_requested(),
        builders.execution_queued(),
        builders.execution_started(),
        builders.execution_succeeded(),
    ],
)
def test_a_built_event_survives_its_stored_form(data: DomainEvent) -> None:
    envelope = builders.envelope(data, aggregate_id=7)
    assert from_record(to_record(envelope)) == envelope


def test_a_field_can_be_changed() -> None:
    assert builders.definition_created(name="Other").name == "Other"


def test_a_history_counts_versions_and_shares_its_correlation() -> None:
    events = builders.history(
        builders.execution_requested(), builders.execution_queued(), aggregate_id=9
    )
    assert [(event.aggregate, event.aggregate_id, event.version) for event in events] == [
        ("execution", "9", 1),
        ("execution", "9", 2),
    ]
    assert len({event.correlation_id for event in events}) == 1
    assert events[0].time < events[1].time
