"""The catalogue equals its rebuild from the first event (I6)."""

from flask.testing import FlaskClient

from kpi_definitions import catalogue
from kpi_eventsourcing.rebuild import Rebuild
from kpi_eventsourcing.store import EventStore
from tests.integration.definitions.test_api import KPIS, create


def test_the_catalogue_equals_its_rebuild(client: FlaskClient) -> None:
    url = f"{KPIS}/{create(client)['id']}"
    client.put(url, json={"description": "second", "is_active": False})
    client.post(f"{url}/rollback", json={"version": 1})
    client.delete(url)
    create(client, name="Another")
    engine = client.application.extensions["kpi_engine"]
    rebuild = Rebuild(engine, catalogue.TABLES, catalogue.project)
    with engine.connect() as connection:
        assert rebuild.run(EventStore(connection).replay()) == 5
    rebuild.verify()
