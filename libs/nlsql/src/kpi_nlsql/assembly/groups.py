"""Groups: what the rows are put together by, said or implied."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.drafting.draft import Group, Ref
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns

_SEVERAL = {(">", 1), (">=", 2)}


def group_keys(
    frame: Frame, groups: list[Group], outputs: list[plan.Output]
) -> tuple[plan.Expression, ...]:
    """Return the keys of the groups: those said, else the rows for each of which is counted."""
    if not frame.aggregated():
        return ()
    plain = [o.expression for o in outputs if isinstance(o.expression, plan.ColumnRef)]
    whole = any(isinstance(output.expression, plan.Star) for output in outputs)
    if not groups and not plain and not whole:
        return ()
    keys: list[plan.Expression] = []
    for group in groups:
        if group.ref is not None and group.ref.choice:
            keys.append(group_key(group.ref, group))
        elif group.table:
            keys += [
                plan.ColumnRef(group.table, column)
                for column in key_columns(frame.graph.table(group.table))
            ]
    if not keys:
        keys = _implied_keys(frame, plain)
    return tuple(dict.fromkeys([*keys, *plain]))


def shared_values(
    frame: Frame, keys: tuple[plan.Expression, ...], having: list[plan.Condition]
) -> list[plan.Condition]:
    """Return that a value is there, where those are asked for that several rows share.

    "Which email addresses do we have for more than one owner": an empty one is no address.
    """
    several = any(
        term.kind == "count" and (term.operator, *term.values) in _SEVERAL
        for term in frame.draft.terms
    )
    key = keys[0] if len(keys) == 1 else None
    if not having or not several or not isinstance(key, plan.ColumnRef):
        return []
    table = frame.graph.table(frame.entity)
    if key.source != frame.entity or key.column in table.primary_key:
        return []
    return [plan.Not(plan.IsNull(key))] if table.column(key.column).nullable else []


def group_key(ref: Ref, group: Group) -> plan.Expression:
    """Return the column, or the period of its dates, that a group is made by."""
    column = plan.ColumnRef(*ref.chosen)
    return column if group.period is None else plan.PeriodOf(column, group.period)


def _implied_keys(frame: Frame, plain: list[plan.ColumnRef]) -> list[plan.Expression]:
    """Group by the rows of the entity when something else is counted for each of them."""
    terms = [] if frame.counts_inside() else frame.draft.terms
    counted = {s.table for s in frame.draft.sorting} | {t.table for t in terms if t.kind == "count"}
    counted |= {t.ref.choice[0] for t in terms if t.function and t.ref and t.ref.choice}
    counted |= {w.table for w in frame.draft.wanted if w.function == "count"}
    owners = {column.source for column in plain} or {frame.entity}
    of_rows = {table for table in counted if table} - owners
    if of_rows and len(owners) == 1:
        owner = next(iter(owners))
        if not _asks_for_rows_of(frame, owner, plain):
            return []
        if not _shows_names(frame, owner, plain) and _has_one_each(frame, owner, of_rows):
            return []
        keys = key_columns(frame.graph.table(owner))
        return [plan.ColumnRef(owner, column) for column in keys]
    return []


def _has_one_each(frame: Frame, owner: str, counted: set[str]) -> bool:
    # "policy types used by more than two customers": a policy has one customer, so the
    # rows that share the type are counted, not the customers of each row.
    tree = frame.paths.tree(owner, sorted(counted))
    return bool(tree) and all(frame.paths.to_one(join, frame.graph) for join in tree or ())


def _asks_for_rows_of(frame: Frame, owner: str, plain: list[plan.ColumnRef]) -> bool:
    mentioned = owner in {entity for _, entity in frame.draft.entities}
    mentioned = mentioned or any(w.ref and w.ref.near == owner for w in frame.draft.wanted)
    table = frame.graph.table(owner)
    names = {*key_columns(table), *naming_columns(table)}
    if _tells_kinds(frame, owner, plain, names):
        return False
    return not plain or mentioned or any(column.column in names for column in plain)


def _tells_kinds(frame: Frame, owner: str, plain: list[plan.ColumnRef], names: set[str]) -> bool:
    """Tell whether a kind is shown beside a count: "vehicle fuel type and number of trips"."""
    shown = [w for w in frame.draft.wanted if w.ref and w.ref.choice and not w.function]
    counts = any(w.function == "count" and w.ref is None for w in frame.draft.wanted)
    if not counts or len(shown) != 1 or len(plain) != 1 or plain[0].column in names:
        return False
    items, at = frame.sentence.items, shown[0].position
    before = items[at - 1] if at else items[at]
    named = before.table_hits()[0].table if before.table_hits() else None
    each = any(item.text in {"each", "every"} or item.is_cue("group") for item in items)
    return named == owner and not before.text.endswith("s") and not each


def _shows_names(frame: Frame, owner: str, shown: list[plan.ColumnRef]) -> bool:
    table = frame.graph.table(owner)
    key = key_columns(table)
    # One part of a composite key names no row.
    names = {*key, *naming_columns(table)} - set(key if len(key) > 1 else ())
    return any(column.column in names for column in shown)
