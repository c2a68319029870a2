"""Python client and the ``kpi`` command line of KPI Ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kpi_client.errors import KpiError

if TYPE_CHECKING:
    from kpi_client.client import Client
    from kpi_client.results import View

__all__ = ["Client", "KpiError", "View"]


def __getattr__(name: str) -> Any:
    """Load the HTTP stack on first use, so that ``kpi --help`` need not wait for it."""
    if name == "Client":
        from kpi_client.client import Client

        return Client
    if name == "View":
        from kpi_client.results import View

        return View
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
