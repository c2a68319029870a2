"""What a worker hands in and what it takes, in one transaction."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_eventsourcing.store import EventStore
from kpi_eventsourcing.unit_of_work import Work
from kpi_executor import queue
from kpi_executor.bootstrap import PROJECTIONS
from kpi_executor.commands import CancelExecution, RunKpis
from kpi_executor.errors import ExecutionFinished, StaleAttempt
from kpi_executor.execution import Execution, Status
from kpi_executor.outcomes import Cancelled, Failure
from kpi_executor.queue import Lease
from kpi_executor.worker.attempts import STOPPED
from tests.integration.executor.runs import by, column, end, exchange, run_of

PASSING = Failure(error_type="source_error", message="try again", transient=True)


def accepted(dispatch: Dispatcher, count: int) -> list[int]:
    runs = [(run_of(uuid4()), by("bill")) for _ in range(count)]
    ids: list[int] = dispatch(RunKpis(runs), by("executor"))
    return ids


def held(engine: sa.Engine, worker: str = "w") -> set[Lease]:
    with engine.connect() as connection:
        return queue.held_by(connection, worker)


def test_a_worker_takes_no_more_than_it_asks_for_and_the_oldest_first(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    ids = accepted(dispatch, 4)
    taken = exchange(dispatch, limit=3).taken
    assert [(each.execution_id, each.attempt) for each in taken] == [(n, 1) for n in ids[:3]]
    assert held(engine) == {Lease(number, 1) for number in ids[:3]}
    assert [each.execution_id for each in exchange(dispatch, worker="other").taken] == ids[3:]


def test_ends_and_starts_go_into_one_exchange(engine: sa.Engine, dispatch: Dispatcher) -> None:
    first, second, third = accepted(dispatch, 3)
    exchange(dispatch, limit=2)
    exchanged = exchange(dispatch, end(first), end(second, outcome=PASSING), limit=1)
    assert exchanged.ended == [Status.SUCCESS, Status.QUEUED]
    assert [each.execution_id for each in exchanged.taken] == [third]
    assert column(engine, "status") == [Status.SUCCESS, Status.QUEUED, Status.RUNNING]
    assert held(engine) == {Lease(third, 1)}


def test_an_attempt_that_no_longer_counts_spoils_nothing_for_the_others(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    finished, stale, good = accepted(dispatch, 3)
    exchange(dispatch)
    exchange(dispatch, end(finished))
    exchanged = exchange(dispatch, end(finished), end(stale, attempt=2), end(good))
    assert [type(error) for error in exchanged.superseded] == [ExecutionFinished, StaleAttempt]
    assert exchanged.ended == [Status.SUCCESS]
    assert column(engine, "status") == [Status.SUCCESS, Status.RUNNING, Status.SUCCESS]


def test_what_was_cancelled_while_it_ran_ends_as_the_worker_says(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    stopped, too_late = accepted(dispatch, 2)
    exchange(dispatch)
    for number in (stopped, too_late):
        dispatch(CancelExecution(execution_id=number), by("ann"))
    exchange(dispatch, end(stopped, outcome=Cancelled()), end(too_late))
    assert column(engine, "status") == [Status.CANCELLED, Status.SUCCESS]


def test_what_was_cancelled_is_not_tried_again_nor_called_failed(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    [stopped] = accepted(dispatch, 1)
    exchange(dispatch)
    dispatch(CancelExecution(execution_id=stopped), by("ann"))
    assert exchange(dispatch, end(stopped, outcome=STOPPED)).ended == [Status.CANCELLED]


def test_what_nobody_cancelled_is_tried_again_when_its_worker_stopped_it(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    [stopped] = accepted(dispatch, 1)
    exchange(dispatch)
    assert exchange(dispatch, end(stopped, outcome=Cancelled())).ended == [Status.QUEUED]
    assert column(engine, "error_type") == ["worker_lost"]


def test_only_leases_of_what_a_worker_runs_are_renewed(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    running, unheard_of = accepted(dispatch, 2)
    exchange(dispatch)
    with engine.begin() as connection:
        connection.execute(sa.update(queue.leases).values(expires_at=sa.func.now() - queue.LEASE))
        queue.renew(connection, "w", [running])
        assert queue.expired(connection, 10) == [Lease(unheard_of, 1)]


def test_claims_give_out_no_transaction_id(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        queue.claim(connection, [2, 1])
        assert connection.scalar(sa.select(sa.func.pg_current_xact_id_if_assigned())) is None


def test_what_is_accepted_during_an_exchange_is_published_before_it_starts(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    [ending] = accepted(dispatch, 1)
    exchange(dispatch)
    late: list[int] = []

    def accept_one_more(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "SKIP LOCKED" in statement:
            late.extend(accepted(dispatch, 1))

    sa.event.listen(engine, "before_cursor_execute", accept_one_more)
    exchanged = exchange(dispatch, end(ending))
    sa.event.remove(engine, "before_cursor_execute", accept_one_more)

    assert [each.execution_id for each in exchanged.taken] == late
    assert versions_as_published(engine, late[0]) == [1, 2, 3]


def test_a_cancellation_during_an_exchange_is_published_before_the_end(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    first, second = accepted(dispatch, 2)
    exchange(dispatch)
    with ThreadPoolExecutor() as threads, engine.begin() as other:
        queue.claim(other, [second])
        exchanging = threads.submit(exchange, dispatch, end(first), end(second))
        with pytest.raises(TimeoutError):
            exchanging.result(timeout=0.3)
        work = Work(other, PROJECTIONS)
        execution = work.load(Execution, second)
        work.append(execution, execution.request_cancel(None), by("ann"))
        other.commit()
        assert exchanging.result(timeout=20).ended == [Status.SUCCESS, Status.SUCCESS]
    assert versions_as_published(engine, second) == [1, 2, 3, 4, 5]


def versions_as_published(engine: sa.Engine, execution_id: int) -> list[int]:
    """Return an execution's versions in the order in which the relay finds them."""
    with engine.connect() as connection:
        return [
            envelope.version
            for envelope in EventStore(connection).replay()
            if (envelope.aggregate, envelope.aggregate_id) == ("execution", str(execution_id))
        ]
