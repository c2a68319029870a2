"""Search over all columns for cells whose text contains the words, whatever their case.

A cell's text is what a page shows, except that a timestamp may also be searched with a space
instead of its `T`, and that binary values and durations are not searched. Columns whose texts
cannot contain the words at all (letters in a number) are left out: that is most of the speed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kpi_results.rows.columns import Column, Kind

Bind = Callable[[object, str], str]

_ALPHABETS = {
    Kind.INTEGER: frozenset("0123456789-"),
    Kind.DECIMAL: frozenset("0123456789-."),
    Kind.FLOAT: frozenset("0123456789-.e+"),
    Kind.DATE: frozenset("0123456789-"),
    Kind.TIMESTAMP: frozenset("0123456789-:. "),
    Kind.TIMESTAMP_TZ: frozenset("0123456789-:. "),
    Kind.TIME: frozenset("0123456789:."),
}


def search_terms(columns: Sequence[Column], search: str, bind: Bind) -> list[str]:
    """Conditions of which at least one holds for a row that is found."""
    return [term for column in columns for term in _terms(column, search, bind)]


def _terms(column: Column, search: str, bind: Bind) -> list[str]:
    name, words = column.physical, search.lower()
    match column.kind:
        case Kind.TEXT:
            return [f"contains(lower({name}), lower({bind(search, 'VARCHAR')}))"]
        case Kind.OTHER:
            return [f"contains(lower({name}::VARCHAR), lower({bind(search, 'VARCHAR')}))"]
        case Kind.BOOLEAN:
            return [name] * (words in "true") + [f"NOT {name}"] * (words in "false")
        case Kind.BINARY | Kind.DURATION:
            return []
        case Kind.TIMESTAMP | Kind.TIMESTAMP_TZ:
            return _timestamp_terms(column, words, bind)
        case Kind.FLOAT:
            return _float_terms(name, words, bind)
        case kind:
            if not _ALPHABETS[kind].issuperset(words):
                return []
            return [f"contains({name}::VARCHAR, {bind(words, 'VARCHAR')})"]


def _timestamp_terms(column: Column, words: str, bind: Bind) -> list[str]:
    spaced = words.removesuffix("z").replace("t", " ")
    if not _ALPHABETS[column.kind].issuperset(spaced):
        return []
    name = column.physical
    text = f"timezone('UTC', {name})" if column.kind is Kind.TIMESTAMP_TZ else name
    return [f"contains({text}::VARCHAR, {bind(spaced, 'VARCHAR')})"]


def _float_terms(name: str, words: str, bind: Bind) -> list[str]:
    terms = []
    if _ALPHABETS[Kind.FLOAT].issuperset(words):
        terms.append(f"contains({name}::VARCHAR, {bind(words, 'VARCHAR')})")
    if words in "nan":
        terms.append(f"isnan({name})")
    if words in "infinity":
        terms.append(f"isinf({name})")
    elif words in "-infinity":
        terms.append(f"(isinf({name}) AND {name} < 0)")
    return terms
