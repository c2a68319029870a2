"""The REST API of the definitions service on a real Postgres."""

from typing import Any, cast

import pytest
from flask.testing import FlaskClient

from kpi_definitions.commands import UpdateKpi
from kpi_definitions.definition import Definition
from kpi_definitions.handlers import HANDLERS
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Handler
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import UnitOfWork

KPIS = "/v1/landing-kpi/kpis"
MISMATCH = {
    "name": "Product Mismatch - RBP vs OPS",
    "alias_name": "PMR_RBP_OPS",
    "group_name": "Data Quality",
    "description": "Products in RBP GPU not in OPS Excel",
    "nl_definition": "Show me all products in RBP GPU which are not in OPS Excel",
    "created_by": "somebody else",
}


def create(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    response = client.post(KPIS, json=MISMATCH | changes)
    assert response.status_code == 201, response.text
    kpi: dict[str, Any] = response.get_json()["kpi"]
    return kpi


def test_a_created_kpi_can_be_read_and_names_its_author_from_the_token(
    client: FlaskClient,
) -> None:
    response = client.post(KPIS, json=MISMATCH)
    kpi = response.get_json()["kpi"]
    assert response.headers["Location"] == f"{KPIS}/{kpi['id']}"
    assert response.headers["ETag"] == '"1"'
    assert (kpi["created_by"], kpi["is_active"], kpi["version"]) == ("ann", True, 1)
    assert client.get(f"{KPIS}/{kpi['id']}").get_json() == {"success": True, "kpi": kpi}


def test_a_name_is_taken_until_its_kpi_is_deleted(client: FlaskClient) -> None:
    kpi = create(client)
    response = client.post(KPIS, json=MISMATCH)
    assert response.status_code == 409
    assert "name" in response.get_json()["errors"]
    client.delete(f"{KPIS}/{kpi['id']}")
    assert client.post(KPIS, json=MISMATCH).status_code == 201
    assert client.post(f"{KPIS}/{kpi['id']}/restore").status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "*"),
        ("name", "a.>"),
        ("name", "two\r\nlines"),
        ("name", "x" * 10_000),
        ("name", "right\u202eleft"),
        ("name", 7),
        ("nl_definition", "too short"),
        ("nl_definition", "x" * 2001),
        ("nl_definition", None),
        ("role", "admin"),
        ("tenant_id", 1),
    ],
)
def test_a_bad_field_is_refused_by_name(client: FlaskClient, field: str, value: Any) -> None:
    response = client.post(KPIS, json=MISMATCH | {field: value})
    assert response.status_code == 422
    assert field in response.get_json()["errors"]


@pytest.mark.parametrize(
    "body", [b'{"name": 1e400}', b"[" * 1000, b'{"name":"a","name":"b"}', b'{"name":"\\ud800"}']
)
def test_malformed_json_is_a_clear_4xx(client: FlaskClient, body: bytes) -> None:
    response = client.post(KPIS, data=body, content_type="application/json")
    assert response.status_code in (400, 422)
    assert response.get_json()["success"] is False


def test_blanks_around_names_are_no_part_of_them(client: FlaskClient) -> None:
    kpi = create(client, name="  Padded KPI ", alias_name=" padded ", group_name=" Quality ")
    assert (kpi["name"], kpi["alias_name"], kpi["group_name"]) == (
        "Padded KPI",
        "padded",
        "Quality",
    )
    assert client.post(KPIS, json=MISMATCH | {"name": "Padded KPI  "}).status_code == 409
    assert client.post(KPIS, json=MISMATCH | {"name": " ab   "}).status_code == 422
    renamed = client.put(f"{KPIS}/{kpi['id']}", json={"name": " Other name "}).get_json()["kpi"]
    assert renamed["name"] == "Other name"


def test_an_update_heeds_the_version_that_its_caller_saw(client: FlaskClient) -> None:
    url = f"{KPIS}/{create(client)['id']}"
    seen = {"If-Match": '"1"'}
    assert client.put(url, json={"description": "new"}, headers=seen).status_code == 200
    stale = client.put(url, json={"description": "newer"}, headers=seen)
    assert stale.status_code == 412
    assert client.get(url).get_json()["kpi"]["description"] == "new"


def test_the_list_filters_searches_sorts_and_pages(client: FlaskClient) -> None:
    for number, group in enumerate(["Quality", "Quality", "Business"]):
        create(client, name=f"KPI {number}", group_name=group, description=f"100%_{number}")

    def names(**query: Any) -> list[str]:
        answer = client.get(KPIS, query_string=query).get_json()
        return [kpi["name"] for kpi in answer["kpis"]]

    assert names(group_name="Quality") == ["KPI 0", "KPI 1"]
    assert names(search="100%_2") == ["KPI 2"]
    assert names(search="100%2") == []
    assert names(sort_by="name", sort_order="desc") == ["KPI 2", "KPI 1", "KPI 0"]
    assert names(limit=1, offset=1) == ["KPI 1"]
    assert client.get(KPIS, query_string={"sort_by": "secret"}).status_code == 422
    page = client.get(KPIS, query_string={"limit": 2})
    assert page.get_json()["total"] == 3
    assert 'rel="next"' in page.headers["Link"]


