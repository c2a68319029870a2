"""The base of all REST schemas, and the fields they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

MAX_ID = 2**63 - 1


class Schema(ma.Schema):
    """A REST object. Unknown fields are refused (422 naming them), never dropped in silence."""

    class Meta:
        """Options inherited by every schema."""

        unknown = ma.RAISE


class Id(ma.fields.Integer):
    """A KPI or execution id: 1 to 2^63 - 1."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("validate", ma.validate.Range(1, MAX_ID))
        super().__init__(strict=True, **options)


class Instant(ma.fields.AwareDateTime):
    """A moment, written in RFC 3339 in UTC with `Z`; without an offset it is read as UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **options)

    def _serialize(
        self,
        value: datetime | None,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        obj: Any,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> str | None:
        if value is None:
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from None
