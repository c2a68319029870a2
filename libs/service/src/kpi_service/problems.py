"""The one shape of every error answer: RFC 9457 plus `success: false` and the trace id.

A view raises `Problem`; whatever else goes wrong is turned into one here, so that no other
body ever leaves a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import marshmallow as ma
import structlog
from flask import Flask, Response, current_app, request
from sqlalchemy import exc as database
from werkzeug.exceptions import HTTPException

from kpi_service.tracing import current_trace_id

MEDIA_TYPE = "application/problem+json"
_log = structlog.stdlib.get_logger(__name__)

FieldErrors = Mapping[str, list[str]]
ProblemFor = Mapping[type[Exception], Callable[[Any], "Problem"]]
E = TypeVar("E", bound=Exception)


class Problem(Exception):
    """An answer with an error status. `errors` names the faulty fields, dotted where nested."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        title: str | None = None,
        errors: FieldErrors | None = None,
        type: str = "about:blank",  # noqa: A002 - the member's name in RFC 9457
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.title = title or phrase(status)
        self.errors = errors
        self.type = type
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Return the members in the order readers want them."""
        members: dict[str, Any] = {
            "success": False,
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": quote(request.path[:_LONGEST_INSTANCE]),
        }
        if self.errors:
            members["errors"] = self.errors
        members["trace_id"] = current_trace_id()
        return members


class ProblemSchema(ma.Schema):
    """The documentation of the error shape."""

    success = ma.fields.Constant(False, required=True, metadata={"type": "boolean"})
    type = ma.fields.String(required=True, metadata={"format": "uri-reference"})
    title = ma.fields.String(required=True)
    status = ma.fields.Integer(required=True)
    detail = ma.fields.String(required=True)
    instance = ma.fields.String(required=True)
    errors = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.List(ma.fields.String()))
    trace_id = ma.fields.String(required=True, allow_none=True)


def phrase(status: int) -> str:
    """Return the reason phrase of `status`, the same on every version of Python."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def not_found(what: str, id: object) -> Problem:  # noqa: A002
    """Return the 404 for an object that is not there."""
    return Problem(404, f"There is no {what} {id}.")


def invalid(errors: FieldErrors, detail: str | None = None) -> Problem:
    """Return the 422 for input that is well-formed but wrong, naming the fields."""
    return Problem(422, detail or f"Not acceptable: {', '.join(sorted(errors))}.", errors=errors)


def problem_response(problem: Problem) -> Response:
    """Render `problem` as the response of the current request."""
    response = current_app.response_class(
        current_app.json.dumps(problem.body()), status=problem.status, mimetype=MEDIA_TYPE
    )
    response.headers.update(problem.headers)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def register(app: Flask, problems: ProblemFor | None = None) -> None:
    """Answer every error of `app` in the one shape.

    `problems` maps a service's domain errors (and their subclasses) to what the caller is told.
    """
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)
    for error, translate in {**_DATABASE, **(problems or {})}.items():
        app.register_error_handler(error, _translated(translate))


def _translated(translate: Callable[[E], Problem]) -> Callable[[E], Response]:
    def handle(error: E) -> Response:
        return problem_response(translate(error))

    return handle


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error  # a redirect, or a response that a view aborted with
    data = getattr(error, "data", None) or {}
    problem = Problem(
        error.code,
        data.get("message") or _DETAILS.get(error.code) or error.description or phrase(error.code),
        errors=data.get("errors"),
        headers={name: value for name, value in error.get_headers() if name in _KEPT_HEADERS},
    )
    if "messages" in data:
        problem = invalid(field_errors(data["messages"]))
    return problem_response(problem)


def field_errors(messages: Mapping[str, Any]) -> dict[str, list[str]]:
    """Flatten the messages of webargs (`{location: {field: ...}}`) to dotted field names."""
    errors: dict[str, list[str]] = {}
    for location, content in messages.items():
        _flatten(content, "", errors, root=str(location))
    return errors


def _flatten(content: Any, path: str, errors: dict[str, list[str]], root: str) -> None:
    if isinstance(content, Mapping):
        for key, item in content.items():
            name = "" if key == "_schema" else str(key)
            _flatten(item, ".".join(part for part in (path, name) if part), errors, root)
    else:
        texts = content if isinstance(content, list) else [content]
        errors.setdefault(path or root, []).extend(str(text) for text in texts)


def _unexpected(error: Exception) -> Response:
    _log.error("request failed", exc_info=error, method=request.method, path=request.path)
    return problem_response(
        Problem(500, "Something went wrong on our side. Quote the trace id when you report it.")
    )


def _database_away(error: Exception) -> Problem:
    _log.warning("database not available", reason=str(error).partition("\n")[0])
    return Problem(
        503,
        "The service cannot reach its database, or has too much to do. Try again shortly.",
        headers={"Retry-After": "1"},
    )


def _database_refused(error: database.DataError) -> Problem:
    _log.warning("value refused by the database", reason=str(error.orig).partition("\n")[0])
    return Problem(422, "A value is outside what can be stored.")


_LONGEST_INSTANCE = 200
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
_DETAILS = {
    404: "There is nothing at this address.",
    405: "This address does not take the method.",
}
_KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")
_DATABASE: ProblemFor = {
    database.TimeoutError: _database_away,  # the pool is exhausted
    database.OperationalError: _database_away,
    database.InterfaceError: _database_away,
    database.DataError: _database_refused,
}
