"""Which table a name in the query means, and whether the graph has it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlglot import exp

from kpi_executor.guard.unsafe import UnsafeQuery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlglot.dialects.dialect import Dialect

# Here the database itself ignores the case even of quoted names.
_CASE_BLIND = frozenset(("sqlite", "duckdb", "mysql", "tsql"))


class TableNames:
    """The graph's tables, looked up as the dialect compares names."""

    def __init__(
        self, tables: Iterable[tuple[str, str]], dialect: Dialect, dialect_name: str
    ) -> None:
        self._dialect = dialect
        self._case_blind = dialect_name in _CASE_BLIND
        self._schemas: dict[str, dict[str, str]] = defaultdict(dict)
        for schema, table in tables:
            self._schemas[self._compared(table)][self._compared(schema)] = schema
        self._exact = {
            (self._compared(schema), self._compared(table)): (schema, table)
            for schema, table in tables
        }

    def normalized(self, identifier: exp.Expr) -> str:
        """Return the name in the form in which two names of this dialect are equal."""
        if not isinstance(identifier, exp.Identifier):
            raise UnsafeQuery("A table must be given by its name.")
        if self._case_blind:
            return self._compared(identifier.name)
        return str(self._dialect.normalize_identifier(identifier.copy()).name)

    def resolve(self, table: exp.Table) -> tuple[str, str]:
        """Return (schema, table) of the graph; raises `UnsafeQuery` if it has no such table."""
        name = self.normalized(table.this)
        schemas = self._schemas.get(name, {})
        if table.args.get("db") is not None:
            schema = self.normalized(table.args["db"])
            if schema in schemas:
                return self._exact[schema, name]
        elif len(schemas) == 1:
            return self._exact[next(iter(schemas)), name]
        elif schemas:
            where = ", ".join(sorted(schemas.values()))
            raise UnsafeQuery(
                f"The table {table.name!r} exists in several schemas ({where}); "
                "write the schema in front."
            )
        written = ".".join(part.name for part in table.parts)
        raise UnsafeQuery(f"The table {written!r} is not in the knowledge graph of this source.")

    def _compared(self, name: str) -> str:
        return name.casefold() if self._case_blind else name


def qualify_tables(statement: exp.Expr, names: TableNames) -> frozenset[tuple[str, str]]:
    """Write schema and exact name into every table of the tree; return the tables used.

    A qualified name cannot be captured by a search path, a temporary table or a system catalogue.
    """
    used = set()
    for table in list(statement.find_all(exp.Table)):
        if table.args.get("catalog") is not None:
            raise UnsafeQuery(f"{table.sql()!r} names another database; leave its name out.")
        if table.args.get("db") is None and _is_visible_cte(table, names):
            continue
        schema, name = names.resolve(table)
        used.add((schema, name))
        if table.args.get("alias") is None:
            # Columns may be written table.column; the alias keeps that name alive.
            table.set("alias", exp.TableAlias(this=table.this.copy()))
        table.set("this", exp.to_identifier(name, quoted=True))
        table.set("db", exp.to_identifier(schema, quoted=True) if schema else None)
    for column in statement.find_all(exp.Column):
        # schema.table.column would miss the alias just given.
        column.set("db", None)
        column.set("catalog", None)
    return frozenset(used)


def _is_visible_cte(table: exp.Table, names: TableNames) -> bool:
    """Whether an unqualified name means a WITH query that is in scope at this place."""
    name = names.normalized(table.this)
    inside: exp.Expr = table
    above = table.parent
    while above is not None:
        clause = above.args.get("with_")
        if isinstance(clause, exp.With):
            visible = _visible_from(inside, clause)
            if any(names.normalized(cte.args["alias"].this) == name for cte in visible):
                return True
        if not isinstance(above, exp.With):
            inside = above
        above = above.parent
    return False


def _visible_from(inside: exp.Expr, clause: exp.With) -> list[exp.Expr]:
    """WITH queries that the part ``inside`` of the statement can see.

    The statement's body sees all; a WITH query sees those before it, and itself if recursive.
    """
    queries = clause.expressions
    for position, query in enumerate(queries):
        if query is inside:
            return list(queries[: position + (1 if clause.args.get("recursive") else 0)])
    return list(queries)
