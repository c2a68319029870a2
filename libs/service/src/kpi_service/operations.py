"""What every request passes before its view runs: size, access, characters, known parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from kpi_service.annotations import functions, notes
from kpi_service.auth import authorize, required_roles
from kpi_service.problems import Problem, invalid

MAX_BODY = 1_048_576  # bytes, as at the gateway


@dataclass(frozen=True, slots=True)
class Operation:
    """What is known of one method of one route before its view runs."""

    roles: frozenset[str] | None
    takes_query: bool

    @classmethod
    def of(cls, view: Callable[..., Any]) -> Operation:
        """Read the notes on `view`. Raises LookupError if they do not say who may call it."""
        parameters = notes(view).get("arguments", {}).get("parameters", [])
        takes_query = any(item.get("in") in ("query", "querystring") for item in parameters)
        return cls(required_roles(view), takes_query)


def guard(app: Flask) -> None:
    """Check each request to the routes that `app` has now; call it when all are registered."""
    operations = {
        (endpoint, method): Operation.of(function)
        for endpoint, view in app.view_functions.items()
        for method, function in _by_method(view)
    }

    def check() -> None:
        if request.routing_exception is not None:
            return  # 404, 405 or a redirect, raised by Flask right after this
        operation = operations.get((request.endpoint or "", request.method))
        operation = operation or operations.get((request.endpoint or "", "*"))
        if operation is None:
            return  # OPTIONS, answered by Flask itself
        _check_size(request.content_length)
        authorize(operation.roles)
        _check_chunks()
        _check_url(operation)

    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY + 1  # one more, to see that there is more
    app.before_request(check)


def _by_method(view: Any) -> list[tuple[str, Callable[..., Any]]]:
    if hasattr(view, "view_class"):
        methods = [(function.__name__.upper(), function) for function in functions(view)]
        return [*methods, *(("HEAD", function) for name, function in methods if name == "GET")]
    return [("*", view)]


def _check_size(length: int | None) -> None:
    if length is not None and length > MAX_BODY:
        raise Problem(413, f"A body may have at most {MAX_BODY} bytes.")


def _check_chunks() -> None:
    """Check a body that did not tell its length: Werkzeug would cut it at the limit, silently."""
    if "Transfer-Encoding" in request.headers:
        _check_size(len(request.get_data(cache=True)))


def _check_url(operation: Operation) -> None:
    if "\0" in request.path:
        raise Problem(404, "There is nothing at an address with a NUL character.")
    if not request.query_string:
        return
    if not operation.takes_query:
        unknown = {name: ["Unknown parameter."] for name in request.args}
        raise invalid(unknown, "This takes no query parameters.")
    faulty = {
        name: ["May not have a NUL character."]
        for name, value in request.args.items(multi=True)
        if "\0" in name + value
    }
    if faulty:
        raise invalid(faulty)
