"""Filters: conditions on rows, on groups, and on rows that are related to those asked for."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import ROWS, Frame, Unreadable, aggregate_function
from kpi_nlsql.assembly.joining import anchored, join_step
from kpi_nlsql.assembly.peers import against_peers
from kpi_nlsql.drafting.conditions import column_of, condition
from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join


def where_conditions(
    frame: Frame, terms: list[Term], inside: set[str]
) -> tuple[list[plan.Condition], tuple[Join, ...]]:
    """Conditions on joined tables hold directly; those on related rows ask for one such row."""
    direct = [term for term in terms if frame.table_of(term) in inside and term.kind != "exists"]
    outside = [term for term in terms if frame.table_of(term) not in inside]
    tables = [table for term in outside if (table := frame.table_of(term))]
    joins: tuple[Join, ...] = ()
    where: list[plan.Condition] = []
    if tables:
        tree = frame.tree(frame.entity, [*inside - {frame.entity}, *tables])
        extra = tuple(join for join in tree if join.right_table not in inside)
        if frame.multiplies(extra):
            where.append(plan.Exists(related_rows(frame, outside)))
        else:
            joins = extra
            direct += [term for term in outside if term.kind != "exists"]
    return row_conditions(frame, direct, {}) + where, joins


def row_conditions(
    frame: Frame, terms: list[Term], aliases: dict[str, str]
) -> list[plan.Condition]:
    """Put row conditions together: those joined by "or" form one alternative."""
    found: list[list[plan.Condition]] = []
    for term in terms:
        if term.ref is None or term.ref.choice is None:
            continue
        table, name = term.ref.chosen
        subject = plan.ColumnRef(aliases.get(table, table), name)
        if term.peers or term.among is not None:
            made = _against_peers(frame, term, subject)
        else:
            made = condition(term, subject, column_of(frame.graph, term.ref.chosen))
        if term.joined_by_or and found:
            found[-1].append(made)
        else:
            found.append([made])
    told = [plan.AnyOf(tuple(group)) if len(group) > 1 else group[0] for group in found]
    return list(dict.fromkeys(told))  # "in France or Poland (FR, PL)"


def _against_peers(frame: Frame, term: Term, subject: plan.ColumnRef) -> plan.Condition:
    table = (term.other or term.ref).chosen[0]  # type: ignore[union-attr]
    alias = f"all_{table}"
    told = [other for other in frame.draft.terms if other.scope == term.among != MAIN]
    if any(frame.table_of(other) != table for other in told if other.kind != "exists"):
        raise Unreadable("the average is taken over rows of several tables")
    told = [other for other in told if other.kind != "exists"]
    among = row_conditions(frame, told, {table: alias})
    return against_peers(frame, term, subject, among, alias)


def having_condition(term: Term, aliases: dict[str, str] | None = None) -> plan.Condition:
    """Return a condition on a group: how many rows it has, or an aggregate of a column."""
    if term.ref is not None and term.ref.choice:
        table, name = term.ref.chosen
        column = plan.ColumnRef((aliases or {}).get(table, table), name)
        if term.kind == "count":
            subject = plan.Aggregate("count", column, distinct=True)
        else:
            subject = plan.Aggregate(aggregate_function(str(term.function)), column)
    else:
        subject = ROWS
    if term.against == "column" and term.other is not None:
        function = aggregate_function(str(term.function))
        other = plan.Aggregate(function, plan.ColumnRef(*term.other.chosen))
        return plan.Compare(subject, term.operator, other)
    if len(term.values) > 1:
        low, high = term.values
        return plan.Between(subject, plan.Constant(low), plan.Constant(high))
    return plan.Compare(subject, term.operator, plan.Constant(term.values[0]))


def related_rows(
    frame: Frame, terms: list[Term], root: str | None = None, of: str | None = None
) -> plan.Query:
    """Return a query for rows related to the entity (under the alias ``root``) meeting the terms.

    They are related to the rows of another table if ``of`` tells one.

    Raises Unreadable.
    """
    entity = of or frame.entity
    tables = [table for term in terms if (table := frame.table_of(term))]
    tables = [table for table in dict.fromkeys(tables) if table != entity]
    tree = frame.tree(entity, tables, inward=True)
    if not tree:
        raise Unreadable("the rows are related to themselves only")
    first, rest = tree[0], tree[1:]
    aliases = {join.right_table: frame.alias(join.right_table) for join in tree}
    if root is not None or any(join.left_table == entity for join in rest):
        aliases[entity] = root or entity
    clause = frozenset[str]().union(*(frame.sentence.clause_stems(t.position) for t in terms))
    source, anchor = anchored(frame, first, aliases, clause)
    counts = [term for term in terms if term.kind == "count" or term.function]
    row_terms = [term for term in terms if term.kind != "exists" and term not in counts]
    where = [*anchor, *row_conditions(frame, row_terms, aliases)]
    having = plan.all_of([having_condition(term, aliases) for term in counts])
    return plan.Query(
        outputs=(plan.Output(plan.Constant(1)),),
        source=source,
        joins=tuple(join_step(frame, join, aliases, clause) for join in rest),
        where=plan.all_of(where),
        having=having,
        group=tuple(m.right for m in anchor if isinstance(m, plan.Match)) if counts else (),
    )
