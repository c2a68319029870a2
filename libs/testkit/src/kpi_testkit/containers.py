"""Servers for tests in containers, for a machine whose platform has no wheels of them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
from docker.models.containers import Container  # type: ignore[import-untyped]
from testcontainers.core.container import DockerContainer

from kpi_local import nats, postgres
from kpi_local.ports import free_port
from kpi_testkit.eventually import eventually

POSTGRES_IMAGE = "postgres:18"
NATS_IMAGE = "nats:2.15"
POSTGRES_PORT, NATS_PORT, MONITOR_PORT = 5432, 4222, 8222
START_TIMEOUT = 60.0
LOG_LINES = 40


class _Container:
    """A container on fixed host ports, so that it comes back where it was."""

    def __init__(self, container: DockerContainer) -> None:
        self._container = container
        self._exists = False

    def stop(self) -> None:
        """Shut down in order."""
        self._container.get_wrapped_container().stop(timeout=10)

    def kill(self) -> None:
        """SIGKILL to the server, as a crash."""
        self._container.get_wrapped_container().kill()

    def close(self) -> None:
        """Remove the container."""
        self._container.stop()

    def _run_until(self, is_ready: Callable[[], bool], image: str) -> None:
        """Start and wait; an early end or a timeout shows what the server wrote."""
        self._run()
        container = self._container.get_wrapped_container()

        def ready() -> bool:
            container.reload()
            if container.status == "exited":
                raise RuntimeError(f"{image} ended:\n{_log_tail(container)}")
            return is_ready()

        try:
            eventually(ready, START_TIMEOUT, f"{image} is ready")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{_log_tail(container)}") from None

    def _run(self) -> None:
        if self._exists:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._exists = True


def _log_tail(container: Container) -> str:
    return str(container.logs(tail=LOG_LINES).decode(errors="replace"))


class ContainerPostgres(_Container):
    """A throwaway Postgres in a container, not synced to disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self._passwords: dict[str, str] = {}
        container = (
            DockerContainer(POSTGRES_IMAGE)
            .with_bind_ports(POSTGRES_PORT, self.port)
            .with_env("POSTGRES_PASSWORD", self.password(postgres.SUPERUSER))
            .with_command("postgres -c fsync=off -c max_connections=120")
        )
        super().__init__(container)

    def start(self) -> ContainerPostgres:
        """Start, also again after `kill`, on the same port and data."""
        self._run_until(self._is_ready, POSTGRES_IMAGE)
        return self

    def url(self, role: str = postgres.SUPERUSER, database: str | None = None) -> str:
        """Return `postgresql://…`; the superuser's by default."""
        return f"postgresql://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database or role}"

    def password(self, role: str) -> str:
        """Return the password that `role` has, or is to have."""
        return self._passwords.setdefault(role, secrets.token_urlsafe(24))

    def _is_ready(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class ContainerNats(_Container):
    """A throwaway NATS in a container, with the configuration of the embedded one."""

    def __init__(self, directory: Path) -> None:
        self._outside = nats.Nats(directory / "nats", free_port(), free_port(), durable=False)
        self._outside.prepare()
        self._outside.configuration_file.write_text(json.dumps(self._inside_configuration()))
        container = (
            DockerContainer(NATS_IMAGE)
            .with_bind_ports(NATS_PORT, self._outside.port)
            .with_bind_ports(MONITOR_PORT, self._outside.monitor_port)
            .with_volume_mapping(str(self._outside.configuration_file), "/etc/nats.json")
            .with_command("--config /etc/nats.json")
        )
        super().__init__(container)

    def start(self) -> ContainerNats:
        """Start, also again after `kill`, on the same port and streams."""
        self._run_until(self._outside.is_ready, NATS_IMAGE)
        return self

    @property
    def url(self) -> str:
        """URL of the services' user, who may do everything."""
        return self._outside.url()

    @property
    def systems_url(self) -> str:
        """URL of the user for other systems, who may only send commands and hear of events."""
        return self._outside.url(nats.SYSTEMS_USER)

    def _inside_configuration(self) -> dict[str, object]:
        inside = replace(self._outside, port=NATS_PORT, monitor_port=MONITOR_PORT).configuration()
        inside["listen"] = f"0.0.0.0:{NATS_PORT}"
        inside["http"] = f"0.0.0.0:{MONITOR_PORT}"
        inside["jetstream"]["store_dir"] = "/data"
        return inside
