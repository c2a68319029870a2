"""Background work that cannot be done just now is done later, and nothing else suffers by it."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from kpi_contracts.execution import Manifest, Part
from kpi_results import taking_in
from kpi_results.bootstrap import PACKAGE
from kpi_results.differences import Differences
from kpi_results.entering import LedgerClerk
from kpi_results.handlers import make_dispatcher
from kpi_results.ledger import ledgers
from kpi_results.reader import RowReader
from kpi_results.rows.errors import BusyReading
from kpi_results.shelf import results
from kpi_service.database import make_engine, migrate
from kpi_testkit.builders import (
    definition_created,
    envelope,
    execution_requested,
    execution_succeeded,
    history,
)
from kpi_testkit.eventually import eventually
from kpi_testkit.servers import Databases
from tests.integration.results.stack import started

KPI_ID = 7


class Rows:
    """A reader whose slots for heavy readings are all taken at first."""

    def __init__(self) -> None:
        self.busy = True

    def natural_key(self, *_: object) -> list[str]:
        return []

    def ledger_key(self, *_: object) -> list[str]:
        return ["sku"]

    def compare(self, *_: object) -> Any:
        self._wait_in_vain()
        counts = SimpleNamespace(new=1, resolved=1, persisting=0, changed=0)
        return SimpleNamespace(comparison=counts)

    def differing_keys(self, *_: object) -> Iterator[tuple[bytes, int]]:
        self._wait_in_vain()
        yield b'{"sku":"A"}', 1

    def _wait_in_vain(self) -> None:
        if self.busy:
            self.busy = False
            raise BusyReading(30.0)


def stored(sha256: str) -> Manifest:
    part = Part(f"executions/1/attempt-1/{sha256}", rows=1, bytes=1, sha256=sha256 * 64)
    return Manifest((part,), rows=1, bytes=1, columns=())


@pytest.fixture
def engine(databases: Databases) -> Iterator[sa.Engine]:
    """Yield an engine on a database of the service that knows two runs of a KPI."""
    url = databases.create(databases.template("results", _migrated))
    engine = make_engine(url, name="tests")
    with engine.begin() as connection:
        taking_in.project(connection, [envelope(definition_created(), KPI_ID)])
        for number in (1, 2):
            succeeded = execution_succeeded(manifest=stored(f"{number}"))
            run = history(execution_requested(kpi_id=KPI_ID), succeeded, aggregate_id=number)
            taking_in.project(connection, run)
    yield engine
    engine.dispose()
    databases.drop(url)


def _migrated(url: str) -> None:
    migrate(url, PACKAGE)


def test_runs_are_compared_and_entered_once_a_slot_is_free(engine: sa.Engine) -> None:
    rows, dispatch = Rows(), make_dispatcher(engine)
    differences = Differences(engine, dispatch, lambda: cast(RowReader, rows))
    assert differences.next()  # the first has none before it
    with pytest.raises(BusyReading):
        differences.next()
    assert differences.next()
    with engine.connect() as connection:
        assert all(connection.scalars(sa.select(results.c.compared_at)))

    rows.busy = True
    clerk = LedgerClerk(engine, dispatch, lambda: cast(RowReader, rows))
    with pytest.raises(BusyReading):
        clerk.next()
    assert clerk.next()
    with engine.connect() as connection:
        assert connection.scalar(sa.select(ledgers.c.execution_id)) == 1


def test_the_worker_outlives_an_object_store_that_is_away(
    databases: Databases, tmp_path: Path
) -> None:
    nowhere = {
        "KPI_STORE_URL": "s3://results/nothing",
        "AWS_ENDPOINT": "http://127.0.0.1:1",
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_REGION": "eu-central-1",
    }
    with started(databases, tmp_path, nowhere) as stack:
        eventually(lambda: not stack.worker.is_running or "put off" in stack.worker.log_tail(), 60)
        assert stack.worker.is_running, stack.worker.log_tail()
