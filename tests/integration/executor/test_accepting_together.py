"""Several commands accepted in one transaction are what they would be one by one."""

import json
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.schema import events
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_executor.commands import RunKpis
from kpi_executor.errors import UnknownKpi
from kpi_executor.execution import Execution, Status
from kpi_executor.worker.bus_commands import execute_together
from tests.integration.executor.runs import GRAPH, KPI_ID, by, column, run_of


def together(dispatch: Dispatcher, *command_ids: UUID) -> list[int]:
    runs = [(run_of(command_id), by("bill")) for command_id in command_ids]
    ids: list[int] = dispatch(RunKpis(runs), by("executor"))
    return ids


def test_each_gets_an_execution_of_its_own_under_its_own_name(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    names = ["ann", "bill", "cleo"]
    runs = [(run_of(uuid4()), by(name)) for name in names]
    ids = dispatch(RunKpis(runs), by("executor"))
    assert len(set(ids)) == 3
    assert column(engine, "requested_by") == names
    assert column(engine, "status") == [Status.QUEUED] * 3
    with UnitOfWork(engine) as uow:
        assert [uow.load(Execution, number).version for number in ids] == [2, 2, 2]


def test_a_command_that_is_known_or_comes_twice_begins_nothing(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    known, twice, other = uuid4(), uuid4(), uuid4()
    [first] = together(dispatch, known)
    ids = together(dispatch, twice, known, twice, other)
    assert ids[1] == first
    assert ids[0] == ids[2] != ids[3]
    assert len(column(engine, "id")) == 3
    assert together(dispatch, other, known) == [ids[3], first]


def test_one_that_is_refused_keeps_all_from_being_accepted(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    runs = [(run_of(uuid4()), by("bill")), (run_of(uuid4(), kpi_id=999), by("bill"))]
    with pytest.raises(UnknownKpi):
        dispatch(RunKpis(runs), by("executor"))
    assert column(engine, "id") == []
    with engine.connect() as connection:
        query = sa.select(events.c.id).where(events.c.aggregate == Execution.name)
        assert connection.execute(query).all() == []


def test_every_sender_that_asked_gets_the_answer_to_its_own_command(dispatch: Dispatcher) -> None:
    commands = [str(uuid4()) for _ in range(3)]
    answers = execute_together(dispatch)(
        [(_body(command, reply=f"answers.{command}"), {}) for command in commands]
    )
    assert [answer and answer.subject for answer in answers] == [
        f"answers.{command}" for command in commands
    ]
    assert [json.loads(answer.body)["command_id"] for answer in answers if answer] == commands


def _body(command_id: str, reply: str) -> bytes:
    command = {
        "command_id": command_id,
        "kpi_id": KPI_ID,
        "requested_by": "bill",
        "params": {"kg_name": GRAPH},
        "reply": reply,
    }
    return json.dumps(command).encode()
