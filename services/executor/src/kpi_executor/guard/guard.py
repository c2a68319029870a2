"""From a text somebody wrote to a text that may be executed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError

from kpi_executor.guard.dialects import sqlglot_dialect
from kpi_executor.guard.functions import ALLOWED_FUNCTIONS
from kpi_executor.guard.limits import MAX_NODES, check_text, check_tokens, too_deep
from kpi_executor.guard.nodes import (
    ALLOWED_NODES,
    ALLOWED_SELECT_ARGUMENTS,
    ALLOWED_TYPES,
    QUERIES,
)
from kpi_executor.guard.tables import TableNames, qualify_tables
from kpi_executor.guard.unsafe import UnsafeQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Set


@dataclass(frozen=True, slots=True)
class GuardedQuery:
    """A query that may be executed: ``sql`` was generated from the checked syntax tree."""

    sql: str
    dialect: str
    tables: frozenset[tuple[str, str]]


def guard(
    sql: str,
    dialect: str,
    graph_tables: Iterable[tuple[str, str]],
    functions: Set[str] = ALLOWED_FUNCTIONS,
) -> GuardedQuery:
    """Check one SELECT and write it anew, without comments and with qualified table names.

    ``graph_tables`` are the (schema, table) pairs it may read; an empty schema stands for sources
    that have none. Raises `UnsafeQuery`, and nothing else, whatever the text is.
    """
    try:
        return _guard(sql, dialect, frozenset(graph_tables), functions)
    except UnsafeQuery:
        raise
    except RecursionError:
        raise too_deep() from None
    except SqlglotError as error:
        raise UnsafeQuery(f"The query cannot be read: {_first_line(error)}") from None
    except Exception as error:  # the parser meets text it was never tested with
        raise UnsafeQuery(f"The query cannot be read ({type(error).__name__}).") from None


def _guard(
    sql: str, dialect_name: str, tables: frozenset[tuple[str, str]], functions: Set[str]
) -> GuardedQuery:
    name = sqlglot_dialect(dialect_name)
    dialect = Dialect.get_or_raise(name)
    check_text(sql)
    tokens = dialect.tokenize(sql)
    check_tokens(tokens)
    parser = dialect.parser(error_level=ErrorLevel.IMMEDIATE)
    statements = [one for one in parser.parse(tokens, sql) if one is not None]
    if len(statements) != 1:
        raise UnsafeQuery("Exactly one SELECT is allowed; remove what follows the semicolon.")
    statement = statements[0]
    _check_nodes(statement, functions)
    used = qualify_tables(statement, TableNames(tables, dialect, name))
    written = dialect.generate(
        statement, copy=False, comments=False, unsupported_level=ErrorLevel.RAISE
    )
    return GuardedQuery(written, dialect_name, used)


def _check_nodes(statement: exp.Expr, functions: Set[str]) -> None:
    if not isinstance(statement, QUERIES):
        raise UnsafeQuery(f"Only SELECT is allowed, not {_spoken(statement)}.")
    for number, node in enumerate(statement.walk()):
        if number > MAX_NODES:
            raise UnsafeQuery(f"The query has more than {MAX_NODES:,} parts; shorten it.")
        _check_node(node, functions)


def _check_node(node: exp.Expr, functions: Set[str]) -> None:
    kind = type(node)
    if kind not in ALLOWED_NODES:
        _check_function(node, functions)
    elif kind is exp.Select:
        _check_select(node)
    elif kind is exp.Table:
        _check_table(node)
    elif kind is exp.DataType:
        _check_type(node)
    elif kind is exp.CTE and not isinstance(node.this, QUERIES):
        raise UnsafeQuery("Every query in WITH must be a SELECT.")


def _check_function(node: exp.Expr, functions: Set[str]) -> None:
    if not isinstance(node, (exp.Func, exp.Anonymous)):
        raise UnsafeQuery(f"{_spoken(node)} is not allowed in a KPI's query.")
    called = node.name if type(node) is exp.Anonymous else node.sql_name()
    if called.upper() not in functions:
        raise UnsafeQuery(f"The function {called[:60].upper()} is not allowed in a KPI's query.")


def _check_select(node: exp.Expr) -> None:
    if not node.expressions:
        raise UnsafeQuery("SELECT without columns is not allowed; name at least one.")
    for argument, value in node.args.items():
        if value and argument not in ALLOWED_SELECT_ARGUMENTS:
            raise UnsafeQuery(
                f"SELECT with {argument.strip('_').replace('_', ' ').upper()} is not allowed."
            )


def _check_table(node: exp.Expr) -> None:
    if isinstance(node.this, exp.Func):
        raise UnsafeQuery(
            f"The table function {node.this.name[:60].upper() or 'in FROM'} is not allowed; "
            "select from a table of the graph."
        )
    if node.args.get("ordinality") or node.args.get("only"):
        raise UnsafeQuery("FROM with ORDINALITY or ONLY is not allowed.")


def _check_type(node: exp.Expr) -> None:
    if node.this not in ALLOWED_TYPES:
        raise UnsafeQuery(f"CAST to {node.sql()[:60]} is not allowed.")


def _spoken(node: exp.Expr) -> str:
    names = {
        "Into": "SELECT INTO",
        "Lock": "FOR UPDATE",
        "Command": "this statement",
        "Dot": "A function or field behind a dot",
        "ObjectIdentifier": "A cast to a system identifier",
    }
    kind = type(node).__name__
    return names.get(kind, kind.upper())


def _first_line(error: Exception) -> str:
    # sqlglot underlines the place with terminal codes; a message for a browser has none.
    line = str(error).splitlines()[0]
    return "".join(character for character in line if character.isprintable())[:300]
