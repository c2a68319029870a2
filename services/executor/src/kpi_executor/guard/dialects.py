"""Names of SQL dialects: ours (as users write ``db_type``) and sqlglot's."""

from kpi_executor.guard.unsafe import UnsafeQuery

_SQLGLOT_NAMES = {
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "oracle": "oracle",
    "sqlserver": "tsql",
    "tsql": "tsql",
}


def sqlglot_dialect(name: str) -> str:
    """Return sqlglot's name of the dialect; raises `UnsafeQuery` for one that is not known."""
    try:
        return _SQLGLOT_NAMES[name.lower()]
    except KeyError:
        known = ", ".join(sorted(_SQLGLOT_NAMES))
        raise UnsafeQuery(f"The SQL dialect {name!r} is not known; use one of {known}.") from None
