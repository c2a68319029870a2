"""How arguments are read from requests: strict JSON, no unknown and no repeated parameter."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Request
from webargs import core
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from kpi_service.json import InvalidJson, parse
from kpi_service.problems import Problem


class StrictParser(FlaskParser):
    """webargs' Flask parser with our rules: 400 not JSON, 415 not called JSON, 422 not known."""

    DEFAULT_UNKNOWN_BY_LOCATION = {  # noqa: RUF012 - as webargs declares it
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": ma.RAISE,
        "querystring": ma.RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body and not req.mimetype:
            return core.missing
        if req.mimetype != "application/json":
            raise Problem(
                415,
                "Send the body as application/json.",
                headers={"Accept-Post": "application/json"},
            )
        try:
            return parse(body)
        except InvalidJson as error:
            raise Problem(400, str(error)) from None

    def load_querystring(self, req: Request, schema: ma.Schema) -> MultiDictProxy:
        """Return the query parameters; 422 if one that takes a single value is repeated."""
        proxy = self._makeproxy(req.args, schema)
        repeated = {
            name: ["May be given only once."]
            for name, values in req.args.lists()
            if len(values) > 1 and name not in proxy.multiple_keys
        }
        if repeated:
            raise ma.ValidationError({"query": repeated})
        return proxy
