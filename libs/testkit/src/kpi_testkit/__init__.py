"""Throwaway servers, child processes, bounded waiting and builders for the tests.

The fixtures are in `kpi_testkit.plugin`, which pytest loads by its entry point.
"""

from kpi_testkit.crashes import crash_at, crashed
from kpi_testkit.embedded import EmbeddedNats, EmbeddedPostgres
from kpi_testkit.eventually import eventually, eventually_async
from kpi_testkit.processes import Process, Processes
from kpi_testkit.servers import Databases, NatsServer, PostgresServer

__all__ = [
    "Databases",
    "EmbeddedNats",
    "EmbeddedPostgres",
    "NatsServer",
    "PostgresServer",
    "Process",
    "Processes",
    "crash_at",
    "crashed",
    "eventually",
    "eventually_async",
]
