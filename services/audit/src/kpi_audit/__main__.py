"""`python -m kpi_audit api|worker|migrate`."""

from kpi_audit.bootstrap import PACKAGE, make_api, run_worker
from kpi_service.processes import run

if __name__ == "__main__":
    run("audit", api=make_api, worker=run_worker, migrations=PACKAGE)
