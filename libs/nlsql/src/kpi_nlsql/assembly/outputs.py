"""Outputs: the columns, aggregates and names that the question asks for."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import ROWS, Frame, aggregate_function
from kpi_nlsql.assembly.groups import group_key
from kpi_nlsql.drafting.draft import Formula, Group, Sorting, Wanted
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns

_TELLING = 0.5
_NAMES = ("name", "title")

_TOLD = {"+": "plus", "-": "minus", "*": "times", "/": "by"}


def shown_outputs(frame: Frame, groups: list[Group]) -> tuple[list[plan.Output], bool]:
    """Return the outputs and whether the sentence asks for different ones."""
    outputs: list[plan.Output] = []
    for wanted in frame.draft.wanted:
        if not _repeats(frame, wanted):
            outputs += _output(frame, wanted)
    plain = [o for o in outputs if not isinstance(o.expression, plan.Aggregate)]
    if outputs and not plain:
        outputs = [*_group_outputs(frame, groups), *outputs]
    elif groups and not frame.aggregated():
        outputs = [*_group_outputs(frame, _not_shown(groups, outputs)), *outputs]
    if not outputs:
        outputs = _group_outputs(frame, groups) or _entity_outputs(frame)
    unique = list(dict.fromkeys(outputs))
    return unique, frame.draft.distinct and not frame.aggregated()


def _repeats(frame: Frame, wanted: Wanted) -> bool:
    # "maximum length in metres": two mentions of one column are one output.
    return wanted.function is None and any(
        other.function is not None
        and other.ref is not None
        and wanted.ref is not None
        and other.ref.choice == wanted.ref.choice
        and abs(other.position - wanted.position) <= 2
        for other in frame.draft.wanted
    )


def lists_values(frame: Frame, outputs: list[plan.Output], where: list[plan.Condition]) -> bool:
    """Tell whether values are listed, each once: "show all majors", no rows spoken of."""
    if len(outputs) != 1 or where or frame.draft.sorting or frame.draft.entities:
        return False
    column = outputs[0].expression
    if not isinstance(column, plan.ColumnRef):
        return False
    near = any(wanted.ref and wanted.ref.near for wanted in frame.draft.wanted)
    return not near and not frame.graph.table(column.source).column(column.column).unique


def _not_shown(groups: list[Group], outputs: list[plan.Output]) -> list[Group]:
    # "the name of each department" asks for nothing more than the name.
    shown = {o.expression.source for o in outputs if isinstance(o.expression, plan.ColumnRef)}
    return [group for group in groups if group.ref is not None or group.table not in shown]


def _output(frame: Frame, wanted: Wanted) -> list[plan.Output]:
    if wanted.function == "count" and wanted.ref is None:
        return [plan.Output(_different_rows(frame, wanted) or ROWS, "count")]
    if wanted.ref is None and wanted.table:
        return naming_outputs(frame, wanted.table)
    if wanted.ref is None or wanted.ref.choice is None:
        return []
    column = plan.ColumnRef(*wanted.ref.chosen)
    measure = _measure(column, wanted.formula)
    name = _name(column, measure)
    if wanted.function is None:
        return [plan.Output(measure, name if wanted.formula else None)]
    function = aggregate_function(wanted.function)
    whole = plan.Aggregate(function, measure, wanted.distinct)
    return [plan.Output(whole, f"{wanted.function}_{name}")]


def _different_rows(frame: Frame, wanted: Wanted) -> plan.Aggregate | None:
    """Return the count of different rows that groups repeat: "distinct buyers per channel"."""
    groups = {group.ref.chosen[0] for group in frame.draft.groups if group.ref and group.ref.choice}
    groups |= {group.table for group in frame.draft.groups if group.table}
    key = key_columns(frame.graph.table(wanted.table)) if wanted.table else ()
    if not wanted.distinct or len(key) != 1:
        return None
    joins = frame.tree(str(wanted.table), sorted(groups - {wanted.table}))
    if not frame.multiplies(joins):
        return None
    return plan.Aggregate("count", plan.ColumnRef(str(wanted.table), key[0]), distinct=True)


def _measure(column: plan.ColumnRef, formula: Formula | None) -> plan.ColumnRef | plan.Arithmetic:
    if formula is None:
        return column
    return plan.Arithmetic(formula.operator, column, plan.ColumnRef(*formula.other.chosen))


def _name(column: plan.ColumnRef, measure: plan.ColumnRef | plan.Arithmetic) -> str:
    if isinstance(measure, plan.Arithmetic) and isinstance(measure.right, plan.ColumnRef):
        return f"{column.column}_{_TOLD[measure.operator]}_{measure.right.column}"
    return column.column


def _entity_outputs(frame: Frame) -> list[plan.Output]:
    if asks_details(frame) and (kept := details_kept(frame)):
        return [plan.Output(plan.ColumnRef(frame.entity, kept))]
    if frame.draft.whole_rows or frame.asks_rows():
        return [plan.Output(plan.Star(frame.entity))]
    return _row_outputs(frame)


def asks_details(frame: Frame) -> bool:
    """Tell whether details are asked for, by this word."""
    return frame.draft.whole_rows and bool(frame.draft.notes.get("details"))


def details_kept(frame: Frame) -> str | None:
    """Return the column that keeps "the details of the customers": ``customer_details``."""
    table = frame.graph.table(frame.entity)
    named = (
        column.name
        for column in table.columns
        if any(name.split()[-1:] == ["details"] for name in column.display_names)
    )
    return next(named, None)


def _row_outputs(frame: Frame) -> list[plan.Output]:
    # An address goes by no street alone: where nothing names a row, the row itself is shown.
    table = frame.graph.table(frame.entity)
    columns = naming_columns(table)
    shown = table.column(columns[0])
    called = {name for name in shown.display_names if name.endswith(_NAMES)}
    called |= set(shown.display_names) & set(table.display_names)
    named = len(columns) > 1 or bool(called) or frame.draft.distinct
    variety = table.variety(shown)
    vague = not named and variety is not None and variety < _TELLING
    if vague and shown.name not in table.primary_key and not frame.aggregated():
        return [plan.Output(plan.Star(frame.entity))]
    return naming_outputs(frame, frame.entity)


def naming_outputs(frame: Frame, table: str) -> list[plan.Output]:
    """Return the columns that name a row of the table, with the key of a landed one, as outputs."""
    told = frame.graph.table(table)
    keys = key_columns(told) if frame.graph.landed else ()
    columns = dict.fromkeys([*keys, *naming_columns(told)])
    return [plan.Output(plan.ColumnRef(table, column)) for column in columns]


def _group_outputs(frame: Frame, groups: list[Group]) -> list[plan.Output]:
    outputs: list[plan.Output] = []
    for group in groups:
        if group.ref is not None and group.ref.choice:
            outputs.append(plan.Output(group_key(group.ref, group), group.period))
        elif group.table:
            outputs += naming_outputs(frame, group.table)
    return outputs


def sort_key(sorting: Sorting) -> plan.Order:
    """Return a sort key of the plan."""
    if sorting.ref is None:
        return plan.Order(ROWS, sorting.descending)
    measure = _measure(plan.ColumnRef(*sorting.ref.chosen), sorting.formula)
    if sorting.function is None:
        return plan.Order(measure, sorting.descending)
    function = aggregate_function(sorting.function)
    return plan.Order(plan.Aggregate(function, measure), sorting.descending)
