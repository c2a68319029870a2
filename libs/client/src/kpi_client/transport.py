"""HTTP as this API speaks it: bearer token, problems as errors, careful retries."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from kpi_client.errors import InvalidAnswer, Problem, Unavailable, error_for

PROBLEM_TYPE = "application/problem+json"
_SAFE = frozenset({"GET", "HEAD"})
_TRANSIENT = frozenset({502, 503, 504})
_CONNECT_FAILED = (httpx.ConnectError, httpx.ConnectTimeout)
_BROKEN_OFF = (httpx.NetworkError, httpx.RemoteProtocolError)
_LONGEST_DELAY = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: status, headers (case-insensitive) and the JSON object of the body."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def version(self) -> int | None:
        """The aggregate version in the ``ETag``, if it holds one."""
        tag = self.headers.get("etag", "").removeprefix("W/").strip('"')
        return int(tag) if tag.isdecimal() else None


class Transport:
    """One connection pool to one gateway.

    A request is repeated, at most ``attempts`` times in all, only when that cannot do
    its work twice: when no connection was made; or when it is a GET or carries an
    ``Idempotency-Key`` and the connection broke, the gateway found no service, or the
    first request with that key still runs.
    """

    def __init__(
        self, url: str, token: str | None, *, timeout: float = 30.0, attempts: int = 4
    ) -> None:
        self.url = url
        self._attempts = attempts
        self._timeout = timeout
        headers = {"Accept": f"application/json, {PROBLEM_TYPE}"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx.Client(
            base_url=url,
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=5.0),
            trust_env=not _is_loopback(url),  # proxies are not for this machine's own ports
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        attempts: int | None = None,
        read_timeout: float | None = None,
    ) -> Answer:
        """GET; parameters that are ``None`` are left out."""
        return self.send("GET", path, params=params, attempts=attempts, read_timeout=read_timeout)

    def create(
        self,
        path: str,
        json: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        read_timeout: float | None = None,
    ) -> Answer:
        """POST that creates or executes; the key (ours if none is given) makes it repeatable."""
        key = idempotency_key or str(uuid.uuid4())
        return self.send(
            "POST", path, json=json, headers={"Idempotency-Key": key}, read_timeout=read_timeout
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        read_timeout: float | None = None,
        attempts: int | None = None,
    ) -> Answer:
        """Send one request and read its JSON object.

        Raises:
            ApiError: the API answered with a problem; the class tells which.
            Unavailable: no answer after all attempts.
            InvalidAnswer: an answer, but not a JSON object.

        """
        request = self._http.build_request(
            method,
            path,
            params=_given(params),
            json=json,
            headers=headers,
            timeout=httpx.Timeout(read_timeout or self._timeout, connect=5.0),
        )
        response = self._send_repeatedly(request, attempts or self._attempts)
        _raise_for_problem(response)
        return Answer(response.status_code, response.headers, _json_object(response))

    @contextmanager
    def stream(
        self, path: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[httpx.Response]:
        """GET whose body is read piece by piece while the context is open.

        Raises:
            Unavailable: also when the body breaks off before its end.

        """
        request = self._http.build_request(
            "GET", path, params=_given(params), headers={"Accept": "*/*"}
        )
        try:
            response = self._http.send(request, stream=True)
            try:
                if response.status_code >= 400:
                    response.read()
                    _raise_for_problem(response)
                yield response
            finally:
                response.close()
        except httpx.RequestError as error:
            raise _unavailable(self.url, error) from error

    def _send_repeatedly(self, request: httpx.Request, attempts: int) -> httpx.Response:
        repeatable = request.method in _SAFE or "Idempotency-Key" in request.headers
        for attempt in range(1, attempts):
            try:
                response = self._http.send(request)
            except httpx.RequestError as error:
                if not _may_repeat(error, repeatable=repeatable):
                    raise _unavailable(self.url, error) from error
                time.sleep(_delay(attempt))
            else:
                if not repeatable or not _is_transient(response):
                    return response
                time.sleep(_delay(attempt, _retry_after(response)))
        try:
            return self._http.send(request)
        except httpx.RequestError as error:
            raise _unavailable(self.url, error) from error


def _may_repeat(error: httpx.RequestError, *, repeatable: bool) -> bool:
    """Whether a request that failed so can neither do its work twice nor double a long wait."""
    if isinstance(error, _CONNECT_FAILED):
        return True
    return repeatable and isinstance(error, _BROKEN_OFF)


def _is_transient(response: httpx.Response) -> bool:
    """Whether the gateway found no service, or the first request with our key still runs."""
    still_running = response.status_code == 409 and _retry_after(response) is not None
    return still_running or response.status_code in _TRANSIENT


def _delay(attempt: int, asked: float | None = None) -> float:
    """Seconds before the next attempt: 0.1, 0.2, 0.4 … jittered, or what the server asks for."""
    if asked is not None:
        return min(asked, _LONGEST_DELAY)
    jitter = random.uniform(0.5, 1.0)  # noqa: S311  (spreads clients, no secret)
    return min(0.1 * 2.0 ** (attempt - 1), _LONGEST_DELAY) * jitter


def _raise_for_problem(response: httpx.Response) -> None:
    if response.status_code < 400:
        return
    try:
        body = response.json()
    except ValueError:
        body = None
    raise error_for(Problem.of(response.status_code, body), _retry_after(response))


def _json_object(response: httpx.Response) -> dict[str, Any]:
    if response.status_code == 204:
        return {}
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        kind = response.headers.get("content-type", "no content type")
        raise InvalidAnswer(
            f"{response.request.url} answered {response.status_code} with {kind}, "
            "not with a JSON object: is this the address of KPI Ledger?"
        )
    return body


def _unavailable(url: str, error: httpx.RequestError) -> Unavailable:
    reason = str(error) or type(error).__name__
    return Unavailable(f"no answer from {url}: {reason}")


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def _given(params: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (params or {}).items() if value is not None}


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
