"""The blueprint of our REST operations: strict arguments, declared access, documented errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import flask_smorest  # type: ignore[import-untyped]

from kpi_service.annotations import functions, notes
from kpi_service.arguments import StrictParser
from kpi_service.auth import required_roles
from kpi_service.etags import PRECONDITIONS

View = TypeVar("View", bound=Callable[..., Any])
_WRITES = ("post", "put", "patch", "delete")


class Decorating(Protocol):
    """A method that takes options and gives a decorator which keeps the type of the view."""

    def __call__(self, *arguments: Any, **options: Any) -> Callable[[View], View]:
        """Return the decorator."""


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest's Blueprint with our rules.

    Every view must say `@requires(...)` or `@public`; whoever forgets gets a LookupError at import.
    """

    ARGUMENTS_PARSER = StrictParser()

    # flask-smorest is untyped: the types of what views use of it. (No values: nothing happens.)
    route: Decorating
    get: Decorating
    post: Decorating
    put: Decorating
    patch: Decorating
    delete: Decorating
    arguments: Decorating
    response: Decorating
    alt_response: Decorating
    doc: Decorating

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._prepare_doc_cbks.append(_document)

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        *args: Any,
        **options: Any,
    ) -> None:
        """Add a route, refusing one that does not say who may call it."""
        prefix = self.url_prefix or ""
        for function in functions(view_func):
            required_roles(function)
            notes(function)["has_path_parameters"] = "<" in prefix + rule
        super().add_url_rule(rule, endpoint, view_func, *args, **options)


def _document(
    operation: dict[str, Any], noted: dict[str, Any], *, method: str, **_: Any
) -> dict[str, Any]:
    """Add to an OpenAPI operation what follows from the notes: security, headers, errors."""
    access = noted["access"]
    operation["security"] = [] if access is None else [{"bearer": []}]
    if access:
        operation["x-roles"] = sorted({*access, "admin"})
    if noted.get("versioned"):
        operation.setdefault("parameters", []).append(PRECONDITIONS[method])
    responses = operation.setdefault("responses", {})
    for status in _statuses(operation, noted, method):
        if not isinstance(responses.get(status), dict):
            responses[status] = error_response(status)
    return operation


def error_response(status: int) -> str:
    """Return the name of the component that documents an error `status`."""
    return f"Error{int(status)}"


def _statuses(operation: dict[str, Any], noted: dict[str, Any], method: str) -> list[int]:
    wanted = {
        400: "requestBody" in operation,
        401: noted["access"] is not None,
        403: bool(noted["access"]),
        404: noted["has_path_parameters"],
        409: method in _WRITES,
        412: bool(noted.get("versioned")) and method in _WRITES,
        413: "requestBody" in operation,
        415: "requestBody" in operation,
        422: True,
        429: True,
        503: True,
    }
    if noted.get("versioned") and method == "get":
        operation["responses"].setdefault(304, {"description": "Not Modified"})
    return [status for status, applies in wanted.items() if applies]
