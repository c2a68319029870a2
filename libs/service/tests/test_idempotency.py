"""Idempotency keys, on a real Postgres."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, jsonify
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kpi_service import idempotency
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.database import make_engine
from kpi_service.document import openapi
from kpi_service.idempotency import idempotent, remember
from kpi_service.problems import Problem

MakeToken = Callable[..., str]

orders = sa.Table("orders", sa.MetaData(), sa.Column("effects", sa.Integer))


class Counter:
    """The effect whose repetition is to be prevented, and switches for what happens around it."""

    def __init__(self) -> None:
        self.effects = 0
        self.failure: Exception | None = None
        self.entered = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def count(self) -> dict[str, Any]:
        self.entered.set()
        assert self.go_on.wait(10)
        self.effects += 1
        return {"effects": self.effects}


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    engine = make_engine(database_url, name="test")
    with engine.begin() as connection:
        idempotency.create_tables_v1(connection)
        orders.create(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def books(engine: sa.Engine, counter: Counter) -> Blueprint:
    blueprint = Blueprint("orders", __name__, url_prefix="/orders")

    @blueprint.post("")
    @idempotent
    @requires("editor")
    @blueprint.response(201)
    def order() -> Any:
        """Order, answering after the transaction."""
        answer = counter.count()
        if counter.failure:
            raise counter.failure
        return answer, {"Location": "/orders/1"}

    @blueprint.post("/safe")
    @idempotent(lease=timedelta(0))
    @requires("editor")
    def order_safely() -> Any:
        """Order, remembering the answer in the transaction."""
        with engine.begin() as connection:
            answer = counter.count()
            connection.execute(sa.insert(orders), answer)
            remember(connection, answer, 201, {"Location": "/orders/1"})
        if counter.failure:
            raise counter.failure
        return jsonify(answer), 201

    return blueprint


@pytest.fixture
def post(client: FlaskClient, make_token: MakeToken) -> Callable[..., TestResponse]:
    def send(
        path: str = "/orders", key: str | None = "k1", body: Any = None, who: str = "ann"
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {make_token('editor', sub=who)}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return client.post(path, headers=headers, json=body)

    return send


Post = Callable[..., TestResponse]


def test_the_same_key_and_body_get_the_first_answer_again(post: Post, counter: Counter) -> None:
    first, second = post(body={"a": 1}), post(body={"a": 1})
    assert counter.effects == 1
    assert (second.status_code, second.data) == (first.status_code, first.data) == (201, first.data)
    assert second.headers["Location"] == "/orders/1"
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_the_header_is_documented_beside_the_other_parameters(app: Flask) -> None:
    operation = openapi(app)["paths"]["/orders"]["post"]
    assert [item["name"] for item in operation["parameters"]] == ["Idempotency-Key"]


def test_the_same_key_with_another_body_is_refused(post: Post, counter: Counter) -> None:
    post(body={"a": 1})
    refused = post(body={"a": 2})
    assert refused.status_code == 422
    assert list(refused.get_json()["errors"]) == ["Idempotency-Key"]
    assert counter.effects == 1


def test_keys_of_different_callers_and_operations_do_not_meet(post: Post, counter: Counter) -> None:
    for response in (post(), post(who="bob"), post("/orders/safe")):
        assert response.status_code == 201
    assert counter.effects == 3


def test_without_a_key_every_request_has_its_effect(post: Post, counter: Counter) -> None:
    post(key=None)
    post(key=None)
    assert counter.effects == 2


@pytest.mark.parametrize("failure", [Problem(409, "Taken."), RuntimeError("a bug")])
def test_after_a_failure_the_key_is_free_again(
    post: Post, counter: Counter, failure: Exception
) -> None:
    counter.failure = failure
    assert post().status_code >= 400
    counter.failure = None
    assert post().status_code == 201


def test_a_failure_after_a_remembered_commit_has_no_second_effect(
    post: Post, counter: Counter
) -> None:
    counter.failure = RuntimeError("between the commit and the answer")
    assert post("/orders/safe").status_code == 500
    counter.failure = None
    again = post("/orders/safe")
    assert (again.status_code, again.get_json()) == (201, {"effects": 1})
    assert again.headers["Location"] == "/orders/1"


def test_while_the_first_request_runs_a_second_one_is_told_to_wait(
    app: Flask, post: Post, counter: Counter
) -> None:
    counter.go_on.clear()
    first = threading.Thread(target=post)
    first.start()
    assert counter.entered.wait(10)
    second = post()
    counter.go_on.set()
    first.join(10)
    assert second.status_code == 409
    assert second.headers["Retry-After"] == "1"
    assert post().get_json() == {"effects": 1}


def test_of_many_racing_requests_one_has_an_effect(post: Post, counter: Counter) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(post().status_code)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counter.effects == 1
    assert set(answers) <= {201, 409}


def test_a_key_whose_lease_has_run_out_is_taken_over(
    post: Post, counter: Counter, engine: sa.Engine
) -> None:
    post()
    crashed = sa.update(idempotency.keys).values(
        status=None, leased_until=sa.func.now() - timedelta(seconds=1)
    )
    with engine.begin() as connection:
        connection.execute(crashed)
    assert post().get_json() == {"effects": 2}


def test_who_lost_its_key_while_it_worked_has_no_effect(
    engine: sa.Engine, post: Post, counter: Counter
) -> None:
    counter.go_on.clear()
    answers: list[TestResponse] = []
    slow = threading.Thread(target=lambda: answers.append(post("/orders/safe")))
    slow.start()
    assert counter.entered.wait(10)
    another = sa.update(idempotency.keys).values(created_at=sa.func.clock_timestamp())
    with engine.begin() as connection:
        connection.execute(another)
    counter.go_on.set()
    slow.join(10)
    assert [answer.status_code for answer in answers] == [409]
    with engine.connect() as connection:
        assert connection.scalars(sa.select(orders.c.effects)).all() == []


def test_a_clock_that_is_ahead_takes_no_key_over(
    post: Post, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Ahead:
            return super().now(tz) + timedelta(minutes=2)

    counter.go_on.clear()
    first = threading.Thread(target=post)
    first.start()
    assert counter.entered.wait(10)
    monkeypatch.setattr(idempotency, "datetime", Ahead, raising=False)
    threading.Timer(1, counter.go_on.set).start()
    assert post().status_code == 409
    first.join(10)
    assert counter.effects == 1


def test_after_a_day_a_key_is_new_again_and_the_old_row_gone(
    post: Post, counter: Counter, engine: sa.Engine
) -> None:
    post()
    post(key="k2")
    old = sa.update(idempotency.keys).values(created_at=sa.func.now() - timedelta(hours=25))
    with engine.begin() as connection:
        connection.execute(old)
    assert post().get_json() == {"effects": 3}
    with engine.connect() as connection:
        assert connection.scalars(sa.select(idempotency.keys.c.key)).all() == ["k1"]


@pytest.mark.parametrize("key", ["", "a" * 256, "with space", "é"])
def test_a_malformed_key_is_refused(post: Post, counter: Counter, key: str) -> None:
    assert post(key=key).status_code == 422
    assert counter.effects == 0
