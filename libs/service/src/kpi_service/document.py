"""The OpenAPI 3.1 document of a service, and the Swagger UI page that shows it offline.

The page's script and style come from the package `swagger-ui-py`; nothing is fetched from the
internet. All its links are relative, so it works behind any path prefix of the gateway.
"""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import flask_smorest  # type: ignore[import-untyped]
from flask import Blueprint, Flask, Response, current_app, send_from_directory

from kpi_service.auth import public
from kpi_service.blueprint import error_response
from kpi_service.converters import IdConverter, parameter_schema
from kpi_service.json import encode
from kpi_service.problems import MEDIA_TYPE, ProblemSchema, phrase

ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})
_START_SCRIPT = """\
SwaggerUIBundle({url: "./openapi.json", dom_id: "#ui", deepLinking: true,
  persistAuthorization: true, displayRequestDuration: true, validatorUrl: null});
"""
_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="./docs/assets/swagger-ui.css">
<div id="ui"></div>
<script src="./docs/assets/swagger-ui-bundle.js"></script>
<script src="./docs/assets/start.js"></script>
</html>
"""
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"

documentation = Blueprint("documentation", __name__)


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest is untyped
    """flask-smorest's Api with our error shape; `problems.register` sets the handlers."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave error handling to `kpi_service.problems`."""

    def _register_responses(self) -> None:
        """Offer each error status as a component; flask-smorest would call them plain JSON."""
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                response = {"description": phrase(status), "content": content}
                self.spec.components.response(error_response(status), response, lazy=True)
        self.spec.components.response(
            self.DEFAULT_ERROR_RESPONSE_NAME,
            {"description": "Any other error", "content": content},
            lazy=True,
        )

    def _register_pagination_header(self) -> None:
        """Leave paging to `kpi_service.paging`."""


def describe(app: Flask, title: str) -> Api:
    """Begin the document of `app`; blueprints registered on the result appear in it."""
    app.config.update(
        API_TITLE=title,
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "servers": [{"url": "/"}],
        },
    )
    api = Api(app)
    api.register_converter(IdConverter, parameter_schema)
    api.spec.components.security_scheme(
        "bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    )
    app.extensions["kpi_api"] = api
    app.register_blueprint(documentation)
    return api


def openapi(app: Flask) -> dict[str, Any]:
    """Return the finished OpenAPI document of `app`."""
    document: dict[str, Any] = app.extensions["kpi_api"].spec.to_dict()
    return document


@documentation.get("/openapi.json")
@public
def openapi_json() -> Response:
    """Serve the document."""
    if "kpi_openapi" not in current_app.extensions:
        current_app.extensions["kpi_openapi"] = encode(openapi(current_app))
    return Response(current_app.extensions["kpi_openapi"], mimetype="application/json")


@documentation.get("/docs")
@public
def swagger_ui() -> Response:
    """Serve the page."""
    page = Response(_PAGE.format(title=current_app.config["API_TITLE"]), mimetype="text/html")
    page.headers["Content-Security-Policy"] = _POLICY
    return page


@documentation.get("/docs/assets/start.js")
@public
def start_script() -> Response:
    """Serve the script that starts Swagger UI."""
    return Response(_START_SCRIPT, mimetype="text/javascript")


@documentation.get(f"/docs/assets/<any({', '.join(repr(name) for name in sorted(ASSETS))}):name>")
@public
def asset(name: str) -> Response:
    """Serve a file of Swagger UI."""
    return send_from_directory(_assets_folder(), name, max_age=86_400)


@cache
def _assets_folder() -> Path:
    spec = find_spec("swagger_ui")  # located, not imported: its code is not used
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("The package swagger-ui-py is not installed.")
    return Path(spec.submodule_search_locations[0]) / "static"
