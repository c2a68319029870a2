"""A query in normal form, so that two ways to write one query look the same.

Names are resolved against the graph: what is not a column of one of its tables is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.simplify import simplify

from kpi_nlsql.llm.reply import one_line
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sql import DIALECTS

Schema = dict[str, object]


class UnknownNames(ValueError):
    """The query names a column that the graph does not have, or cannot be understood."""


@dataclass(frozen=True, slots=True)
class NormalForm:
    """A query with every name resolved.

    ``text`` is the same for queries that differ in aliases, case of names, order of conditions,
    output names or a final ORDER BY without LIMIT. ``shape`` counts what a query is made of: its
    tables, columns, literals, aggregates, comparisons and clauses, wherever they stand.
    """

    text: str
    tables: frozenset[str]
    shape: Counter[str]


def normal_form(sql: str, graph: Graph, dialect: str) -> NormalForm:
    """Return the normal form of a guarded SELECT (tables carry their schema and an alias).

    Raises ``UnknownNames``, whatever the text.
    """
    name = DIALECTS.get(dialect.lower())
    if name is None:
        raise UnknownNames(f"the dialect {dialect!r} is not known")
    try:
        return _normal_form(sql, graph, name)
    except SqlglotError as error:
        raise UnknownNames(one_line(str(error))) from None
    except Exception as error:  # the optimiser meets queries it was never tested with
        raise UnknownNames(f"the query is not understood ({type(error).__name__})") from None


def _normal_form(sql: str, graph: Graph, dialect: str) -> NormalForm:
    tree = sqlglot.parse_one(sql, read=dialect)
    for table in tree.find_all(exp.Table):
        _flatten(table)
    schema = _schema(graph, dialect)
    # The second pass names tables alike; it would lose the owner of a star the first one expands.
    qualified = qualify(
        qualify(tree, schema=schema, dialect=dialect),
        schema=schema,
        dialect=dialect,
        canonicalize_table_aliases=True,
    )
    _drop_order(qualified)
    _tidy_exists(qualified)
    known = {_flat_name(table.schema, table.name).lower(): table.name for table in graph.tables}
    used = {table.name.lower() for table in qualified.find_all(exp.Table)} & known.keys()
    shape = _shape(qualified, used)
    text = simplify(_unnamed(qualified), dialect=dialect).sql(dialect)
    return NormalForm(text, frozenset(known[name] for name in used), shape)


def _schema(graph: Graph, dialect: str) -> Schema:
    return {
        _quoted(_flat_name(table.schema, table.name), dialect): {
            _quoted(column.name, dialect): column.type for column in table.columns
        }
        for table in graph.tables
        if table.columns
    }


def _flat_name(schema: str | None, table: str) -> str:
    """One name for schema and table: sqlglot wants all tables at one depth."""
    return f"{schema}.{table}" if schema else table


def _quoted(name: str, dialect: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect)


def _flatten(table: exp.Table) -> None:
    if table.args.get("db") is None:
        return
    name = _flat_name(table.db, table.name)
    table.set("this", exp.to_identifier(name, quoted=True))
    table.set("db", None)


def _drop_order(tree: exp.Expr) -> None:
    """Drop a final order without a limit, which changes no row."""
    if tree.args.get("limit") is None and tree.args.get("offset") is None:
        tree.set("order", None)


def _tidy_exists(tree: exp.Expr) -> None:
    """Let EXISTS select 1: what it selects is of no matter, unless it aggregates."""
    for exists in tree.find_all(exp.Exists):
        query = exists.this
        if isinstance(query, exp.Select) and not query.find(exp.AggFunc, exp.Group):
            query.set("expressions", [exp.Literal.number(1)])


def _unnamed(tree: exp.Expr) -> exp.Expr:
    """Drop the names of outputs, and put the sides of equations in order."""
    if isinstance(tree, exp.Select):
        tree.set("expressions", [output.unalias() for output in tree.expressions])
    for equation in list(tree.find_all(exp.EQ, exp.NEQ)):
        left, right = equation.this, equation.expression
        if left.sql() > right.sql():
            equation.set("this", right)
            equation.set("expression", left)
    return tree


_CLAUSES: tuple[type[exp.Expr], ...] = (
    exp.AggFunc,
    exp.Binary,
    exp.Between,
    exp.Is,
    exp.Like,
    exp.Distinct,
    exp.Limit,
    exp.Offset,
    exp.Ordered,
    exp.Having,
    exp.SetOperation,
    exp.Window,
)
_CONNECTIVES = (exp.And, exp.Or, exp.Dot)
_NEGATIONS = (exp.Not, exp.Except)


def _shape(tree: exp.Expr, used: Set[str]) -> Counter[str]:
    """Count the parts; joins, IN, EXISTS and WITH are ways to write, not what is asked."""
    parts: Counter[str] = Counter()
    sources = _sources(tree, used)
    for node in tree.walk():
        if isinstance(node, exp.Table) and node.name.lower() in used:
            parts[f"table {node.name.lower()}"] = 1
        elif isinstance(node, exp.Column) and node.table in sources:
            parts[f"column {sources[node.table]}.{node.name.lower()}"] = 1
        elif isinstance(node, exp.Literal):
            parts[f"literal {node.name}"] += 1
        elif isinstance(node, _NEGATIONS):
            parts["negation"] = 1
        elif isinstance(node, _CLAUSES) and not isinstance(node, _CONNECTIVES):
            parts[_clause(node)] += 1
    for grouped in tree.find_all(exp.Group):
        parts["group"] += len(grouped.expressions)
    parts["outputs"] = len(tree.selects) if isinstance(tree, exp.Query) else 0
    return parts


def _clause(node: exp.Expr) -> str:
    if isinstance(node, exp.Ordered):
        return "descending" if node.args.get("desc") else "ascending"
    return type(node).__name__


def _sources(tree: exp.Expr, used: Set[str]) -> dict[str, str]:
    return {
        table.alias_or_name: table.name.lower()
        for table in tree.find_all(exp.Table)
        if table.name.lower() in used
    }
