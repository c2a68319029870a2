"""Key names: which entity's rows a column numbers, read off its name (``cust_no`` → customer)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpi_nlsql.english.words import lemma, parts
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Column, Table
from kpi_nlsql.schema.naming import column_names, table_names

KEY_TAILS = frozenset(
    "id ids identifier key number no num nbr nr code reference ref sku guid uuid".split()  # noqa: SIM905
)
"""Last words of the names of columns that number rows."""

REACHING = frozenset(
    "postal zip postcode zipcode phone fax mobile telephone email house".split()  # noqa: SIM905
)
"""Codes and numbers by which people are reached: many share one, and it tells no row."""

_ADDRESSES = frozenset({"email", "mail"})
_LONGEST_ENTITY = 3


def reaches(words: Iterable[str]) -> bool:
    """Tell whether the words of a name speak of a way to reach people: ``PostCode``."""
    told = list(words)
    return bool(REACHING & {*told, "".join(told)})


def reaches_many(column: Column) -> bool:
    """Tell whether a column holds what many rows share by chance, post codes, and no addresses."""
    words = parts(column.name)
    return reaches(words) and not _ADDRESSES & set(words)


def called_key(name: str) -> bool:
    """Tell whether a column is called as one that numbers rows: ``WO_NO``, ``itemId``."""
    return not KEY_TAILS.isdisjoint(column_names(name, "")[0].split()[-1:])


def numbering(table: Table) -> Iterator[str]:
    """Yield the names of the columns of numbers that may number rows, of this table or another.

    ``LEDGER_ACCT`` is not called a key, but stands first and each of the balances has its own.
    """
    for column in table.columns:
        first = column is table.columns[0] and (table.variety(column) or 0.0) >= NEARLY_UNIQUE
        if column.measures and (first or called_key(column.name)):
            yield column.name


def entities(column: Column, table: Table) -> Iterator[tuple[str, ...]]:
    """Yield the entities that a column may be a key of, the fullest name first; none if no key.

    ``badge_employee_id`` may number badge employees or employees; the bare ``id`` of ``orders``
    numbers orders.
    """
    for name in column_names(column.name, table.name):
        words = [lemma(word) for word in name.split()]
        if not set(words[-1:]) & KEY_TAILS or reaches(words):
            continue
        head = [word for word in words if word not in KEY_TAILS] or _owner(table)
        for start in range(max(len(head) - _LONGEST_ENTITY, 0), len(head)):
            yield tuple(head[start:])
        return


def _owner(table: Table) -> list[str]:
    return [lemma(word) for name in table_names(table.name)[:1] for word in name.split()]
