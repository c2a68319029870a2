"""A KPI whose tables have changed is marked until somebody looked at it."""

from flask.testing import FlaskClient

from kpi_contracts.graph import GraphDrifted, SchemaChange
from kpi_definitions import reviews
from kpi_testkit.builders import envelope
from tests.integration.definitions.test_api import KPIS, create


def test_a_drifted_graph_marks_its_kpis_until_they_are_changed(client: FlaskClient) -> None:
    kpi = create(client)
    change = SchemaChange("orders", "status", "removed")
    drifted = GraphDrifted(name="demo", changes=(change,), kpi_ids=(kpi["id"],))
    with client.application.extensions["kpi_engine"].begin() as connection:
        reviews.project(connection, envelope(drifted))
    marked = client.get(f"{KPIS}/{kpi['id']}").get_json()["kpi"]
    assert marked["needs_review"] is True
    assert marked["review"]["changes"] == [
        {"table": "orders", "column": "status", "change": "removed"}
    ]
    client.put(f"{KPIS}/{kpi['id']}", json={"description": "not looked at"})
    assert client.get(f"{KPIS}/{kpi['id']}").get_json()["kpi"]["needs_review"] is True
    client.put(f"{KPIS}/{kpi['id']}", json={"nl_definition": "count all the products"})
    assert client.get(f"{KPIS}/{kpi['id']}").get_json()["kpi"]["needs_review"] is False
