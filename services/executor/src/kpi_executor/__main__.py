"""`python -m kpi_executor api|worker|migrate`."""

from kpi_executor.bootstrap import PACKAGE, make_api, run_worker
from kpi_service.processes import run

if __name__ == "__main__":
    run("executor", api=make_api, worker=run_worker, migrations=PACKAGE, api_threads=64)
