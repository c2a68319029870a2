"""Candidate joins: columns that look alike where no foreign key is declared, with evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from kpi_nlsql.graph import Column, Join, Table
from kpi_nlsql.naming import column_names
from kpi_nlsql.words import parts

MINIMUM_SCORE = 0.5
_KEY_WORDS = frozenset(
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
        "size",
        "color",
    ]
)  # names that many unrelated tables share


def infer_joins(tables: Sequence[Table], known: Sequence[Join] = ()) -> tuple[Join, ...]:
    """Return the declared joins and, for pairs of tables without one, the candidates found.

    Values in the columns' dictionaries count as evidence where both sides have some.
    """
    declared = {frozenset((join.left_table, join.right_table)) for join in known}
    return (*known, *_candidates(tables, declared))


def _candidates(tables: Sequence[Table], declared: set[frozenset[str]]) -> Iterator[Join]:
    by_name: dict[str, list[tuple[Table, Column]]] = defaultdict(list)
    for table in tables:
        for column in table.columns:
            for name in {*_called(column), *_qualified(table, column)}:
                by_name[name].append((table, column))
    seen: set[tuple[str, str, str, str]] = set()
    for name, holders in by_name.items():
        if len(holders) > 60:  # a name in this many tables (created_at, ...) joins nothing
            continue
        for (left, a), (right, b) in combinations(holders, 2):
            pair = (left.name, a.name, right.name, b.name)
            if left.name == right.name or pair in seen:
                continue
            seen.add(pair)
            if frozenset((left.name, right.name)) in declared:
                continue
            join = _candidate(name, (left, a), (right, b))
            if join.score >= MINIMUM_SCORE:
                yield join


def _called(column: Column) -> Iterator[str]:
    """``start_station_id`` may be a station's id: its last two words count as a name, too."""
    words = parts(column.name)
    yield "".join(words)
    if len(words) > 2 and words[-1] in _KEY_WORDS:
        yield "".join(words[-2:])


def _qualified(table: Table, column: Column) -> Iterator[str]:
    """``id`` of ``customers`` may be called ``customer_id`` elsewhere."""
    if column.name.lower() in {"id", "key", "code", "no", "number"}:
        owner = table.display_names[0] if table.display_names else table.name
        yield "".join(parts(owner)).rstrip("s") + column.name.lower()


def _candidate(name: str, left: tuple[Table, Column], right: tuple[Table, Column]) -> Join:
    (left_table, a), (right_table, b) = left, right
    if a.name.lower() in _BARE_KEYS and b.name.lower() not in _BARE_KEYS:
        return _candidate(name, right, left)
    score, evidence = _name_score(left_table, a, b), [f"both are called {name}"]
    if a.family != b.family and "other" not in {a.family, b.family}:
        score -= 0.25
        evidence.append(f"types differ: {a.type}, {b.type}")
    if a.values and b.values:
        overlap = _overlap(a.values, b.values)
        evidence.append(f"{overlap:.0%} of the sampled values are shared")
        score += 0.3 * (overlap - 0.5)
    for table, column in (left, right):
        if column.unique or table.primary_key == (column.name,):
            score += 0.1
            evidence.append(f"{table.name}.{column.name} is unique")
    return Join(
        left_table.name,
        (a.name,),
        right_table.name,
        (b.name,),
        kind="candidate",
        score=round(min(max(score, 0.0), 0.99), 3),
        evidence="; ".join(evidence),
    )


def _name_score(table: Table, a: Column, b: Column) -> float:
    if b.name.lower() in _BARE_KEYS and a.name.lower() not in _BARE_KEYS:
        return _FOREIGN_SCORE
    if a.name.lower() == b.name.lower() and a.name.lower() in _BARE_KEYS:
        return _BARE_SCORE
    words = set(parts(a.name)) | set(column_names(a.name, table.name)[0].split())
    alike = fuzz.ratio(a.name.lower(), b.name.lower()) / 100
    if words & _KEY_WORDS or any(word.endswith(("id", "key", "code")) for word in words):
        return 0.75 * max(alike, 0.95)
    if words & _WEAK_WORDS:
        return 0.25 * alike
    return 0.42 * alike


def _overlap(left: Sequence[str], right: Sequence[str]) -> float:
    """Return the share of the smaller set's values that the larger one has, 0..1."""
    a, b = set(left), set(right)
    return len(a & b) / min(len(a), len(b))
