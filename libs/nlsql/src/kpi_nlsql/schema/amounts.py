"""Amounts: the one column of a table that says how much, and which amounts may be added up."""

from __future__ import annotations

from kpi_nlsql.english.words import stems
from kpi_nlsql.schema.graph import Column, Table

_ADDITIVE = (
    "amount total quantity cost revenue sales hours budget fee fine value stock volume turnover "
    "expense spend balance premium payment units pieces"
)
_OF_THINGS = "quantity hours stock volume units pieces tax discount"
_NO_AMOUNT = "id code number year date key no nr day month version line row age floor"
_RATES = (
    "price rate age percent percentage score rating temperature ratio average level rank grade "
    "salary pay index height length width size ph latitude longitude speed unit per"
)
_CHARGED = frozenset(stems("rate tariff fare charge fee"))
_SPANS = frozenset(
    stems("standard base list rental hour hourly day daily night nightly week weekly month monthly")
)
"""What the charge of a thing is told for, beside its own name: the daily rate of a car."""
_PLAINLY = frozenset(stems("amount total value sum"))
_PAID = frozenset(stems("paid"))
_RATING = frozenset(stems(_RATES))
_ADDING = frozenset(stems(_ADDITIVE))
_THINGS = frozenset(stems(_OF_THINGS))
_NAMING = frozenset(stems(_NO_AMOUNT))


def adds_up(column: Column) -> bool:
    """Tell whether the sum of the column over many rows means something."""
    # what was paid is no pay
    named = _named(column) - (_PAID if "paid" in column.name.lower() else frozenset())
    spans = column.name.lower() == "days"  # of an absence; ``lead_days`` add up to nothing
    names = names_rows(column) and not spans
    return column.family == "number" and not named & _RATING and not names


def main_amount(table: Table) -> str | None:
    """Return the column of the table's amounts, if exactly one says how much."""
    measures = [column for column in table.columns if _may_measure(column, table)]
    additive = [column for column in measures if _named(column) & _ADDING]
    sole = additive if len(additive) == 1 else measures if len(measures) == 1 else []
    sole = sole or _plain(additive, table)
    return sole[0].name if sole else None


def money_amount(table: Table) -> str | None:
    """Return the column of the table's money, if exactly one amount is not one of things."""
    measures = [column for column in table.columns if _may_measure(column, table)]
    money = [c for c in measures if _named(c) & _ADDING and not _named(c) & _THINGS]
    sole = money if len(money) == 1 else _plain(money, table)
    return sole[0].name if sole else None


def charge(table: Table) -> str | None:
    """Return the one column that tells what a row is let for: the rate of a room, not of a loan."""
    own = {word for name in table.display_names for word in stems(name)} | _SPANS | _CHARGED
    charges = [
        column
        for column in table.columns
        if column.family == "number" and _called_charge(stems(column.display_names[0]), own)
    ]
    return charges[0].name if len(charges) == 1 else None


def _called_charge(name: tuple[str, ...], own: set[str]) -> bool:
    return set(name[-1:]) <= _CHARGED and set(name) <= own


def _plain(amounts: list[Column], table: Table) -> list[Column]:
    """Return the one amount that is called nothing else, beside a paid amount or a tax amount."""
    own = {word for name in table.display_names for word in stems(name)} | _PLAINLY
    plain = [column for column in amounts if own.issuperset(stems(column.display_names[0]))]
    return plain if len(plain) == 1 else []


def _may_measure(column: Column, table: Table) -> bool:
    key = column.name in table.primary_key
    return column.family == "number" and not key and not names_rows(column)


def _named(column: Column) -> set[str]:
    return {part for name in column.display_names for part in stems(name)}


def names_rows(column: Column) -> bool:
    """Tell whether the column's numbers name something rather than measure it."""
    return bool(set(stems(column.name)[-1:]) & _NAMING)
