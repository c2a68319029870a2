"""Scores of candidate joins, 0..1, from names, types, uniqueness and shared values."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz import fuzz

from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Column, Join, Table
from kpi_nlsql.schema.key_names import reaches
from kpi_nlsql.schema.naming import column_names
from kpi_nlsql.schema.shared_values import Holder, holds_codes, share

KEY_WORDS = frozenset(
    [
        "id",
        "key",
        "sku",
        "code",
        "number",
        "no",
        "num",
        "nbr",
        "guid",
        "uuid",
        "ref",
        "isbn",
        "ean",
        "barcode",
    ]
)
_BARE_KEYS = frozenset("id key code no number name".split())  # noqa: SIM905
_BARE_SCORE = 0.45
_FOREIGN_SCORE = 0.7
_ENTITY_SCORE = 0.64
_SHORTER_SCORE = 0.52
_CODES_SCORE = 0.68
_TEXTS_SCORE = 0.52
_SHARED_WEIGHT = 0.3
_REPEATED = 0.2
_NUMBERS_ROWS = 0.15
_SHARED = 0.5
_NEARLY_ALL = 0.9
_BY_NAME = 0.1
_STRANGERS = 0.3
_SURE, _SUREST = 0.95, 0.99
"""The most that a candidate is trusted; nothing is surer than numbers of the rows themselves."""
_NO_KEYS = frozenset("paid unpaid prepaid valid invalid grid bid void said turkey monkey".split())  # noqa: SIM905
_WEAK_WORDS = frozenset(
    [
        "status",
        "name",
        "description",
        "type",
        "date",
        "time",
        "year",
        "comment",
        "note",
        "remark",
        "created",
        "updated",
        "active",
        "flag",
        "price",
        "amount",
        "quantity",
        "value",
        "total",
        "count",
        "category",
        "city",
        "country",
        "state",
        "phone",
        "email",
        "address",
        "rank",
        "age",
        "score",
        "rate",
        "percent",
        "title",
        "location",
        "region",
        "currency",
        "unit",
        "language",
        "size",
        "color",
    ]
)  # names that many unrelated tables share


def called_alike(name: str, left: Holder, right: Holder) -> Join:
    """Return the join of two columns that go by one name."""
    if left[1].name.lower() in _BARE_KEYS and right[1].name.lower() not in _BARE_KEYS:
        left, right = right, left
    score = _name_score(left[0], left[1], right[1])
    return _join(score, f"both are called {name}", left, right)


def same_entity(entity: tuple[str, ...], left: Holder, right: Holder) -> Join:
    """Return the join of two columns that number rows of one entity under different names."""
    weak = set(entity) <= _WEAK_WORDS
    score = _ENTITY_SCORE / 2 if weak else _ENTITY_SCORE
    return _join(score, f"both number each {' '.join(entity)}", left, right)


def called_shorter(name: str, left: Holder, right: Holder) -> Join:
    """Return the join of two columns of which one says what the other names or numbers."""
    weak = set(name.split()) <= _WEAK_WORDS
    return _join(_SHORTER_SCORE / (2 if weak else 1), f"both name each {name}", left, right)


def same_values(shared: float, left: Holder, right: Holder) -> Join:
    """Return the join of two text columns with ``shared`` (0..1) of their values in common."""
    codes = holds_codes(left[1]) and holds_codes(right[1])
    score = (_CODES_SCORE if codes else _TEXTS_SCORE) * (0.5 + shared / 2)
    score -= _SHARED_WEIGHT * (shared - 0.5)  # which every candidate is given for its values
    told = (shared >= _NEARLY_ALL and _refers_by_name(left, right)) or _number_alike(left, right)
    return _join(score + _BY_NAME * told, "they hold the same values", left, right)


def _number_alike(left: Holder, right: Holder) -> bool:
    """Tell whether columns of one name number the rows of both: ``AssetTag``, ``ASSET_TAG``."""
    alike = parts(left[1].name) == parts(right[1].name)
    return alike and _numbers_rows(*left) and _numbers_rows(*right)


def _refers_by_name(left: Holder, right: Holder) -> bool:
    """Tell whether rows refer to those of the other table by their name: ``SUPPLIER_NAME``.

    It is called so in both, says of what it is the name, and is one row's only in one of them.
    """
    words = parts(left[1].name)
    varieties = [table.variety(column) or 0.0 for table, column in (left, right)]
    one = min(varieties) < NEARLY_UNIQUE and max(varieties) == 1.0
    return one and len(words) > 1 and words[-1] == "name" and words == parts(right[1].name)


def _join(score: float, why: str, left: Holder, right: Holder) -> Join:
    (left_table, a), (right_table, b) = left, right
    evidence = [why]
    if a.family != b.family and "other" not in {a.family, b.family}:
        score -= 0.25
        evidence.append(f"types differ: {a.type}, {b.type}")
    left_known, right_known = a.values or a.numbers, b.values or b.numbers
    overlap = 0.0
    if left_known and right_known:
        overlap = share(left_known, right_known)
        evidence.append(f"{overlap:.0%} of the sampled values are shared")
        score += _SHARED_WEIGHT * (overlap - 0.5)
        if not overlap and a.name.lower() != b.name.lower() and a.family == b.family:
            score -= _STRANGERS  # orders of customers and those to suppliers
    varieties = [table.variety(column) for table, column in (left, right)]
    for (table, column), variety in zip((left, right), varieties, strict=True):
        if variety is not None and variety >= NEARLY_UNIQUE:
            score += 0.1
            evidence.append(
                f"{table.name}.{column.name} is {'' if variety == 1 else 'nearly '}unique"
            )
    both_number = overlap >= _SHARED and all(_numbers_rows(*each) for each in (left, right))
    if both_number:
        score += _NUMBERS_ROWS
        evidence.append("both stand first and number the rows")
    if all(variety is not None and variety < _REPEATED for variety in varieties):
        score -= 0.2
        evidence.append("its values repeat on both sides")
    return Join(
        left_table.name,
        (a.name,),
        right_table.name,
        (b.name,),
        kind="candidate",
        score=round(min(max(score, 0.0), _SUREST if both_number else _SURE), 3),
        evidence="; ".join(evidence),
    )


def _numbers_rows(table: Table, column: Column) -> bool:
    """Tell whether a column stands first and tells the rows apart.

    Items have a number of their own in either system; a barcode is only one thing known of them.
    """
    variety = table.variety(column)
    return column is table.columns[0] and variety is not None and variety >= NEARLY_UNIQUE


@lru_cache(maxsize=16_384)
def _words_of(column: str, table: str) -> frozenset[str]:
    """Return the words of a column's name, as it is written and in full."""
    return frozenset(parts(column)) | frozenset(column_names(column, table)[0].split())


def _name_score(table: Table, a: Column, b: Column) -> float:
    if b.name.lower() in _BARE_KEYS and a.name.lower() not in _BARE_KEYS:
        return _FOREIGN_SCORE
    if a.name.lower() == b.name.lower() and a.name.lower() in _BARE_KEYS:
        return _BARE_SCORE
    words = _words_of(a.name, table.name)
    alike = fuzz.ratio(a.name.lower(), b.name.lower()) / 100
    if reaches(words) or reaches(parts(a.name)):
        return 0.25 * alike
    if words & KEY_WORDS or any(_ends_as_key(word) for word in words):
        return 0.75 * max(alike, 0.95)
    if words & _WEAK_WORDS:
        return 0.25 * alike
    return 0.42 * alike


def _ends_as_key(word: str) -> bool:
    return word.endswith(("id", "key", "code")) and word not in _NO_KEYS
