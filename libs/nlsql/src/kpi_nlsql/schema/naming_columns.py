"""Which columns show what a row is: its name where it has one, else its key."""

from __future__ import annotations

from kpi_nlsql.english.words import lemma
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.naming import names_of_rows

_SHORTEST = 3


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
    if not titled and (numbering := _numbering(table, named)):
        return (numbering.name,)
    coded = [
        column for column in table.columns if _called(column, names_of_rows(table.display_names))
    ]
    best = titled or named or coded or told  # materials of a master go by their ``MATERIAL``
    if best:
        return (best[0].name,)
    return key_columns(table)


def _numbering(table: Table, named: list[Column]) -> Column | None:
    """Return the column that numbers the rows, where all names are those of something else.

    A policy goes by its ``PolicyNo`` rather than by its ``HolderName``.
    """
    owner = {lemma(word) for name in table.display_names for word in name.split()}
    if not named or any(_speaks_of(column, owner) for column in named):
        return None
    keys = [column for column in table.columns if _tail(column) in KEY_TAILS]
    return next((column for column in keys if _speaks_of(column, owner)), None)


def _speaks_of(column: Column, owner: set[str]) -> bool:
    """Tell whether what stands before "name" or "number" is the owner, maybe one written short."""
    head = [lemma(word) for word in column.display_names[0].split()[:-1]]
    return any(
        word.startswith(part) or (len(word) >= _SHORTEST and part.startswith(word))
        for part in head
        for word in owner
    )


def key_columns(table: Table) -> tuple[str, ...]:
    """Return the primary key, or the first unique column, or the first column.

    Days and amounts that no two rows happen to share tell no rows apart: of customers that are kept
    twice, no two were registered on one day, and no two parts of a price list cost the same.
    """
    if table.primary_key:
        return table.primary_key
    unique = [column for column in table.columns if column.unique and not column.dated]
    told = [column for column in unique if not column.measures or _tail(column) in KEY_TAILS]
    numbered = [column for column in table.columns[:1] if _tail(column) in KEY_TAILS]
    best = told or numbered or unique or [*table.columns]
    return tuple(column.name for column in best[:1])


def _called(column: Column, names: tuple[str, ...]) -> bool:
    return any(name in names for name in column.display_names)


def _tail(column: Column) -> str:
    return column.display_names[0].split()[-1] if column.display_names else ""
