from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kpi_definitions.bootstrap import PACKAGE, make_api
from kpi_service.database import migrate
from kpi_testkit.api import api_settings, authorized


@pytest.fixture
def client(database_url: str, nats_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """Yield a client of the API on a migrated database, signed in as an editor."""
    migrate(database_url, PACKAGE)
    settings = api_settings("definitions", database_url, nats_url, tmp_path)
    app = make_api(settings)
    yield authorized(app, tmp_path, "ann", ["editor"])
    app.extensions["kpi_engine"].dispose()
