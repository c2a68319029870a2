"""Talking to an endpoint: what is sent, and every way it can fail."""

from __future__ import annotations

import time

import pytest

from kpi_executor.llm import ChatClient, ModelEndpoint
from kpi_executor.llm.client import MAX_BYTES, ModelFailed
from kpi_nlsql.llm import Message

from .conftest import KEY, MODEL
from .model_server import ModelServer, Raw, Request, completion

QUESTION: list[Message] = [{"role": "user", "content": "2 + 2?"}]


def client(server: ModelServer, seconds: float = 20.0, key: str | None = KEY) -> ChatClient:
    return ChatClient(ModelEndpoint(f"{server.url}/", MODEL, key, seconds))


def test_a_chat_is_sent_with_model_messages_and_key(server: ModelServer) -> None:
    server.says("4")
    assert client(server).dialogue()(QUESTION) == "4"
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == MODEL
    assert request.body["messages"] == QUESTION
    assert request.body["temperature"] == 0


def test_without_a_key_no_authorization_is_sent(server: ModelServer) -> None:
    server.says("4")
    client(server, key=None).dialogue()(QUESTION)
    assert "authorization" not in server.requests[0].headers


def test_a_server_that_refuses_options_is_asked_without_them(server: ModelServer) -> None:
    def picky(request: Request) -> str | Raw:
        return Raw(400, b"{}") if "response_format" in request.body else "4"

    server.says(picky)
    assert client(server).dialogue()(QUESTION) == "4"
    assert set(server.requests[1].body) == {"model", "messages"}


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (400, "HTTP 400"),
        (401, "check KPI_LLM_KEY"),
        (404, "check KPI_LLM_URL"),
        (429, "too many requests"),
        (500, "HTTP 500"),
        (302, "HTTP 302"),
    ],
)
def test_an_error_names_its_status_and_nothing_the_endpoint_sent(
    server: ModelServer, status: int, remedy: str
) -> None:
    server.says(Raw(status, f'{{"error": "bad key {KEY}"}}'.encode()))
    with pytest.raises(ModelFailed, match=remedy) as error:
        client(server).dialogue()(QUESTION)
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b"\xff\xfe",
        b"[" * 100_000,
        completion(None),
        completion(5),
    ],
)
def test_what_is_no_completion_is_a_failure(server: ModelServer, body: bytes) -> None:
    server.says(Raw(200, body))
    with pytest.raises(ModelFailed):
        client(server).dialogue()(QUESTION)


def test_a_huge_answer_is_not_read_to_its_end(server: ModelServer) -> None:
    server.says(Raw(200, b"x" * (2 * MAX_BYTES)))
    with pytest.raises(ModelFailed, match="larger than 1 MiB"):
        client(server).dialogue()(QUESTION)


@pytest.mark.parametrize("slow", ["hangs", "drips"])
def test_a_slow_endpoint_is_left_at_the_time_limit(server: ModelServer, slow: str) -> None:
    server.says(getattr(server, slow)())
    started = time.monotonic()
    with pytest.raises(ModelFailed, match=r"within 0\.5 s"):
        client(server, 0.5).dialogue()(QUESTION)
    assert time.monotonic() - started < 10


def test_the_time_limit_is_that_of_the_whole_dialogue(server: ModelServer) -> None:
    server.says("4", server.hangs())
    complete = client(server, 1.0).dialogue()
    assert complete(QUESTION) == "4"
    with pytest.raises(ModelFailed, match="did not answer"):
        complete(QUESTION)


def test_an_endpoint_that_is_not_there_is_a_failure() -> None:
    nobody = ChatClient(ModelEndpoint("http://127.0.0.1:1/v1", MODEL, KEY, 5.0))
    with pytest.raises(ModelFailed, match="could not be reached"):
        nobody.dialogue()(QUESTION)


def test_the_key_is_never_shown() -> None:
    assert KEY not in repr(ModelEndpoint("http://x/v1", MODEL, KEY))
