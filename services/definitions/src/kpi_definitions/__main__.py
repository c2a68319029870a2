"""`python -m kpi_definitions api|worker|migrate`."""

from kpi_definitions.bootstrap import PACKAGE, make_api, run_worker
from kpi_service.processes import run

if __name__ == "__main__":
    # Requests are short: more threads only queue for the interpreter lock. With 16 connections,
    # 4 instead of 8 serve as many requests and halve the slowest ones (docs/benchmarks.md).
    run("definitions", api=make_api, worker=run_worker, migrations=PACKAGE, api_threads=4)
