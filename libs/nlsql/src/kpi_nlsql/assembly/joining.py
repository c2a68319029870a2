"""Joining: which tables the query needs outside any nested one, and on which columns."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.drafting.draft import MAIN, Group
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join
from kpi_nlsql.schema.role_keys import (
    column_stems,
    is_alike,
    role_keys,
    table_stems,
    told_role,
)


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
    options = role_keys(frame.graph, join.left_table, join.right_table)
    if join not in options:
        return join
    tables = table_stems(frame.graph, join.left_table, join.right_table)

    def telling(other: Join) -> tuple[float, float, bool, int, bool]:
        told = told_role(other, clause, tables), told_role(other, frame.spoken, tables)
        return *told, is_alike(other), len(frame.spoken & column_stems(other)), other == join

    return max(options, key=telling)


def anchored(
    frame: Frame, join: Join, aliases: dict[str, str], clause: frozenset[str]
) -> tuple[plan.Source, tuple[plan.Condition, ...]]:
    """Return the rows that are related to those asked for, and by which columns they are.

    "Clubs that appear in no result" are neither of the two of one, where no word tells which.
    """
    options = role_keys(frame.graph, join.left_table, join.right_table)
    alike = any(is_alike(other) or other.kind != "foreign_key" for other in options)
    one_key = len({other.left_columns for other in options}) == 1
    tables = table_stems(frame.graph, join.left_table, join.right_table)
    told = any(told_role(other, frame.spoken, tables) for other in options)
    if not options or alike or not one_key or told:
        step = join_step(frame, join, aliases, clause)
        return step.source, step.on
    steps = [_step(other, aliases) for other in options]
    return steps[0].source, (plan.AnyOf(tuple(term for step in steps for term in step.on)),)


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
