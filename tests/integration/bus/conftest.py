from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.schema import create_tables_v1
from tests.integration.bus.ledger import engine_for, tables


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Yield an engine on a database with the event store's tables and the projection's."""
    engine = engine_for(database_url)
    with engine.begin() as connection:
        create_tables_v1(connection)
        tables.create_all(connection)
    yield engine
    engine.dispose()