def test_a_deleted_kpi_is_gone_but_listed_as_inactive_and_comes_back(client: FlaskClient) -> None:
    url = f"{KPIS}/{create(client)['id']}"
    assert client.delete(url).get_json() == {
        "success": True,
        "message": "KPI deleted successfully",
    }
    assert client.get(url).status_code == 404
    assert client.put(url, json={"description": "x"}).status_code == 404
    assert client.get(KPIS).get_json()["total"] == 0
    (listed,) = client.get(KPIS, query_string={"is_active": False}).get_json()["kpis"]
    assert (listed["is_active"], listed["deleted_by"]) == (False, "ann")
    assert client.post(f"{url}/restore").get_json()["kpi"]["is_active"] is True


def test_versions_tell_what_changed_and_a_rollback_appends(client: FlaskClient) -> None:
    url = f"{KPIS}/{create(client)['id']}"
    client.put(url, json={"description": "second"})
    rolled = client.post(f"{url}/rollback", json={"version": 1}).get_json()["kpi"]
    assert (rolled["version"], rolled["description"]) == (3, MISMATCH["description"])
    versions = client.get(f"{url}/versions").get_json()["versions"]
    assert [version["action"] for version in versions] == ["rolled_back", "updated", "created"]
    changes = client.get(f"{url}/versions/1/diff/2").get_json()["changes"]
    assert changes == [{"field": "description", "old": MISMATCH["description"], "new": "second"}]
    assert client.get(f"{url}/versions/9").status_code == 404


def test_an_idempotency_key_creates_once(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "once"}
    first = client.post(KPIS, json=MISMATCH, headers=key).get_json()
    again = client.post(KPIS, json=MISMATCH, headers=key).get_json()
    assert first["kpi"] == again["kpi"]
    other = client.post(KPIS, json=MISMATCH | {"name": "Other"}, headers=key)
    assert other.status_code == 422


def test_bulk_changes_succeed_or_fail_by_themselves(client: FlaskClient) -> None:
    kpi = create(client)
    items = [
        {"action": "create", "kpi": {"name": "New one", "nl_definition": "count all products"}},
        {"action": "update", "id": kpi["id"], "kpi": {"group_name": "Other"}},
        {"action": "update", "id": kpi["id"], "version": 1, "kpi": {"group_name": "Stale"}},
        {"action": "delete", "id": 999},
        {"action": "create", "kpi": {"name": "x"}},
    ]
    answer = client.post(f"{KPIS}/bulk", json={"items": items}).get_json()
    assert [result["status"] for result in answer["results"]] == [201, 200, 412, 404, 422]
    assert (answer["successful"], answer["failed"], answer["success"]) == (2, 3, False)


def test_a_bulk_change_that_always_comes_too_late_fails_by_itself(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outrun(command: UpdateKpi, _: UnitOfWork, __: Context) -> Definition:
        raise ConcurrencyConflict(Definition.name, str(command.kpi_id), 1)

    monkeypatch.setitem(cast(dict[type, Handler], HANDLERS), UpdateKpi, outrun)
    kpi = create(client)
    items = [
        {"action": "update", "id": kpi["id"], "kpi": {"group_name": "Other"}},
        {"action": "create", "kpi": {"name": "New one", "nl_definition": "count all products"}},
    ]
    answer = client.post(f"{KPIS}/bulk", json={"items": items}).get_json()
    assert [result["status"] for result in answer["results"]] == [409, 201]


def test_ids_that_are_none_are_not_found(client: FlaskClient) -> None:
    for path in ("0", "-1", "abc", "9" * 30, "1%00"):
        assert client.get(f"{KPIS}/{path}").status_code == 404


def test_the_gateways_errors_are_worded_in_the_one_shape(client: FlaskClient) -> None:
    response = client.post("/problems/429?url=http%3A%2F%2Fhost%2Fv1%2Fx%3Fa%3Db")
    assert response.status_code == 429
    assert response.headers["Retry-After"]
    body = response.get_json()
    assert (body["status"], body["instance"], body["success"]) == (429, "/v1/x", False)
    nowhere = client.get("/problems/404", headers={"X-Replaced-Path": "/v1/nothing"})
    assert (nowhere.status_code, nowhere.get_json()["instance"]) == (404, "/v1/nothing")
    assert b"/docs/audit/docs" in client.get("/docs-index").data


def test_a_pinned_reading_stays_until_the_sentence_changes(client: FlaskClient) -> None:
    url = f"{KPIS}/{create(client)['id']}"
    reading = {"kg_name": "demo", "sql": "SELECT 1 FROM t", "joined_columns": [["a", "b"]]}
    pinned = client.put(f"{url}/reading", json=reading).get_json()["kpi"]
    assert pinned["pinned_reading"]["sql"] == "SELECT 1 FROM t"
    kept = client.put(url, json={"description": "other words"}).get_json()["kpi"]
    assert kept["pinned_reading"] == pinned["pinned_reading"]
    changed = client.put(url, json={"nl_definition": "count all products"}).get_json()["kpi"]
    assert changed["pinned_reading"] is None
    client.put(f"{url}/reading", json=reading)
    assert client.delete(f"{url}/reading").get_json()["kpi"]["pinned_reading"] is None


def test_a_kpi_in_sql_has_no_reading_to_pin(client: FlaskClient) -> None:
    sql = {"nl_definition": None, "sql_definition": "SELECT 1 FROM t"}
    url = f"{KPIS}/{create(client, **sql)['id']}"
    assert client.put(f"{url}/reading", json={"kg_name": "x", "sql": "SELECT 2"}).status_code == 409
