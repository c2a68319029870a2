"""Sameness: two plans say the same if they differ only in what their tables are called within."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import queries, sources


def said(query: plan.Plan) -> object:
    """Return what a plan says, whatever its aliases: equal for plans that say the same."""
    aliases: dict[str, str] = {}
    for select in queries(query):
        for source in sources(select):
            aliases.setdefault(source.alias, f"{source.table} {len(aliases)}")
    return _named(query, aliases)


def _named(node: Any, aliases: Mapping[str, str]) -> object:
    if isinstance(node, tuple):
        return tuple(_named(each, aliases) for each in node)
    if not is_dataclass(node):
        return node
    told = {field.name: getattr(node, field.name) for field in fields(node)}
    for name in ("alias", "source"):
        if isinstance(told.get(name), str):
            told[name] = aliases.get(told[name], told[name])
    inner = (_named(each, aliases) for each in told.values())
    return (type(node).__name__, *inner)
