from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import replica
from kpi_executor.bootstrap import PACKAGE, make_dispatcher
from kpi_executor.commands import KeepGraph, RegisterSource
from kpi_executor.secrets import Secrets
from kpi_service.database import make_engine, migrate
from kpi_testkit.builders import JANE, definition_created, envelope
from tests.integration.executor.runs import EMPTY, GRAPH, KPI_ID


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Yield an engine on the executor's migrated database, which knows one KPI."""
    migrate(database_url, PACKAGE)
    engine = make_engine(database_url, name="test")
    with engine.begin() as connection:
        replica.project(connection, envelope(definition_created(), KPI_ID))
    yield engine
    engine.dispose()


@pytest.fixture
def dispatch(engine: sa.Engine) -> Dispatcher:
    """Return what handles commands; there is a graph for the KPI to run on."""
    dispatch = make_dispatcher(engine, Secrets(Fernet.generate_key()))
    by_jane = Context.by(JANE)
    source = dispatch(RegisterSource(name="shop", kind="sqlite", location="/shop.db"), by_jane)
    dispatch(KeepGraph(name=GRAPH, source_id=source, content=EMPTY), by_jane)
    return dispatch
