"""Stepwise lifting of old event data to the newest version.

A schema is never changed in place. A new version brings one `@upcaster` from the version before;
a version 1 event read by a build that knows version 3 passes through two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Data = Mapping[str, Any]
Upcaster = Callable[[Data], Data]

_upcasters: dict[str, tuple[str, Upcaster]] = {}


def upcaster(type_name: str) -> Callable[[Upcaster], Upcaster]:
    """Register a function that lifts the data of `type_name` to its next version."""

    def enter(function: Upcaster) -> Upcaster:
        if type_name in _upcasters:
            raise ValueError(f"{type_name} already has an upcaster")
        _upcasters[type_name] = (_next_version(type_name), function)
        return function

    return enter


def upcast(type_name: str, data: Data) -> tuple[str, Data]:
    """Return the newest type name and data that the registered steps lead to."""
    while type_name in _upcasters:
        type_name, step = _upcasters[type_name]
        data = step(data)
    return type_name, data


def _next_version(type_name: str) -> str:
    stem, _, version = type_name.rpartition(".v")
    return f"{stem}.v{int(version) + 1}"
