"""`python -m kpi_definitions api|worker|migrate`."""

from kpi_definitions.bootstrap import PACKAGE, make_api, run_worker
from kpi_service.processes import run

if __name__ == "__main__":
    run("definitions", api=make_api, worker=run_worker, migrations=PACKAGE)
