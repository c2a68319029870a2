"""The fold of an aggregate's events, whatever their types."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kpi_audit.as_of import State, fold
from kpi_audit.log import Entry
from kpi_contracts.envelope import Actor, Record
from kpi_contracts.ids import uuid7

FIRST = Record(
    id=uuid7(),
    aggregate="definition",
    aggregate_id="7",
    version=1,
    time=datetime(2026, 1, 2, tzinfo=UTC),
    actor=Actor("ann", "user"),
    correlation_id=uuid7(),
    type="io.kpiledger.definition.created.v1",
    data={"name": "Mismatch", "group_name": None},
)


def folded(*events: tuple[str, Any]) -> State | None:
    """Fold FIRST and further events, given as verb and data."""
    records = [FIRST]
    for number, (verb, data) in enumerate(events, start=2):
        name = f"io.kpiledger.definition.{verb}.v1" if verb.isalpha() else verb
        records.append(replace(FIRST, id=uuid7(), version=number, type=name, data=data))
    return fold(
        Entry(number, bytes(32), bytes(32), record, number)
        for number, record in enumerate(records, start=1)
    )


def test_without_events_there_is_no_state() -> None:
    assert fold([]) is None


def test_changes_are_applied_field_by_field_and_other_data_laid_over() -> None:
    changes = [{"field": "group_name", "old": None, "new": "Quality"}]
    state = folded(("updated", {"changes": changes}), ("starred", {"stars": 3}))
    assert state is not None
    assert state.fields == {"name": "Mismatch", "group_name": "Quality", "stars": 3}
    assert state.last.seq == 3


def test_what_was_put_away_stays_so_until_it_is_restored() -> None:
    states = [
        folded(("deleted", {})),
        folded(("deleted", {}), ("renamed", {"name": "x"})),
        folded(("deleted", {}), ("restored", {})),
    ]
    assert [state and state.deleted for state in states] == [True, True, False]


def test_odd_types_and_changes_do_not_stop_the_fold() -> None:
    state = folded(("odd-type", {"changes": "none"}), ("updated", {"changes": [1, {"new": 2}]}))
    assert state is not None
    assert state.fields == {"name": "Mismatch", "group_name": None, "changes": "none"}
