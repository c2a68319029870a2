"""Whether a ruleset speaks of tables and columns that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Content: TypeAlias = Mapping[str, Any]
"""A graph or a rule in its JSON form."""
_Columns: TypeAlias = Mapping[str, set[str]]


class UnfitRuleset(Exception):
    """A ruleset that says nothing of a graph, or names columns that its tables do not have."""


def unknown_names(rules: Sequence[Content], graphs: Sequence[Content]) -> Mapping[int, str]:
    """Return what is wrong with those rules that fit no graph, by their positions.

    Where there is no graph yet, nothing is known to be wrong.
    """
    known = [_columns(graph) for graph in graphs]
    judged = ((position, _least(rule, known)) for position, rule in enumerate(rules) if known)
    return {position: wrong for position, wrong in judged if wrong is not None}


def require_fit(ruleset: Content, graph: Content) -> None:
    """Raise UnfitRuleset unless a rule is about tables of the graph, and all such are right.

    Rules about other tables are for other graphs.
    """
    columns = _columns(graph)
    rules = [rule for rule in ruleset["rules"] if not _missing_tables(rule, columns)]
    if not rules:
        raise UnfitRuleset(
            f"the ruleset {ruleset['name']!r} has no rule for two tables of the knowledge graph "
            f"{graph['name']!r}"
        )
    for wrong in (_missing_columns(rule, columns) for rule in rules):
        if wrong:
            raise UnfitRuleset(f"the ruleset {ruleset['name']!r} names what is not there: {wrong}")


def _least(rule: Content, graphs: Sequence[_Columns]) -> str | None:
    """Return what is wrong with a rule in the graph that fits it best, None if it fits one."""
    tables = [(_missing_tables(rule, columns), columns) for columns in graphs]
    held = [columns for missing, columns in tables if not missing]
    if not held:
        nearest = min((missing for missing, _ in tables), key=len)
        return f"no knowledge graph has {_listed('table', nearest)}" + (
            " beside the other" if len(nearest) == 1 else ""
        )
    wrong = min((_missing_columns(rule, columns) for columns in held), key=len)
    return wrong or None


def _missing_tables(rule: Content, columns: _Columns) -> list[str]:
    named = (rule["left_table"], rule["right_table"])
    return [table for table in named if table.lower() not in columns]


def _missing_columns(rule: Content, columns: _Columns) -> str:
    return "; ".join(
        f"the table {table!r} has no {_listed('column', missing)}"
        for table, missing in _by_table(rule, columns)
        if missing
    )


def _by_table(rule: Content, columns: _Columns) -> Iterator[tuple[str, list[str]]]:
    for side in ("left", "right"):
        table = rule[f"{side}_table"]
        named = [pair[side] for pair in rule["pairs"]]
        yield table, [column for column in named if column.lower() not in columns[table.lower()]]


def _columns(graph: Content) -> _Columns:
    """Return the columns of each table, in small letters; rules name tables without schemas."""
    found: dict[str, set[str]] = {}
    for table in graph["tables"]:
        names = found.setdefault(table["name"].lower(), set())
        names.update(column["name"].lower() for column in table["columns"])
    return found


def _listed(kind: str, names: Sequence[str]) -> str:
    return f"{kind} {' and '.join(repr(name) for name in names)}"
