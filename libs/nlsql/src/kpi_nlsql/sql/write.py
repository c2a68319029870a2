"""A plan as a sqlglot tree, and the tree as text in a dialect."""

from __future__ import annotations

from sqlglot import exp

from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sql.conditions import condition
from kpi_nlsql.sql.expressions import expression, identifier
from kpi_nlsql.sql.shares import marked, shown

DIALECTS = {
    "mysql": "mysql",
    "mariadb": "mysql",
    "postgres": "postgres",
    "postgresql": "postgres",
    "oracle": "oracle",
    "tsql": "tsql",
    "sqlserver": "tsql",
    "mssql": "tsql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "trino": "trino",
    "starburst": "trino",
}
"""The names by which users call a database, and sqlglot's name of its dialect."""

_SET_OPERATORS: dict[str, type[exp.SetOperation]] = {
    "union": exp.Union,
    "intersect": exp.Intersect,
    "except": exp.Except,
}


def write_sql(query: plan.Plan, graph: Graph, dialect: str, limit: int | None = None) -> str:
    """Return the plan as one SELECT in ``dialect``.

    ``limit`` bounds the rows that come out at the end; a tighter limit of the plan stays.
    Raises ValueError for a dialect that is not in ``DIALECTS``.
    """
    name = DIALECTS.get(dialect.lower())
    if name is None:
        raise ValueError(f"unknown dialect {dialect!r}; known: {', '.join(sorted(DIALECTS))}")
    tree = _Writer(graph).query(query)
    if limit is not None:
        tree = _limited(tree, query, limit)
    written: exp.Expr = tree
    if name == "oracle":
        written = tree.transform(_days_as_numbers)
    elif name == "tsql":
        written = tree.transform(_days_from_midnight)
    return written.sql(dialect=name, comments=False)


def _days_from_midnight(node: exp.Expr) -> exp.Expr:
    """Begin days at midnight: what T-SQL calls today is this moment."""
    if isinstance(node, exp.CurrentDate) and isinstance(node.parent, exp.DateAdd):
        return exp.cast(node.copy(), exp.DType.DATE)
    return node


def _days_as_numbers(node: exp.Expr) -> exp.Expr:
    """Oracle has no functions of days: a number added to a date, or a difference, is days.

    Its dates have a time of the day, today's that of now.
    """
    if isinstance(node, exp.DateAdd):
        today = exp.Anonymous(this="TRUNC", expressions=[node.this])
        return exp.Add(this=today, expression=node.expression)
    if isinstance(node, exp.DateDiff):
        return exp.Sub(this=node.this, expression=node.expression)
    return node


def _limited(tree: exp.Query, query: plan.Plan, limit: int) -> exp.Query:
    own = query.limit if isinstance(query, plan.Query) else None
    if isinstance(query, plan.Query) and _one_row(query):
        return tree
    if own is not None and own <= limit:
        return tree
    return tree.limit(limit, copy=False)


def _one_row(query: plan.Query) -> bool:
    # Aggregates without groups give one row: a limit would only invite misreading.
    outputs = [output.expression for output in query.outputs]
    return not query.group and all(isinstance(output, plan.Aggregate) for output in outputs)


class _Writer:
    """Writes queries; knows the graph for the schemas of the tables."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def query(self, query: plan.Plan) -> exp.Query:
        if isinstance(query, plan.SetQuery):
            return self._set(query)
        return self._select(query)

    def _set(self, query: plan.SetQuery) -> exp.Query:
        operator = _SET_OPERATORS[query.operator]
        return operator(
            this=self.query(query.left), expression=self.query(query.right), distinct=True
        )

    def _select(self, query: plan.Query) -> exp.Query:
        query = marked(query)
        select = exp.Select(expressions=[self._output(output) for output in query.outputs])
        select.set("from_", exp.From(this=self._table(query.source)))
        for step in query.joins:
            on = exp.and_(*(condition(term, self.query) for term in step.on))
            kind = {"side": "LEFT"} if step.outer else {}
            select.append("joins", exp.Join(this=self._table(step.source), on=on, **kind))
        if query.where is not None:
            select.set("where", exp.Where(this=condition(query.where, self.query)))
        if query.group:
            keys = [expression(key) for key in query.group]
            select.set("group", exp.Group(expressions=keys))
        if query.having is not None:
            select.set("having", exp.Having(this=condition(query.having, self.query)))
        if query.order:
            select.set("order", exp.Order(expressions=[self._ordered(key) for key in query.order]))
        if query.distinct:
            select.set("distinct", exp.Distinct())
        return select if query.limit is None else select.limit(query.limit, copy=False)

    def _table(self, source: plan.Source) -> exp.Expr:
        if source.query is not None:
            return self.query(source.query).subquery(alias=identifier(source.alias))
        table = self._graph.table(source.table)
        written = exp.Table(
            this=identifier(table.name), db=identifier(table.schema) if table.schema else None
        )
        if source.alias != table.name:
            written.set("alias", exp.TableAlias(this=identifier(source.alias)))
        return written

    def _output(self, output: plan.Output) -> exp.Expr:
        written = shown(output.expression, self.query)
        return exp.alias_(written, output.name, quoted=True) if output.name else written

    def _ordered(self, key: plan.Order) -> exp.Expr:
        return exp.Ordered(this=shown(key.expression, self.query), desc=key.descending)
