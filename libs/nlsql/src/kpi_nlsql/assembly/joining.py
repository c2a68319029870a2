"""Joining: which tables the query needs outside any nested one, and on which columns."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.drafting.draft import MAIN, Group
from kpi_nlsql.english.words import stems
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join
from kpi_nlsql.schema.naming import column_names

_SEVERAL = 2


def outer_tables(frame: Frame, groups: list[Group]) -> list[str]:
    """Return the tables of outputs, groups, sort keys and counts."""
    tables = [w.ref.choice[0] for w in frame.draft.wanted if w.ref and w.ref.choice]
    tables += [w.table for w in frame.draft.wanted if w.table]
    tables += _owners(frame)
    inside = frame.counts_inside()
    if frame.aggregated() and not inside:
        tables += [
            term.table
            for term in frame.draft.terms
            if term.kind == "exists"
            and term.scope == MAIN
            and term.table
            and frame.counts_related()
        ]
    tables += [s.ref.choice[0] for s in frame.draft.sorting if s.ref and s.ref.choice]
    tables += [s.table for s in frame.draft.sorting if s.table]
    for group in groups:
        if group.ref is not None and group.ref.choice:
            tables.append(group.ref.choice[0])
        elif group.table:
            tables.append(group.table)
    for term in [] if inside else frame.compared():
        if term.table:
            tables.append(term.table)
        elif term.ref and term.ref.choice:
            tables.append(term.ref.choice[0])
    return tables


def _owners(frame: Frame) -> list[str]:
    # Tables whose rows are asked for though the outputs lie in another ("names of
    # perpetrators" in a table of people).
    return [
        wanted.ref.near
        for wanted in frame.draft.wanted
        if wanted.ref and wanted.ref.near and wanted.ref.choice
        if frame.paths.distance(wanted.ref.near, wanted.ref.choice[0]) <= 2.5
    ]


def _told(frame: Frame, join: Join, clause: frozenset[str]) -> Join:
    """Of several joins of two tables, take the one whose columns the sentence speaks of.

    Words of the same ``clause`` come first, then columns of the same name; words of the tables'
    own names tell little.
    """
    options = _options(frame, join)
    if len(options) < _SEVERAL:
        return join
    tables = _table_stems(frame, join)

    def telling(other: Join) -> tuple[int, int, bool, int]:
        named, spoken = column_stems(other), frame.spoken & column_stems(other)
        return len(clause & named - tables), len(spoken - tables), is_alike(other), len(spoken)

    return max(options, key=telling)


def _options(frame: Frame, join: Join) -> list[Join]:
    """Return the declared joins of the same two tables."""
    return [
        other
        for other in frame.graph.joins_between(join.left_table, join.right_table)
        if other.kind == join.kind == "foreign_key"
    ]


def anchored(
    frame: Frame, join: Join, aliases: dict[str, str], clause: frozenset[str]
) -> tuple[plan.Source, tuple[plan.Condition, ...]]:
    """Return the rows that are related to those asked for, and by which columns they are.

    "Clubs that appear in no result" are neither of the two of one, where no word tells which.
    """
    options = _options(frame, join)
    alike = {is_alike(other) for other in options}
    one_key = len({other.left_columns for other in options}) == 1
    told = frame.spoken & {word for other in options for word in column_stems(other)}
    if len(options) < _SEVERAL or True in alike or not one_key or told - _table_stems(frame, join):
        step = join_step(frame, join, aliases, clause)
        return step.source, step.on
    steps = [_step(other, aliases) for other in options]
    return steps[0].source, (plan.AnyOf(tuple(term for step in steps for term in step.on)),)


def is_alike(join: Join) -> bool:
    """Tell whether the columns on both sides have the same names."""
    left, right = (tuple(map(str.lower, side)) for side in (join.left_columns, join.right_columns))
    return left == right


def _table_stems(frame: Frame, join: Join) -> set[str]:
    tables = (frame.graph.table(name) for name in (join.left_table, join.right_table))
    return {word for table in tables for name in table.display_names for word in stems(name)}


def join_step(
    frame: Frame,
    join: Join,
    aliases: dict[str, str] | None = None,
    clause: frozenset[str] = frozenset(),
) -> plan.JoinStep:
    """Return the join as a step of the plan, between aliases where tables go by some."""
    return _step(_told(frame, join, clause), aliases or {})


def _step(join: Join, names: dict[str, str]) -> plan.JoinStep:
    left = names.get(join.left_table, join.left_table)
    right = names.get(join.right_table, join.right_table)
    on = tuple(
        plan.Match(plan.ColumnRef(left, a), plan.ColumnRef(right, b))
        for a, b in zip(join.left_columns, join.right_columns, strict=True)
    )
    return plan.JoinStep(plan.Source(join.right_table, right), on)


def column_stems(join: Join) -> set[str]:
    """Return the stems of the names of the columns that a join compares."""
    columns = (*join.left_columns, *join.right_columns)
    return {word for column in columns for name in column_names(column, "") for word in stems(name)}
