"""``python -m kpi_client``: the ``kpi`` command."""

from kpi_client.cli.app import main

main()
