"""Which columns show what a row is: its name where it has one, else its key."""

from __future__ import annotations

from kpi_nlsql.graph import Column, Table


def naming_columns(table: Table) -> tuple[str, ...]:
    """Return the columns that name a row of a table, at most two (first and last name)."""
    full = [column for column in table.columns if _called(column, ("name", "full name"))]
    if full:
        return (full[0].name,)
    itself = [column for column in table.columns if _called(column, table.display_names)]
    itself = [column for column in itself if column.family == "text"]
    if itself:
        return (itself[0].name,)
    first = [column for column in table.columns if _called(column, ("first name", "forename"))]
    last = [column for column in table.columns if _called(column, ("last name", "surname"))]
    if first and last:
        return (first[0].name, last[0].name)
    titled = [column for column in table.columns if _called(column, ("title",))]
    named = [column for column in table.columns if _tail(column) in {"name", "title"}]
    told = [column for column in table.columns if _tail(column) in {"details", "description"}]
    best = titled or named or told
    if best:
        return (best[0].name,)
    return key_columns(table)


def key_columns(table: Table) -> tuple[str, ...]:
    """Return the primary key, or the first unique column, or the first column."""
    if table.primary_key:
        return table.primary_key
    unique = [column.name for column in table.columns if column.unique]
    return tuple(unique[:1]) or tuple(column.name for column in table.columns[:1])


def _called(column: Column, names: tuple[str, ...]) -> bool:
    return any(name in names for name in column.display_names)


def _tail(column: Column) -> str:
    return column.display_names[0].split()[-1] if column.display_names else ""
