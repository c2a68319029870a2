"""The SQL guard: what may be sent to a user's database, and nothing else.

Only text that the guard itself wrote, from a syntax tree it has looked at node by node, reaches a
connector. Every list in this package names what is allowed; what is not named is refused.
"""

from kpi_executor.guard.dialects import sqlglot_dialect
from kpi_executor.guard.functions import ALLOWED_FUNCTIONS
from kpi_executor.guard.guard import GuardedQuery, guard
from kpi_executor.guard.unsafe import UnsafeQuery

__all__ = ["ALLOWED_FUNCTIONS", "GuardedQuery", "UnsafeQuery", "guard", "sqlglot_dialect"]
