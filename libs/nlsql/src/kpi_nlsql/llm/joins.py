"""Which columns a query joins its tables by."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from kpi_nlsql.sql import DIALECTS


def joined_on(sql: str, dialect: str) -> frozenset[str]:
    """Return the names (lower case) of columns by which a parsable query relates tables.

    These are the columns of ``USING``, of comparisons of two columns, and of ``IN`` with a query.
    """
    tree = sqlglot.parse_one(sql, read=DIALECTS[dialect.lower()])
    return frozenset(name.lower() for node in tree.walk() for name in _names(node))


def _names(node: exp.Expr) -> Iterator[str]:
    if isinstance(node, exp.Join):
        yield from (column.name for column in node.args.get("using") or ())
    elif isinstance(node, exp.Predicate) and isinstance(node, exp.Binary):
        left, right = (
            list(node.this.find_all(exp.Column)),
            list(node.expression.find_all(exp.Column)),
        )
        if left and right:
            yield from (column.name for column in (*left, *right))
    elif isinstance(node, exp.In) and node.args.get("query") is not None:
        yield from (column.name for column in node.this.find_all(exp.Column))
        for query in node.args["query"].find_all(exp.Select):
            yield from (output.name for output in query.selects)
