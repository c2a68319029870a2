"""Writing a plan as SQL, through a sqlglot tree, for each dialect."""

from kpi_nlsql.sql.write import DIALECTS, write_sql

__all__ = ["DIALECTS", "write_sql"]
