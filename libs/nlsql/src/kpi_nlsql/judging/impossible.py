"""Plans that can keep no row, or compare what cannot be compared: nobody asks for that."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.judging.doubts import is_key, meets_one
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import conditions, everything, matches, queries, sources
from kpi_nlsql.schema.flags import is_flag
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.key_names import called_key


def is_impossible(graph: Graph, query: plan.Plan) -> bool:
    """Tell whether a row must meet what it cannot, or a comparison says nothing."""
    selects = list(queries(query))
    tables = {source.alias: source.table for select in selects for source in sources(select)}
    if _is_misplaced(graph, selects, query):
        return True
    return any(
        _is_contradicted(select)
        or _wants_two_values(select)
        or _sorts_alike(select)
        or _counts_ones(graph, select)
        or _takes_itself_away(select)
        or any(_is_senseless(graph, tables, term) for term in conditions(select))
        for select in selects
    )


def _is_misplaced(graph: Graph, selects: list[plan.Query], query: plan.Plan) -> bool:
    """Tell whether a column stands where no row has it: no database answers such a plan."""
    read = {source.alias: source for select in selects for source in sources(select)}
    refs = (part for part in everything(query) if isinstance(part, plan.ColumnRef))
    return any(
        ref.source not in read
        or (
            read[ref.source].query is None
            and graph.find_column(read[ref.source].table, ref.column) is None
        )
        for ref in refs
    )


def _takes_itself_away(select: plan.Query) -> bool:
    """Tell whether a column is shown less itself, for the difference of two called alike."""
    shown = (output.expression for output in select.outputs)
    told = (each.argument if isinstance(each, plan.Aggregate) else each for each in shown)
    return any(
        isinstance(each, plan.Arithmetic) and each.operator == "-" and each.left == each.right
        for each in told
    )


def _is_senseless(graph: Graph, tables: dict[str, str], term: plan.Condition) -> bool:
    """Tell whether a column is compared with itself, an amount with a word, a date with a code."""
    if isinstance(term, plan.Match):
        return _is_dated(graph, tables, term.left) is not _is_dated(graph, tables, term.right)
    if not isinstance(term, plan.Compare):
        return False
    if term.left in {term.right, getattr(term.right, "left", None)}:
        return True  # "above itself plus 10" is no more than "above itself"
    if isinstance(term.right, plan.ColumnRef) and isinstance(term.left, plan.ColumnRef):
        return _is_flag_for_amount(graph, tables, term.left, term.right)
    if isinstance(term.right, plan.Query):
        return term.operator != "=" and _averages_words(graph, tables, term.right)
    if not isinstance(term.right, plan.Constant):
        return False
    left, right = term.left, term.right
    return _is_word_for_amount(graph, tables, left, right) or (
        isinstance(left, plan.ColumnRef)
        and _is_date(graph, tables, left)
        and isinstance(right.value, int | float)
    )


def _is_flag_for_amount(
    graph: Graph, tables: dict[str, str], left: plan.ColumnRef, right: plan.ColumnRef
) -> bool:
    # "invoices of active vendors with the same amount": no amount is the same as a yes or no
    found = [graph.find_column(tables.get(c.source, c.source), c.column) for c in (left, right)]
    columns = [column for column in found if column is not None]
    flags = [is_flag(column) for column in columns]
    amounts = [column.measures and not flag for column, flag in zip(columns, flags, strict=True)]
    return any(flags) and any(amounts)


def _averages_words(graph: Graph, tables: dict[str, str], query: plan.Query) -> bool:
    # "a price above the average of the same currency" is compared with no average of currencies
    shown = query.outputs[0].expression
    if not isinstance(shown, plan.Aggregate) or shown.function not in {"avg", "sum"}:
        return False
    column = shown.argument
    if not isinstance(column, plan.ColumnRef):
        return False
    known = graph.find_column(tables.get(column.source, column.source), column.column)
    return known is not None and known.family == "text" and not known.measures


def _is_dated(graph: Graph, tables: dict[str, str], column: plan.ColumnRef) -> bool:
    # A fiscal year meets no posting date.
    known = graph.find_column(tables.get(column.source, column.source), column.column)
    return known is not None and known.dated


def _is_date(graph: Graph, tables: dict[str, str], column: plan.ColumnRef) -> bool:
    # No date is after 30, as in "paid after 30 days".
    known = graph.find_column(tables.get(column.source, column.source), column.column)
    return known is not None and known.family == "date"


def _is_word_for_amount(
    graph: Graph, tables: dict[str, str], left: plan.Expression, right: plan.Constant
) -> bool:
    if not isinstance(left, plan.ColumnRef) or not isinstance(right.value, str):
        return False
    column = graph.find_column(tables.get(left.source, left.source), left.column)
    amount = column is not None and column.family == "number"
    return amount and not any(letter.isdigit() for letter in right.value)


def _wants_two_values(query: plan.Query) -> bool:
    """Tell whether a column of one row must equal two values, or lie in two months, at once."""
    told: dict[plan.Expression, plan.Expression | plan.Query] = {}
    for term in plan.conjuncts(query.where):
        if not isinstance(term, plan.Compare) or term.operator != "=":
            continue
        subject, value = term.left, term.right
        plain = isinstance(subject, plan.ColumnRef) and isinstance(value, plan.Constant)
        plain = plain or isinstance(subject, plan.PeriodOf)
        if plain and told.setdefault(subject, value) != value:
            return True
    return False


def _sorts_alike(query: plan.Query) -> bool:
    """Tell whether rows are sorted by what is the same in all of them."""
    fixed = [
        term.left
        for term in plan.conjuncts(query.where)
        if isinstance(term, plan.Compare) and term.operator == "="
        if isinstance(term.right, plan.Constant)
    ]
    return any(order.expression in fixed for order in query.order)


def _counts_ones(graph: Graph, query: plan.Query) -> bool:
    """Tell whether rows are counted for each of themselves: there is one of each."""
    source, table = query.source.alias, query.source.table
    keys = {k.column for k in query.group if isinstance(k, plan.ColumnRef) and k.source == source}
    told = [*(o.expression for o in query.outputs), *(o.expression for o in query.order)]
    counted = any(each == plan.Aggregate("count", plan.Star()) for each in told)
    if not counted or query.having is not None or not graph.has_table(table):
        return False
    primary = set(graph.table(table).primary_key) or {key for key in keys if called_key(key)}
    alone = bool(primary) and primary <= keys and is_key(graph, table, primary)
    return alone and all(meets_one(graph, step) for step in query.joins)


def _is_contradicted(select: plan.Query) -> bool:
    """Tell whether the rows must have a match and must not have it."""
    terms = plan.conjuncts(select.where)
    asked = {key for term in terms if (key := _matched(term)) is not None} | set(_joined(select))
    denied = {
        key
        for term in terms
        if isinstance(term, plan.Not) and (key := _matched(term.term, plainly=True)) is not None
    }
    return bool(asked & denied)


def _joined(select: plan.Query) -> Iterator[tuple[str, frozenset[tuple[str, str]]]]:
    """Yield the tables joined to the rows, and by which columns: of each there must be a row."""
    for step in select.joins:
        pairs = [term for term in step.on if isinstance(term, plan.Match)]
        if not step.outer and all(pair.left.source == select.source.alias for pair in pairs):
            yield step.source.table, frozenset((m.left.column, m.right.column) for m in pairs)


def _matched(
    term: plan.Condition, plainly: bool = False
) -> tuple[str, frozenset[tuple[str, str]]] | None:
    """Return the table in which a row must have a match, and by which columns."""
    if not isinstance(term, plan.Exists):
        return None
    inner = term.query
    pairs = frozenset((match.left.column, match.right.column) for match in matches(inner))
    tested = [part for part in plan.parts(inner.where) if not isinstance(part, plan.Match)]
    if plainly and (inner.joins or not all(isinstance(part, plan.IsNull) for part in tested)):
        return None
    return inner.source.table, pairs
