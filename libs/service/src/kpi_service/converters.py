"""The path converter for ids, `<id:kpi_id>`: what is no id is 404, however long."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

from kpi_service.schemas import MAX_ID


class IdConverter(BaseConverter):
    """Decimal digits for 1 to 2^63 - 1, without leading zeros."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the id. Raises ValidationError (404) beyond the range."""
        number = int(value)
        if number > MAX_ID:
            raise ValidationError(value)
        return number


def register(app: Flask) -> None:
    """Make `<id:name>` known to the routes of `app`."""
    app.url_map.converters["id"] = IdConverter


def parameter_schema(_converter: Any) -> dict[str, Any]:
    """Return the OpenAPI schema of the converter."""
    return {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}
