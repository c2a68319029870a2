"""One object for the whole API, an attribute per area."""

from __future__ import annotations

from typing import Self

from kpi_client.audit import Audit
from kpi_client.executions import Executions
from kpi_client.health import Health
from kpi_client.kpis import Kpis
from kpi_client.results import Results
from kpi_client.settings import read_settings
from kpi_client.sources import Sources
from kpi_client.transport import Transport


class Client:
    """Talks to one KPI Ledger through its gateway; safe to share between threads.

    ::

        with Client() as ledger:
            kpi = ledger.kpis.find("Product Mismatch - RBP vs OPS")
            execution = ledger.executions.run(kpi["id"])
            for row in ledger.results.each_row(execution["id"]):
                ...

    URL and token come from the arguments, or else from the environment as
    :func:`kpi_client.settings.read_settings` says. Errors: :mod:`kpi_client.errors`.
    """

    def __init__(
        self, url: str | None = None, token: str | None = None, *, timeout: float = 30.0
    ) -> None:
        settings = read_settings(url=url, token=token)
        self.url = settings.url
        self._transport = Transport(settings.url, settings.token, timeout=timeout)
        self.kpis = Kpis(self._transport)
        self.executions = Executions(self._transport, self.kpis)
        self.results = Results(self._transport)
        self.audit = Audit(self._transport)
        self.sources = Sources(self._transport)
        self.health = Health(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
