"""The result aggregate: each decision is made once."""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.execution import Manifest, Part
from kpi_contracts.result import (
    ResultCompared,
    ResultDamaged,
    ResultExpired,
    ResultRepaired,
    ResultStored,
)
from kpi_results.result import Result

MANIFEST = Manifest((Part("executions/7/attempt-1/part-00000.parquet", 3, 90, "ab"),), 3, 90, ())
OUTCOME = ResultCompared(
    execution_id=7,
    kpi_id=1,
    previous_execution_id=None,
    key=(),
    new=3,
    resolved=0,
    persisting=0,
    changed=0,
)


def stored() -> Result:
    result = Result("7")
    follow(result, *result.store(1, MANIFEST))
    return result


def follow(result: Result, *events: DomainEvent) -> None:
    for event in events:
        result.apply(event)


def test_a_result_is_stored_once() -> None:
    (event,) = Result("7").store(1, MANIFEST)
    assert event == ResultStored(execution_id=7, kpi_id=1, rows=3, bytes=90, parts=1)
    assert stored().store(1, MANIFEST) == []


def test_a_difference_is_recorded_once() -> None:
    result = stored()
    assert result.compare(OUTCOME) == [OUTCOME]
    follow(result, OUTCOME)
    assert result.compare(OUTCOME) == []


def test_each_damaged_part_is_reported_once() -> None:
    result = stored()
    (event,) = result.damage("a", "it is missing")
    assert event == ResultDamaged(execution_id=7, kpi_id=1, part="a", reason="it is missing")
    follow(result, event)
    assert result.damage("a", "it is missing") == []
    assert len(result.damage("b", "it is missing")) == 1


def test_a_part_is_repaired_where_it_was_damaged_and_may_be_damaged_again() -> None:
    result = stored()
    assert result.repair("a") == []
    follow(result, *result.damage("a", "it is missing"))
    (event,) = result.repair("a")
    assert event == ResultRepaired(execution_id=7, kpi_id=1, part="a")
    follow(result, event)
    assert result.repair("a") == []
    assert len(result.damage("a", "it is missing")) == 1


def test_rows_expire_once_and_only_where_there_are_any() -> None:
    assert Result("7").expire("age") == []
    result = stored()
    (event,) = result.expire("count")
    assert event == ResultExpired(
        execution_id=7, kpi_id=1, reason="count", rows=3, bytes=90, parts=1
    )
    follow(result, event)
    assert result.expire("age") == []
