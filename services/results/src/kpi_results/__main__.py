"""`python -m kpi_results api|worker|migrate`."""

from kpi_results.bootstrap import API_THREADS, PACKAGE, make_api, run_worker
from kpi_service.processes import run

if __name__ == "__main__":
    run("results", api=make_api, worker=run_worker, migrations=PACKAGE, api_threads=API_THREADS)
