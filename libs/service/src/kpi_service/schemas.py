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


class StrictInteger(ma.fields.Integer):
    """A whole number of a body, as JSON Schema has it: 7 or 7.0, no text, truth or fraction.

    Query parameters are text: use marshmallow's own Integer for them.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(strict=True, **options)

    def _validated(self, value: Any) -> int:
        whole = isinstance(value, float) and value.is_integer()
        return super()._validated(int(value) if whole else value)


class StrictNumber(ma.fields.Float):
    """A number of a body, not a text that looks like one."""

    def _validated(self, value: Any) -> float:
        if not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class StrictBoolean(ma.fields.Boolean):
    """True or false of a body; not 1, "yes" or "off"."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Id(StrictInteger):
    """A KPI or execution id in a body: 1 to 2^63 - 1."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("validate", ma.validate.Range(1, MAX_ID))
        super().__init__(**options)


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
