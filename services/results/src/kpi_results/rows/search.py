"""Search over all columns for cells whose text contains the words, whatever their case.

A cell's text is what a page shows, except that a timestamp may also be searched with a space
instead of its `T`, and that binary values and durations are not searched. Turning every cell into
text is what a search takes its time for, so it is avoided where the text cannot contain the words:
in whole columns by their alphabet (letters in a number), in single cells by `_unless`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kpi_results.rows.coercion import decimal_shape, integer_range
from kpi_results.rows.columns import Column, Kind

Bind = Callable[[object, str], str]

_ALPHABETS = {
    Kind.INTEGER: frozenset("0123456789-"),
    Kind.DECIMAL: frozenset("0123456789-."),
    Kind.DATE: frozenset("0123456789-"),
    Kind.TIMESTAMP: frozenset("0123456789-:. "),
    Kind.TIMESTAMP_TZ: frozenset("0123456789-:. "),
    Kind.TIME: frozenset("0123456789:."),
}
_ENDLESS = (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ)
_IN_FLOATS = frozenset("0123456789-.e+")
_DIGITS = re.compile(r"[0-9]+")
_MAX_DIGITS = 38  # of a decimal
_MAX_BIGINT = (1 << 63) - 1
_DAY = "0000-00-00"  # a zero stands for any digit
_SECOND = "0000-00-00 00:00:00"
_FOUR_DIGIT_YEARS = "{name} BETWEEN {type} '0001-01-01' AND {type} '9999-12-31'"


def search_terms(columns: Sequence[Column], search: str, bind: Bind) -> list[str]:
    """Conditions of which at least one holds for a row that is found."""
    return [term for column in columns for term in _terms(column, search, bind)]


def _terms(column: Column, search: str, bind: Bind) -> list[str]:
    endless = _endless_terms(column, search.lower())
    words = _as_written(column, search)
    alphabet = _ALPHABETS.get(column.kind)
    if alphabet is not None and not alphabet.issuperset(words):
        return endless
    return [*endless, *_TERMS[column.kind](column, words, bind)]


def _endless_terms(column: Column, words: str) -> list[str]:
    """Find days and moments that are shown as `infinity` or `-infinity`; nanoseconds never are."""
    name = column.physical
    if column.kind not in _ENDLESS or column.type.startswith("timestamp[ns"):
        return []
    if words in "infinity":
        return [f"isinf({name})"]
    return [f"(isinf({name}) AND {name} < '1970-01-01')"] if words in "-infinity" else []


def _as_written(column: Column, search: str) -> str:
    """Return the words as DuckDB would write them in a value of the column."""
    match column.kind:
        case Kind.TEXT | Kind.OTHER:
            return search  # DuckDB lowers both sides
        case Kind.TIMESTAMP | Kind.TIMESTAMP_TZ:
            return search.lower().removesuffix("z").replace("t", " ")
        case _:
            return search.lower()


def _contains(expression: str, words: str, bind: Bind) -> str:
    return f"contains({expression}::VARCHAR, {bind(words, 'VARCHAR')})"


def _unless(impossible: str, term: str) -> str:
    """Let the term be evaluated only for cells of which the condition does not hold.

    Unlike AND, CASE keeps DuckDB from evaluating it for the others.
    """
    return f"CASE WHEN {impossible} THEN false ELSE {term} END"


def _text_terms(column: Column, words: str, bind: Bind) -> list[str]:
    text = f"{column.physical}::VARCHAR" if column.kind is Kind.OTHER else column.physical
    if words.isascii() and not any(character.isalpha() for character in words):
        return [_contains(text, words, bind)]  # without a letter there is no case to heed
    return [f"contains(lower({text}), lower({bind(words, 'VARCHAR')}))"]


def _boolean_terms(column: Column, words: str, _: Bind) -> list[str]:
    name = column.physical
    return [name] * (words in "true") + [f"NOT {name}"] * (words in "false")


def _integer_terms(column: Column, words: str, bind: Bind) -> list[str]:
    """No number below the one that is searched for contains its digits."""
    name, (low, high) = column.physical, integer_range(column.type)
    least = int(words) if _DIGITS.fullmatch(words) else 0
    if least > high + 1:  # the lowest number has one more than the highest
        return []
    term = _contains(name, words, bind)
    if not 0 < least <= _MAX_BIGINT:
        return [term]
    lowest, highest = bind(1 - least if low else 0, "BIGINT"), bind(least - 1, "BIGINT")
    return [_unless(f"{name} BETWEEN {lowest} AND {highest}", term)]


def _decimal_terms(column: Column, words: str, bind: Bind) -> list[str]:
    """As for integers, where the digits are more than stand behind the point."""
    name, (precision, scale) = column.physical, decimal_shape(column.type)
    # DuckDB leaves out the zero before the point where the type has no room for one.
    roomy = f"{name}::DECIMAL({scale + 1}, {scale})" if precision == scale < _MAX_DIGITS else name
    if not _DIGITS.fullmatch(words) or not 0 <= scale < len(words):
        return [_contains(roomy, words, bind)]
    least = str(int(words))
    if len(least) > precision - scale:
        return []
    bound = bind(least, f"DECIMAL({precision}, {scale})")
    return [_unless(f"{name} > -{bound} AND {name} < {bound}", _contains(roomy, words, bind))]


def _date_terms(column: Column, words: str, bind: Bind) -> list[str]:
    term = _contains(column.physical, words, bind)
    if _is_part_of(words, _DAY):
        return [term]
    return [_unless(_FOUR_DIGIT_YEARS.format(name=column.physical, type="DATE"), term)]


def _timestamp_terms(column: Column, words: str, bind: Bind) -> list[str]:
    """Whole seconds, which are most, can be told from the words alone."""
    name, has_zone = column.physical, column.kind is Kind.TIMESTAMP_TZ
    term = _contains(f"timezone('UTC', {name})" if has_zone else name, words, bind)
    if column.type.startswith("timestamp[ns"):
        return [term]
    usual = _FOUR_DIGIT_YEARS.format(name=name, type="TIMESTAMPTZ" if has_zone else "TIMESTAMP")
    # Same text as by way of the time zone, in half the time; but only for what is a moment.
    quick = _contains(f"make_timestamp(epoch_us({name}))", words, bind) if has_zone else term
    if not _is_part_of(words, _SECOND):
        quick = _unless(f"epoch_us({name}) % 1000000 = 0", quick)
    return [f"CASE WHEN {usual} THEN {quick} ELSE {term} END"]


def _is_part_of(words: str, pattern: str) -> bool:
    return re.sub("[0-9]", "0", words) in pattern


def _float_terms(column: Column, words: str, bind: Bind) -> list[str]:
    name, terms = column.physical, []
    if _IN_FLOATS.issuperset(words):
        terms.append(_contains(name, words, bind))
    if words in "nan":
        terms.append(f"isnan({name})")
    if words in "infinity":
        terms.append(f"isinf({name})")
    elif words in "-infinity":
        terms.append(f"(isinf({name}) AND {name} < 0)")
    return terms


def _time_terms(column: Column, words: str, bind: Bind) -> list[str]:
    return [_contains(column.physical, words, bind)]


def _no_terms(_column: Column, _words: str, _bind: Bind) -> list[str]:
    return []


_TERMS: dict[Kind, Callable[[Column, str, Bind], list[str]]] = {
    Kind.INTEGER: _integer_terms,
    Kind.FLOAT: _float_terms,
    Kind.DECIMAL: _decimal_terms,
    Kind.TEXT: _text_terms,
    Kind.BOOLEAN: _boolean_terms,
    Kind.DATE: _date_terms,
    Kind.TIMESTAMP: _timestamp_terms,
    Kind.TIMESTAMP_TZ: _timestamp_terms,
    Kind.TIME: _time_terms,
    Kind.DURATION: _no_terms,
    Kind.BINARY: _no_terms,
    Kind.OTHER: _text_terms,
}
