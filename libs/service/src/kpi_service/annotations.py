"""Notes that decorators leave on views, in the place where flask-smorest keeps its own.

flask-smorest carries `_apidoc` through all of its decorators and hands it to the documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask.views import MethodView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def notes(view: Callable[..., Any]) -> dict[str, Any]:
    """Return the notes on `view`, to read or to extend."""
    if not hasattr(view, "_apidoc"):
        view._apidoc = {}  # type: ignore[attr-defined]
    found: dict[str, Any] = view._apidoc  # type: ignore[attr-defined]
    return found


def add_parameter(view: Callable[..., Any], parameter: dict[str, Any]) -> None:
    """Document a parameter (an OpenAPI object) of `view`, once."""
    parameters = notes(view).setdefault("arguments", {}).setdefault("parameters", [])
    if parameter not in parameters:
        parameters.append(parameter)


def functions(view: Any) -> Iterator[Callable[..., Any]]:
    """Yield the functions behind `view`: itself, or the methods of a `MethodView`."""
    view_class = view if isinstance(view, type) else getattr(view, "view_class", None)
    if view_class is None:
        yield view
    elif issubclass(view_class, MethodView):
        yield from (
            getattr(view_class, method.lower())
            for method in METHODS
            if hasattr(view_class, method.lower())
        )
