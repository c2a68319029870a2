"""Homes: which table holds the rows of what a noun speaks of, told by the keys of the tables."""

from __future__ import annotations

from collections.abc import Iterable

from kpi_nlsql.english.words import lemma, stems
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_names import KEY_TAILS
from kpi_nlsql.schema.naming_columns import naming_columns

_NAMING_TAILS = KEY_TAILS | {"name", "title"}
_NAMES_HALF = 0.5
_CALLED = 0.6
_EXACT = 0.95
_CODES = frozenset("ean gtin upc isbn issn isin lei bic iban vin cas imei".split())  # noqa: SIM905
"""Standards of codes: no row is called by them."""
_MOSTLY = 0.7
"""The share of the rows with a value of their own from which a column is taken for their key."""


def home_of(item: Item, tables: Iterable[Table]) -> str | None:
    """Return the one table whose rows go by a noun, by its key and by what else it tells of them.

    ``fa_register`` begins with ``asset_no`` and has an ``asset_class``: it holds the assets, though
    each counted one has its ``asset_id`` in ``stg_inventory_count``, too.
    """
    if lemma(item.last_word) in _NAMING_TAILS:
        return None  # "product numbers" and "names" are columns, whichever way they are written
    told = sorted((worth, table.name) for table in tables if (worth := _tells_of(item, table)))
    sole = len(told) == 1 or (len(told) > 1 and told[-1][0] > told[-2][0])
    return told[-1][1] if sole else None


def _tells_of(item: Item, table: Table) -> tuple[bool, int] | None:
    """Return whether a table begins with the key of what a noun speaks of, and how much it tells.

    Of each column called after it the table tells something: ``asset_desc``, ``asset_status``.
    None where no key of it tells the rows apart.
    """
    words = stems(item.text)
    own = {hit.column for hit in item.column_hits() if hit.table == table.name if _half(hit)}
    told = [
        column
        for column in table.columns
        if column.name in own or any(_begins_so(words, name) for name in column.display_names)
    ]
    keys = [column for column in told if any(map(_is_tailed, column.display_names))]
    if not any(table.identifies((column.name,)) for column in keys):
        return None
    return table.columns[0] in keys, len(told)


def _half(hit: NameHit) -> bool:
    return hit.score >= _NAMES_HALF


def _begins_so(words: tuple[str, ...], name: str) -> bool:
    return stems(name)[: len(words)] == words


def _is_tailed(name: str) -> bool:
    return bool(set(name.split()[-1:]) & _NAMING_TAILS)


def names_rows(words: tuple[str, ...], table: Table) -> bool:
    """Tell whether a column names or numbers what the stems speak of (employees: ``emp_no``)."""
    return bool(naming_rows(words, table))


def naming_rows(words: tuple[str, ...], table: Table) -> list[Column]:
    """Return the columns that name or number what the stems speak of."""
    return [
        column
        for column in table.columns
        if any(_is_tailed(name) and _begins_so(words, name) for name in column.display_names)
    ]


def numbers_rows(words: tuple[str, ...], table: Table) -> bool:
    """Tell whether a column that tells the rows apart numbers what the stems speak of."""
    return any(table.identifies((column.name,)) for column in naming_rows(words, table))


def calls_by_key(item: Item, table: Table) -> bool:
    """Tell whether a noun calls the rows of a table by the name of their key, or of their name.

    The "products" of ``OPS_EXCEL.Product`` are its rows; those of an order line are its values, and
    so are "ids", "names" and "LEIs", though no two customers share one. "Titles", of which there is
    a table, are rows of every list that tells the ``TITLE`` of each.
    """
    word = item.text
    things = item.best_table() >= _CALLED
    naming = (lemma(word) in _NAMING_TAILS and not things) or lemma(word) in _CODES
    if not word.endswith("s") or " " in word or item.values or naming:
        return False
    named = (hit for hit in item.column_hits() if hit.table == table.name and hit.score >= _EXACT)
    return any(_tells_apart(table, table.column(str(hit.column)), things) for hit in named)


def _tells_apart(table: Table, column: Column, things: bool) -> bool:
    """Tell whether (nearly) each row has its own; ``things``: some table has rows called so."""
    if table.primary_key == (column.name,):
        return True
    variety = table.variety(column)
    if column is table.columns[0]:
        return variety is None or variety >= _MOSTLY
    return things and (variety or 0.0) >= _MOSTLY and column.name in naming_columns(table)


def numbering(item: Item, table: Table) -> list[Column]:
    """Return the columns that number what a mention names, maybe with its word written short."""
    words = len(item.text.split())
    return [
        column
        for hit in item.column_hits()
        if hit.table == table.name and _half(hit)
        for column in (table.column(str(hit.column)),)
        if any(
            name.split()[-1] in KEY_TAILS and len(name.split()) == words + 1
            for name in column.display_names
        )
    ]


def key_part(item: Item, table: Table) -> tuple[str, float] | None:
    """Return the column that a part of a key is, and how well it is called so.

    "For the same student": by their number, though students have a table of their own.
    """
    hits = [hit for hit in item.column_hits() if hit.table == table.name and _half(hit)]
    if hits:
        return str(hits[0].column), hits[0].score
    keys = naming_rows(stems(item.text), table)
    return (keys[0].name, _NAMES_HALF) if len(keys) == 1 else None
