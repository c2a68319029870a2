from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kpi_eventsourcing.schema import create_tables_v1


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Yield an engine on a database that holds the event store's tables."""
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        create_tables_v1(connection)
    yield engine
    engine.dispose()
