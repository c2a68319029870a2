"""Whether every service is ready and, where one is not, what it misses."""

from __future__ import annotations

from kpi_client.errors import ApiError, InvalidAnswer, ServiceUnavailable, Unavailable
from kpi_client.models import ServiceHealth
from kpi_client.transport import Transport

SERVICES = ("definitions", "executor", "results", "audit")


class Health:
    """Readiness of the services; the gateway leads to each below ``/docs``, without a token."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def services(self) -> list[ServiceHealth]:
        """Ask every service.

        Raises:
            Unavailable: the gateway itself does not answer.

        """
        return [self.service(name) for name in SERVICES]

    def service(self, name: str) -> ServiceHealth:
        """Readiness of one service."""
        try:
            self._transport.get(f"/docs/{name}/readyz", attempts=1)  # 503 is an answer here
        except ServiceUnavailable as error:
            return _away(name, _missing(error))
        except Unavailable:
            raise
        except (ApiError, InvalidAnswer) as error:
            return _away(name, [str(error)])
        return {"service": name, "ready": True, "missing": []}


def _away(name: str, missing: list[str]) -> ServiceHealth:
    return {"service": name, "ready": False, "missing": missing}


def _missing(error: ServiceUnavailable) -> list[str]:
    """Give what ``/readyz`` names; a gateway that finds no service names nothing."""
    named = error.problem.by_field
    return [f"{part}: {'; '.join(reasons)}" for part, reasons in named.items()] or [str(error)]
