"""Commands of other systems are held to what the REST API takes."""

import json
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from kpi_contracts.errors import InvalidCommand
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor.errors import OutOfBounds
from kpi_executor.execution import Status
from kpi_executor.worker.bus_commands import cancel_handler, execute_handler, execute_together
from tests.integration.executor.runs import GRAPH, KPI_ID, column


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_records": 0},
        {"limit_records": -5},
        {"timeout_seconds": 0},
        {"timeout_seconds": 1e300},
        {"max_attempts": 0},
        {"max_attempts": 1_000_000},
        {"excluded_fields": [""]},
    ],
)
def test_parameters_out_of_bounds_are_rejected_with_a_reason(
    engine: sa.Engine, dispatch: Dispatcher, wrong: dict[str, Any]
) -> None:
    body = _body(params={"kg_name": GRAPH, **wrong}, reply="answers.one")
    with pytest.raises(OutOfBounds):
        execute_together(dispatch)([(body, {})])
    answer = execute_handler(engine, dispatch)(body, {})
    assert answer is not None
    told = json.loads(answer.body)
    assert told["status"] == "rejected"
    assert told["reason"].startswith(f"not acceptable: {next(iter(wrong))}: ")
    assert column(engine, "status") == [Status.FAILED]


def test_a_rejection_fits_into_an_event_however_much_is_wrong(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    params = {"kg_name": GRAPH, "excluded_fields": [""] * 20_000}
    answer = execute_handler(engine, dispatch)(_body(params=params, reply="answers.one"), {})
    assert answer is not None
    assert json.loads(answer.body)["reason"] == (
        "not acceptable: excluded_fields: 0: Length must be between 1 and 255."
    )


@pytest.mark.parametrize("version", [None, 3])
def test_a_kpi_that_is_not_known_is_said_to_be_unknown(
    engine: sa.Engine, dispatch: Dispatcher, version: int | None
) -> None:
    body = _body(kpi_id=404, kpi_version=version, params={"kg_name": GRAPH}, reply="answers.one")
    answer = execute_handler(engine, dispatch)(body, {})
    assert answer is not None
    assert json.loads(answer.body)["reason"].startswith("no KPI 404 is known here; check the id")


@pytest.mark.parametrize("name", ["", "x" * 256, "a\nb"])
def test_a_command_that_does_not_tell_who_sends_it_begins_nothing(
    engine: sa.Engine, dispatch: Dispatcher, name: str
) -> None:
    with pytest.raises(InvalidCommand, match="requested_by"):
        execute_handler(engine, dispatch)(_body(requested_by=name), {})
    with pytest.raises(InvalidCommand, match="requested_by"):
        execute_together(dispatch)([(_body(requested_by=name), {})])
    cancel = json.dumps({"execution_id": 1, "requested_by": name}).encode()
    with pytest.raises(InvalidCommand, match="requested_by"):
        cancel_handler(dispatch)(cancel, {})
    assert column(engine, "id") == []


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_what_no_table_can_hold_is_refused_wherever_it_stands(
    engine: sa.Engine, dispatch: Dispatcher, text: str
) -> None:
    """In the JSON of a stored run, a NUL would stop every later query that looks into it."""
    for params in ({"excluded_fields": [text]}, {"ruleset_name": text}, {"db_type": text}):
        with pytest.raises(InvalidCommand, match="body has"):
            execute_handler(engine, dispatch)(_body(params={"kg_name": GRAPH, **params}), {})
    assert column(engine, "id") == []


def test_a_reason_too_long_for_an_event_is_refused(dispatch: Dispatcher) -> None:
    cancel = {"execution_id": 1, "requested_by": "bill", "reason": "x" * 501}
    with pytest.raises(InvalidCommand, match="reason"):
        cancel_handler(dispatch)(json.dumps(cancel).encode(), {})


def _body(**changes: Any) -> bytes:
    command = {
        "command_id": str(uuid4()),
        "kpi_id": KPI_ID,
        "requested_by": "bill",
        "params": {"kg_name": GRAPH},
    }
    return json.dumps(command | changes).encode()
