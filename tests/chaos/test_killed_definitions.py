"""The definitions service killed around a commit, and its relay around a publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kpi_testkit import Databases, Process, crashed
from tests.chaos.evidence import stored, streamed
from tests.chaos.house import KPIS
from tests.chaos.invariants import soon
from tests.chaos.single import Service, service

KEY = {"Idempotency-Key": "the-same-request"}


@pytest.fixture
def definitions(databases: Databases, tmp_path: Path) -> Iterator[Service]:
    with service("definitions", databases, tmp_path) as definitions:
        yield definitions


def create(definitions: Service, name: str, key: dict[str, str] | None = None) -> httpx.Response:
    body = {"name": name, "nl_definition": "Show me all products in RBP GPU"}
    return definitions.http.post(KPIS, json=body, headers=key)


def killed_while_creating(definitions: Service, crash: str, key: dict[str, str] | None) -> Process:
    api = definitions.api(crash)
    with pytest.raises(httpx.TransportError):
        create(definitions, "Killed", key)
    assert crashed(api)
    return api


def everything_is_in_the_stream_once(definitions: Service, events: int) -> None:
    def check() -> None:
        ids = [event.id for event in streamed(definitions.nats_url)]
        assert sorted(ids) == sorted(event.id for event in stored(definitions.engine))
        assert len(ids) == events

    soon(check)


def test_killed_before_the_commit_it_has_done_nothing(definitions: Service) -> None:
    killed_while_creating(definitions, "uow.before_commit", None)
    assert stored(definitions.engine) == []
    definitions.worker()
    definitions.api()
    assert create(definitions, "Killed").status_code == 201
    everything_is_in_the_stream_once(definitions, 1)


def test_killed_after_the_commit_the_repeated_request_has_no_second_effect(
    definitions: Service,
) -> None:
    killed_while_creating(definitions, "uow.after_commit", KEY)
    committed = stored(definitions.engine)
    assert [event.verb for event in committed] == ["created"]
    definitions.worker()
    definitions.api()
    answer = create(definitions, "Killed", KEY)
    assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (201, "true")
    assert str(answer.json()["kpi"]["id"]) == committed[0].aggregate_id
    everything_is_in_the_stream_once(definitions, 1)


@pytest.mark.parametrize("crash", ["relay.after_publish", "relay.before_mark"])
def test_a_relay_killed_around_its_publication_skips_and_repeats_nothing(
    definitions: Service, crash: str
) -> None:
    definitions.api()
    for number in range(20):
        assert create(definitions, f"KPI {number}").status_code == 201
    assert crashed(definitions.doomed_worker(crash))
    assert create(definitions, "KPI of later").status_code == 201
    definitions.worker()
    everything_is_in_the_stream_once(definitions, 21)
