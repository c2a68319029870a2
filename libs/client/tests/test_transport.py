"""What goes over the wire, what is sent again and what errors become."""

from __future__ import annotations

import socket

import pytest

from kpi_client import Client, errors

from .peer import TOKEN, Peer, Reply, problem

KPIS = "/v1/landing-kpi/kpis"


def test_every_request_carries_the_token(peer: Peer, client: Client) -> None:
    client.kpis.list()
    assert peer.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("fault", ["drop", problem(503, "restarting"), problem(502, "gone")])
def test_a_read_that_finds_nobody_is_sent_again(
    peer: Peer, client: Client, fault: str | Reply
) -> None:
    peer.faults.extend([fault, fault])
    assert client.kpis.list()["total"] == 0
    assert len(peer.requests) == 3


def test_a_create_whose_answer_was_lost_is_sent_again_under_the_same_key(
    peer: Peer, client: Client
) -> None:
    peer.faults.append("drop")
    client.kpis.create(name="Mismatch", nl_definition="Show me all products")
    first, second = peer.sent("POST", KPIS)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert len(peer.kpis) == 1


def test_a_create_whose_first_request_still_runs_waits_for_its_answer(
    peer: Peer, client: Client
) -> None:
    running = problem(409, "the first request with this key is still running")
    running.headers["Retry-After"] = "0"
    peer.faults.extend(["drop", running])
    created = client.kpis.create(name="Mismatch", nl_definition="Show me all products")
    assert created["id"] == 1
    assert len(peer.requests) == 3


def test_a_conflict_is_not_sent_again(peer: Peer, client: Client) -> None:
    peer.add_kpi("Mismatch")
    with pytest.raises(errors.Conflict):
        client.kpis.create(name="Mismatch", nl_definition="Show me all products")
    assert len(peer.requests) == 1


def test_two_creates_have_different_keys(peer: Peer, client: Client) -> None:
    for name in ("First", "Second"):
        client.kpis.create(name=name, nl_definition="Show me all products")
    assert len({r.headers["idempotency-key"] for r in peer.sent("POST", KPIS)}) == 2


def test_a_write_without_a_key_is_never_sent_twice(peer: Peer, client: Client) -> None:
    peer.add_kpi("Mismatch")
    peer.faults.append("drop")
    with pytest.raises(errors.Unavailable):
        client.kpis.update(1, description="new")
    assert len(peer.requests) == 1


def test_a_service_that_stays_away_is_unavailable(peer: Peer, client: Client) -> None:
    peer.faults.extend([problem(503, "no service")] * 4)
    with pytest.raises(errors.ServiceUnavailable, match="no service") as caught:
        client.kpis.list()
    assert isinstance(caught.value, errors.Unavailable)
    assert len(peer.requests) == 4


def test_a_closed_port_is_unavailable_and_the_message_names_the_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with Client(url, TOKEN) as client, pytest.raises(errors.Unavailable, match=url):
        client.kpis.list()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.ValidationFailed),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (412, errors.Stale),
        (422, errors.ValidationFailed),
        (428, errors.Stale),
        (429, errors.RateLimited),
        (500, errors.ServerFault),
        (418, errors.ApiError),
    ],
)
def test_each_status_has_its_error(
    peer: Peer, client: Client, status: int, kind: type[errors.ApiError]
) -> None:
    peer.faults.append(problem(status, "because"))
    with pytest.raises(kind, match="because") as caught:
        client.kpis.update(1, name="any")
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert caught.value.problem.trace_id == "0af7651916cd43dd"


def test_validation_errors_are_given_by_field_with_dots_for_nested_ones(
    peer: Peer, client: Client
) -> None:
    nested = {"name": ["Too short."], "params": {"limit": {"0": ["Not a number."]}}}
    peer.faults.append(problem(422, "invalid", errors=nested))
    with pytest.raises(errors.ValidationFailed) as caught:
        client.kpis.update(1, name="x")
    assert caught.value.errors == {"name": ["Too short."], "params.limit.0": ["Not a number."]}


def test_a_rate_limit_tells_when_to_come_back(peer: Peer, client: Client) -> None:
    limited = problem(429, "too many")
    limited.headers["Retry-After"] = "7"
    peer.faults.append(limited)
    with pytest.raises(errors.RateLimited) as caught:
        client.kpis.list()
    assert caught.value.retry_after == 7


def test_an_answer_that_is_not_ours_is_named_as_such(peer: Peer, client: Client) -> None:
    peer.faults.append(Reply(chunks=[b"<html>hello</html>"], headers={"Content-Type": "text/html"}))
    with pytest.raises(errors.InvalidAnswer, match="text/html"):
        client.kpis.list()
