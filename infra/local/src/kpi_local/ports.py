"""TCP ports on the loopback interface: which are free, and who gets which in the embedded stack."""

from __future__ import annotations

import socket
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
SERVICES = ("definitions", "executor", "results", "audit")


def free_port() -> int:
    """Find a TCP port that is free on the loopback interface now (though maybe not for long)."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Ports:
    """The thirteen consecutive ports of one embedded stack, beginning with the gateway's."""

    gateway: int

    @property
    def nats(self) -> int:
        """Client port of the NATS server."""
        return self.gateway + 9

    @property
    def nats_monitor(self) -> int:
        """HTTP monitoring port of the NATS server."""
        return self.gateway + 10

    @property
    def postgres(self) -> int:
        """Client port of the Postgres server."""
        return self.gateway + 11

    @property
    def gateway_ping(self) -> int:
        """Health and metrics of the gateway itself."""
        return self.gateway + 12

    def api(self, service: str) -> int:
        """Port of the REST API of `service`."""
        return self.gateway + 1 + SERVICES.index(service)

    def worker(self, service: str) -> int:
        """Port of the health and metrics endpoint of the worker of `service`."""
        return self.gateway + 5 + SERVICES.index(service)

    def by_purpose(self) -> dict[str, int]:
        """Every port with the name of what listens there."""
        return {
            "gateway": self.gateway,
            **{f"{name} api": self.api(name) for name in SERVICES},
            **{f"{name} worker": self.worker(name) for name in SERVICES},
            "nats": self.nats,
            "nats monitor": self.nats_monitor,
            "postgres": self.postgres,
            "gateway ping": self.gateway_ping,
        }

    def taken(self) -> dict[str, int]:
        """Those ports on which something else listens already."""
        return {name: port for name, port in self.by_purpose().items() if not is_free(port)}
