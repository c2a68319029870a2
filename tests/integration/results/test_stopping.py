"""What was shown is on record, also when the process that showed it is stopped at once."""

from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from kpi_eventsourcing.schema import events
from kpi_testkit.servers import Databases
from tests.integration.results.stack import started

VIEWS = 20


def test_views_that_wait_when_the_api_is_stopped_are_recorded(
    databases: Databases, tmp_path: Path
) -> None:
    query = sa.select(sa.func.count()).where(events.c.type.like("%.viewed.%"))
    with started(databases, tmp_path) as stack:
        execution_id = stack.runs.succeeded(pa.table({"sku": ["A", "B", "C"]}))
        with stack.client() as viewer:
            for _ in range(VIEWS):
                page = viewer.get(f"/executions/{execution_id}/drilldown")
                assert page.status_code == 200
        assert stack.api.terminate() == 0
        with stack.engine.connect() as connection:
            assert connection.execute(query).scalar_one() == VIEWS
