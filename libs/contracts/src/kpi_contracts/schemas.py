"""marshmallow schemas made from the type hints of frozen dataclasses.

An event is written once, as a dataclass; its schema, its JSON Schema and its golden sample
follow from it. `schema_of(cls)` dumps instances to plain JSON and loads them back, refusing
unknown fields.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from marshmallow import RAISE, Schema, fields, post_load, validate

_SIMPLE: dict[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    bool: fields.Boolean,
    datetime: fields.AwareDateTime,
    UUID: fields.UUID,
}


class ContractSchema(Schema):
    """A schema that loads into its dataclass; `contract` names that class."""

    contract: type[Any]

    class Meta:
        """Unknown fields are refused: a contract grows only by a new version."""

        unknown = RAISE

    @post_load
    def _build(self, data: dict[str, Any], **_: Any) -> Any:
        return self.contract(**data)


_schemas: dict[type[Any], ContractSchema] = {}


def schema_of(cls: type[Any]) -> ContractSchema:
    """Return the schema of a frozen dataclass `cls`; raises TypeError for a hint it cannot map."""
    if cls not in _schemas:
        _schemas[cls] = _make_schema(cls)
    return _schemas[cls]


def _make_schema(cls: type[Any]) -> ContractSchema:
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls!r} is not a dataclass")
    hints = get_type_hints(cls)
    declared = {item.name: _field(hints[item.name], item) for item in dataclasses.fields(cls)}
    schema = type(f"{cls.__name__}Schema", (ContractSchema,), {**declared, "contract": cls})
    return cast(ContractSchema, schema())


def _field(hint: Any, item: dataclasses.Field[Any] | None = None) -> fields.Field[Any]:
    options: dict[str, Any] = {"required": True}
    if item is not None:
        if item.default is not dataclasses.MISSING:
            options = {"load_default": item.default}
        elif item.default_factory is not dataclasses.MISSING:
            options = {"load_default": item.default_factory}
        if "description" in item.metadata:
            options["metadata"] = {"description": item.metadata["description"]}
        if "validate" in item.metadata:
            options["validate"] = item.metadata["validate"]
    return _typed(hint, options)


def _typed(hint: Any, options: dict[str, Any]) -> fields.Field[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _typed(inner, options | {"allow_none": True})
    if origin is Literal:
        return fields.String(**_checked(options, validate.OneOf(arguments)))
    if origin is tuple:
        return _Tuple(_typed(arguments[0], {}), **options)
    if origin is Mapping or hint is Mapping:
        return fields.Dict(keys=fields.String(), **options)
    if hint is int:
        return fields.Integer(strict=True, **options)
    if hint is float:
        return fields.Float(allow_nan=False, **options)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return fields.Nested(schema_of(hint), **options)
    if hint is Any:
        return fields.Raw(**options | {"allow_none": True})
    if hint in _SIMPLE:
        return _SIMPLE[hint](**options)
    raise TypeError(f"no schema for the type hint {hint!r}")


def _checked(options: dict[str, Any], validator: Any) -> dict[str, Any]:
    return options | {"validate": validator}


class _Tuple(fields.List[Any]):
    """A JSON array that loads into a tuple, so that frozen dataclasses stay immutable."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))
