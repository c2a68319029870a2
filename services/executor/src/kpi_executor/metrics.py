"""Prometheus metrics of the executor."""

from prometheus_client import Counter, Gauge, Histogram

executions = Counter(
    "kpi_executions", "Attempts ended, by what became of their execution", ["status"]
)
running = Gauge("kpi_executions_running", "Attempts under way in this process")
recovered = Counter("kpi_executions_recovered", "Attempts taken from workers that were gone")
query_seconds = Histogram(
    "kpi_query_seconds",
    "Time a query took, storing its rows included",
    ["database_type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
