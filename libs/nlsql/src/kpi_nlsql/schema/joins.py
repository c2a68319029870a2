"""Candidate joins: columns that look alike where no foreign key is declared, with evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from kpi_nlsql.english.abbreviations import expansions
from kpi_nlsql.english.words import parts
from kpi_nlsql.schema.composite_joins import LEAST, composite_joins
from kpi_nlsql.schema.graph import Column, Join, Table
from kpi_nlsql.schema.join_scores import (
    KEY_WORDS,
    called_alike,
    called_shorter,
    same_entity,
    same_values,
)
from kpi_nlsql.schema.key_names import KEY_TAILS, entities
from kpi_nlsql.schema.shared_keys import with_shared_keys
from kpi_nlsql.schema.shared_values import Holder, sharing

MINIMUM_SCORE = 0.5
_TOO_COMMON = 60
"""A name in more columns than this (created_at, ...) joins nothing."""

_SAME_THINGS = {
    word: group[0]
    for group in (
        ("product", "material", "item", "article"),
        ("customer", "client"),
        ("supplier", "vendor"),
        ("employee", "worker", "personnel", "staff"),
    )
    for word in group
}
"""What two systems number alike under different words."""


def infer_joins(tables: Sequence[Table], known: Sequence[Join] = ()) -> tuple[Join, ...]:
    """Return the declared joins and, for pairs of tables without one, the candidates found.

    Columns are alike by name, by the entity they number, or by their values. Values in the
    columns' dictionaries count as evidence where both sides have some.
    """
    declared = {frozenset((join.left_table, join.right_table)) for join in known}
    best: dict[frozenset[tuple[str, str]], Join] = {}
    for join in _candidates(tables, declared):
        pair = frozenset(
            [(join.left_table, join.left_columns[0]), (join.right_table, join.right_columns[0])]
        )
        if join.score >= LEAST and (pair not in best or join.score > best[pair].score):
            best[pair] = join
    columns = {(table.name, column.name): column for table in tables for column in table.columns}
    likely = [
        join
        for join in best.values()
        if join.score >= MINIMUM_SCORE
        if not columns[join.left_table, join.left_columns[0]].dated
    ]
    found = (*likely, *composite_joins(tables, best.values(), known, MINIMUM_SCORE))
    return (*known, *with_shared_keys(tables, found, declared))


def _candidates(tables: Sequence[Table], declared: set[frozenset[str]]) -> Iterator[Join]:
    for name, left, right in _pairs(_by_name(tables), declared):
        yield called_alike("".join(name), left, right)
    for entity, left, right in _pairs(_by_entity(tables), declared):
        yield same_entity(entity, left, right)
    for name, left, right in _pairs(_by_core(tables), declared):
        if _bare(left[1]) != _bare(right[1]):
            yield called_shorter(" ".join(name), left, right)
    for left, right, share in sharing(tables):
        if left[0].name != right[0].name and not _known(left, right, declared):
            yield same_values(share, left, right)


def _pairs(
    groups: dict[tuple[str, ...], list[Holder]], declared: set[frozenset[str]]
) -> Iterator[tuple[tuple[str, ...], Holder, Holder]]:
    for name, holders in groups.items():
        if len(holders) > _TOO_COMMON:
            continue
        for left, right in combinations(holders, 2):
            if left[0].name != right[0].name and not _known(left, right, declared):
                yield name, left, right


def _known(left: Holder, right: Holder, declared: set[frozenset[str]]) -> bool:
    return frozenset((left[0].name, right[0].name)) in declared


def _by_name(tables: Sequence[Table]) -> dict[tuple[str, ...], list[Holder]]:
    found: dict[tuple[str, ...], list[Holder]] = defaultdict(list)
    for table in tables:
        for column in table.columns:
            for name in {*_called(column), *_qualified(table, column)}:
                found[(name,)].append((table, column))
    return found


def _by_entity(tables: Sequence[Table]) -> dict[tuple[str, ...], list[Holder]]:
    named = [
        (entity, (table, column))
        for table in tables
        for column in table.columns
        for entity in entities(column, table)
    ]
    full = expansions({word for entity, _ in named for word in entity})
    found: dict[tuple[str, ...], list[Holder]] = defaultdict(list)
    for entity, holder in named:
        words = tuple(full.get(word, word) for word in entity)
        found[tuple(_SAME_THINGS.get(word, word) for word in words)].append(holder)
    return found


def _by_core(tables: Sequence[Table]) -> dict[tuple[str, ...], list[Holder]]:
    """Group text columns by what they name or number: ``host`` and ``host_name``."""
    found: dict[tuple[str, ...], list[Holder]] = defaultdict(list)
    for table in tables:
        for column in table.columns:
            words = parts(column.name)
            core = words if _bare(column) else words[:-1]
            if core and column.family == "text":
                found[tuple(core)].append((table, column))
    return found


def _bare(column: Column) -> bool:
    return parts(column.name)[-1:] not in [[tail] for tail in (*KEY_TAILS, "name")]


def _called(column: Column) -> Iterator[str]:
    """``start_station_id`` may be a station's id: its last two words count as a name, too."""
    words = parts(column.name)
    yield "".join(words)
    if len(words) > 2 and words[-1] in KEY_WORDS:
        yield "".join(words[-2:])


def _qualified(table: Table, column: Column) -> Iterator[str]:
    """``id`` of ``customers`` may be called ``customer_id`` elsewhere."""
    if column.name.lower() in {"id", "key", "code", "no", "number"}:
        owner = table.display_names[0] if table.display_names else table.name
        yield "".join(parts(owner)).rstrip("s") + column.name.lower()
