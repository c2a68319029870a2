from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

BOOK = {"title": "Emma"}


def test_an_object_carries_its_version_as_strong_etag(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    assert client.get("/v1/books/1", headers=editor).headers["ETag"] == '"7"'


@pytest.mark.parametrize("tag", ['"7"', 'W/"7"', '"6", "7"', "*"])
def test_who_holds_the_current_version_is_told_304_without_a_body(
    client: FlaskClient, editor: dict[str, str], tag: str
) -> None:
    response = client.get("/v1/books/1", headers={**editor, "If-None-Match": tag})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == '"7"'


@pytest.mark.parametrize("tag", ['"6"', 'W/"8"', '"77"', '""', "nonsense"])
def test_who_holds_another_version_gets_the_object(
    client: FlaskClient, editor: dict[str, str], tag: str
) -> None:
    response = client.get("/v1/books/1", headers={**editor, "If-None-Match": tag})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 200),
        ('"7"', 200),
        ('W/"7"', 200),
        ("*", 200),
        ('"1", "7"', 200),
        ('"6"', 412),
        ('"8"', 412),
        ("", 412),
        ("é", 412),
    ],
)
def test_a_write_heeds_if_match(
    client: FlaskClient, editor: dict[str, str], tag: str | None, status: int
) -> None:
    sent = editor if tag is None else {**editor, "If-Match": tag}
    assert client.put("/v1/books/1", headers=sent, json=BOOK).status_code == status


def links(client: FlaskClient, editor: dict[str, str], query: str) -> dict[str, tuple[int, int]]:
    header = client.get(f"/v1/books?{query}", headers=editor).headers["Link"]
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', header)
    pages = {rel: parse_qs(urlsplit(url).query) for url, rel in found}
    return {rel: (int(page["limit"][0]), int(page["offset"][0])) for rel, page in pages.items()}


def test_a_list_links_to_its_neighbours(client: FlaskClient, editor: dict[str, str]) -> None:
    assert links(client, editor, "limit=50&offset=50") == {
        "first": (50, 0),
        "prev": (50, 0),
        "next": (50, 100),
        "last": (50, 100),
    }
    assert set(links(client, editor, "limit=1000")) == {"first", "last"}
    assert links(client, editor, "limit=40")["last"] == (40, 80)


def test_links_keep_the_filters_escaped(client: FlaskClient, editor: dict[str, str]) -> None:
    response = client.get("/v1/books?title=a%26b%3E%0D%0AX:y", headers=editor)
    assert "title=a%26b%3E%0D%0AX%3Ay" in response.headers["Link"]
    assert "X" not in response.headers


def test_a_list_says_how_many_there_are(client: FlaskClient, editor: dict[str, str]) -> None:
    body = client.get("/v1/books", headers=editor).get_json()
    assert body == {"total": 120, "limit": 50, "offset": 0, "books": []}
