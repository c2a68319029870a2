"""Servers for tests from the wheels, the way the embedded stack runs them."""

from __future__ import annotations

from pathlib import Path

from kpi_local import nats, postgres, unprivileged
from kpi_local.ports import free_port
from kpi_testkit.eventually import eventually
from kpi_testkit.processes import Process

START_TIMEOUT = 60.0
ORPHANS = "pre-existing shared memory block"


class EmbeddedPostgres:
    """A throwaway cluster below `directory`. Not synced to disk unless `durable`."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        unprivileged.own(directory)
        self._cluster = postgres.Postgres(directory / "postgres", free_port(), durable=durable)
        self._cluster.prepare()
        self.process = Process(self._cluster.command(), log=directory / "postgres.log")
        self.port = self._cluster.port

    def start(self) -> EmbeddedPostgres:
        """Start, also again after `kill`, on the same port and data."""
        eventually(self._starts, START_TIMEOUT, "no orphans are in the way of Postgres")
        return self

    def stop(self) -> None:
        """Shut down in order (sessions are ended)."""
        self.process.terminate(number=postgres.STOP_SIGNAL)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self.process.kill()

    def close(self) -> None:
        """Stop, if it runs."""
        if self.process.is_running:
            self.stop()
        self.process.close()

    def url(self, role: str = postgres.SUPERUSER, database: str | None = None) -> str:
        """`postgresql://role:…@127.0.0.1:port/database`; the superuser by default."""
        return self._cluster.url(role, database)

    def password(self, role: str) -> str:
        """Return the password of `role` on this server."""
        return self._cluster.password(role)

    def _starts(self) -> bool:
        """Start, or return False while children of a killed server live on for a moment."""
        try:
            self.process.start().wait_until(self._cluster.is_ready, START_TIMEOUT)
        except RuntimeError:
            if ORPHANS not in self.process.log_tail():
                raise
            return False
        return True


class EmbeddedNats:
    """A throwaway JetStream server below `directory`, with the users of the embedded stack."""

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self._server = nats.Nats(directory / "nats", free_port(), free_port(), durable=durable)
        self._server.prepare()
        self.process = Process(self._server.command(), log=directory / "nats.log")
        self.port = self._server.port

    def start(self) -> EmbeddedNats:
        """Start, also again after `kill`, on the same port and streams."""
        self.process.start().wait_until(self._server.is_ready, START_TIMEOUT)
        return self

    def stop(self) -> None:
        """Shut down in order."""
        self.process.terminate(number=nats.STOP_SIGNAL)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self.process.kill()

    def close(self) -> None:
        """Stop, if it runs."""
        if self.process.is_running:
            self.stop()
        self.process.close()

    @property
    def url(self) -> str:
        """URL of the services' user, who may do everything."""
        return self._server.url()

    @property
    def systems_url(self) -> str:
        """URL of the user for other systems, who may only send commands and hear of events."""
        return self._server.url(nats.SYSTEMS_USER)
