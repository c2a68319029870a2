"""What the embedded stack consists of: its programs, their environment and when they are ready."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from kpi_local import gateway, keys, nats, postgres
from kpi_local.home import Home
from kpi_local.ports import LOOPBACK, SERVICES, Ports
from kpi_local.settings import Settings
from kpi_local.supervision import Program, Stage

READY = "ready"

ServiceCommand = Callable[[str, str], list[str]]


def service_command(service: str, process: str) -> list[str]:
    """Build the command line of one process of a service: `api`, `worker` or `migrate`."""
    return [sys.executable, "-m", f"kpi_{service}", process]


@dataclass(frozen=True, slots=True)
class Part:
    """A process of a service and where it tells whether it is ready."""

    name: str
    port: int

    def readiness(self) -> str:
        """Return `READY`, or what is missing in the process's own words."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException):
            return "no answer"
        finally:
            connection.close()
        return READY if answer.status == 200 else _missing(body)


@dataclass(frozen=True, slots=True)
class Stack:
    """One embedded stack: servers, gateway and services on one home and one set of ports."""

    settings: Settings
    command_of: ServiceCommand = service_command
    ready_timeout: float = 120.0  # seconds for all services together

    @property
    def home(self) -> Home:
        """Where it keeps everything."""
        return Home(self.settings.home)

    @property
    def ports(self) -> Ports:
        """Where it listens."""
        return self.settings.ports

    @property
    def postgres(self) -> postgres.Postgres:
        """Its Postgres server."""
        return postgres.Postgres(self.home.path / "postgres", self.ports.postgres)

    @property
    def nats(self) -> nats.Nats:
        """Its NATS server."""
        return nats.Nats(self.home.path / "nats", self.ports.nats, self.ports.nats_monitor)

    @property
    def gateway(self) -> gateway.Gateway:
        """Its gateway."""
        return gateway.Gateway(
            directory=self.home.run / "gateway",
            port=self.ports.gateway,
            ping_port=self.ports.gateway_ping,
            services={name: f"http://{LOOPBACK}:{self.ports.api(name)}" for name in SERVICES},
            execute_rate=self.settings.execute_rate,
        )

    @property
    def parts(self) -> list[Part]:
        """The services' processes."""
        return [
            part
            for name in SERVICES
            for part in (
                Part(f"{name}-api", self.ports.api(name)),
                Part(f"{name}-worker", self.ports.worker(name)),
            )
        ]

    def prepare(self) -> None:
        """Make keys, clusters and configuration where they are missing; nothing is started."""
        given = self.settings.given
        keys.prepare(self.home)
        if self.settings.signs_tokens:
            keys.write_admin_token(
                self.home,
                issuer=given.issuer or keys.ISSUER,
                audience=given.audience or keys.AUDIENCE,
            )
        self.postgres.prepare()
        self.nats.prepare()
        self.gateway.prepare()

    def programs(self) -> Iterator[Program]:
        """Describe everything that is kept running."""
        # Immediate shutdown would cost a recovery; 10 s are enough for a last checkpoint.
        yield Program("postgres", self.postgres.command(), Stage.STORAGE, postgres.STOP_SIGNAL, 10)
        yield Program("nats", self.nats.command(), Stage.STORAGE, nats.STOP_SIGNAL)
        yield Program("gateway", self.gateway.command(), Stage.EDGE, gateway.STOP_SIGNAL)
        for service in SERVICES:
            for process in ("api", "worker"):
                yield Program(
                    f"{service}-{process}",
                    self.command_of(service, process),
                    Stage.SERVICES,
                    environment=self.environment(service),
                )

    def environment(self, service: str) -> dict[str, str]:
        """Return the settings of one service's processes that the stack decides.

        What it leaves out, the processes have from the user: they inherit our environment.
        """
        home, given = self.home, self.settings.given
        return {
            "KPI_HOME": str(home.path),
            "KPI_DATABASE_URL": self.postgres.url(service),
            "KPI_NATS_URL": self.nats.url(),
            "KPI_BIND": f"{LOOPBACK}:{self.ports.api(service)}",
            "KPI_WORKER_BIND": f"{LOOPBACK}:{self.ports.worker(service)}",
            "KPI_STORE_URL": given.store_url or home.store.as_uri(),
            "KPI_JWKS": given.jwks or str(home.keys / "jwks.json"),
            "KPI_JWT_ISSUER": given.issuer or keys.ISSUER,
            "KPI_JWT_AUDIENCE": given.audience or keys.AUDIENCE,
            "KPI_SECRETS_KEY_FILE": given.secrets_key_file or str(home.keys / "secrets.key"),
            **({"KPI_CACHE": given.cache} if given.cache else {}),
            "KPI_LOG_LEVEL": self.settings.log_level,
            "PYTHONUNBUFFERED": "1",
        }


def _missing(body: bytes) -> str:
    try:
        return json.dumps(json.loads(body))
    except ValueError:
        return body.decode(errors="replace")[:500]
