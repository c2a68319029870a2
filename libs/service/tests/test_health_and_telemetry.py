from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from kpi_service import logging
from kpi_service.readiness import Readiness
from kpi_service.tracing import TraceContext, continue_trace, current_traceparent

STATE = "kpi_readiness"


def missing() -> None:
    raise ConnectionError("no connection to the bus\nwith a long story below")


def test_readiness_names_what_is_missing(client: FlaskClient) -> None:
    client.application.extensions[STATE].add("bus", missing)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["errors"] == {"bus": ["no connection to the bus"]}
    assert client.get("/healthz").status_code == 200


def test_missing_token_keys_make_a_service_not_ready(
    client: FlaskClient, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = client.application.extensions["kpi_token_verifier"]
    monkeypatch.setattr(verifier._keys, "_path", tmp_path / "absent.json")
    assert list(client.get("/readyz").get_json()["errors"]) == ["token keys"]
    answer = client.get("/v1/books", headers={"Authorization": "Bearer a.b.c"})
    assert answer.status_code == 401
    assert "absent.json" not in answer.text


def test_a_check_that_hangs_is_bounded_and_not_started_twice() -> None:
    release, starts = threading.Event(), []

    def hang() -> None:
        starts.append(1)
        release.wait(30)

    readiness = Readiness({"slow": hang, "fine": lambda: None})
    began = time.monotonic()
    assert readiness.missing() == {"slow": "no answer within 1 s"}
    assert readiness.missing() == {"slow": "no answer within 1 s"}
    assert time.monotonic() - began < 4
    assert starts == [1]
    release.set()
    assert readiness.missing() in ({}, {"slow": "no answer within 1 s"})


def test_checks_are_added_while_others_are_asked() -> None:
    def add() -> None:
        readiness.add("late", missing)

    others = {str(number): lambda: None for number in range(500)}
    readiness = Readiness({"first": add, **others})
    assert set(readiness.missing()) <= {"late"}
    assert set(readiness.missing()) == {"late"}


def test_requests_are_counted_by_route_not_by_address(
    client: FlaskClient, editor: dict[str, str]
) -> None:
    client.get("/v1/books/123", headers=editor)
    client.get("/v1/books/456", headers=editor)
    client.get("/nowhere/at/all")
    text = client.get("/metrics").text
    assert 'route="/v1/books/<id:book_id>",status="200"' in text
    assert 'route="none",status="404"' in text
    assert "books/456" not in text
    assert "kpi_http_request_duration_seconds_bucket" in text


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "00-abc-def-01",
        f"00-{'0' * 32}-{'1' * 16}-01",
        f"00-{'1' * 32}-{'0' * 16}-01",
        f"ff-{'1' * 32}-{'1' * 16}-01",
        f"00-{'A' * 32}-{'1' * 16}-01",
    ],
)
def test_a_broken_traceparent_is_not_continued(text: str | None) -> None:
    assert TraceContext.parse(text) is None


def test_a_trace_is_continued_in_a_new_span() -> None:
    caller = TraceContext.parse(f"00-{'1' * 32}-{'2' * 16}-01")
    assert caller is not None
    own = continue_trace(str(caller))
    assert (own.trace_id, own.flags) == (caller.trace_id, "01")
    assert own.span_id != caller.span_id
    assert current_traceparent() == str(own)


def test_log_lines_are_json_with_the_trace_and_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logging.configure("books", "info")
    trace = continue_trace(None)
    try:
        raise ValueError("postgresql://kpi:hush@db/x")
    except ValueError as error:
        structlog.get_logger("t").warning(
            "told %s",
            "postgresql://kpi:hush@db/x",
            exc_info=error,
            password="hush",
            nested={"api_key": "hush", "list": ["Bearer eyJhbGciOi.eyJzdWIi.hush"]},
        )
    text = capsys.readouterr().err
    line = json.loads(text)
    assert "hush" not in text
    assert line["event"] == "told postgresql://[redacted]@db/x"
    assert (line["trace_id"], line["service"], line["level"]) == (
        trace.trace_id,
        "books",
        "warning",
    )


def test_the_standard_librarys_loggers_write_the_same_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    import logging as standard

    logging.configure("books", "info")
    standard.getLogger("library").error("token is %s", "eyJhbGciOi.eyJzdWIi.hush")
    assert json.loads(capsys.readouterr().err)["event"] == "token is [redacted]"


EXPORT = """
import sys
from flask import Flask
from kpi_service import spans, telemetry
from kpi_service.tracing import current_traceparent
app = Flask("x")
spans.export_traces("x", {endpoint!r}, app=app)
telemetry.observe(app)
app.add_url_rule("/", view_func=lambda: current_traceparent())
sent = "00-" + "1" * 32 + "-" + "2" * 16 + "-01"
print(app.test_client().get("/", headers={{"traceparent": sent}}).text)
print(any(name.startswith("opentelemetry.sdk") for name in sys.modules))
"""


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:9"])
def test_the_trace_goes_on_with_and_without_export(endpoint: str | None) -> None:
    """In a process of its own: a tracer provider is for ever."""
    script = EXPORT.format(endpoint=endpoint)
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    traceparent, loaded = run.stdout.split()
    assert traceparent.startswith("00-" + "1" * 32)
    assert loaded == str(endpoint is not None)
