"""`kpi_service.json` as the JSON of a Flask application."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

from kpi_service.json import encode


class OrjsonProvider(JSONProvider):
    """Flask's JSON by orjson: times as RFC 3339 in UTC with `Z`, decimals as exact strings."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """Return `obj` as JSON text."""
        return encode(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Read JSON that is already trusted."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a JSON response of the arguments, without a detour through text."""
        body = encode(self._prepare_response_obj(args, kwargs))
        return Response(body, mimetype="application/json")
