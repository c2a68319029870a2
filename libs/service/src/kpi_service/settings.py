"""What a process is told by its environment: read once, typed, errors naming the variable.

This module and the `settings.py` of each service are the only readers of the environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, EnvValidationError
from marshmallow import ValidationError
from marshmallow.validate import OneOf, Range

DEFAULT_HOME = Path(".kpi")
LOG_LEVELS = ("debug", "info", "warning", "error")


class SettingsError(ValueError):
    """One or more variables are missing or wrong; the message names each of them."""

    def __init__(self, variables: dict[str, list[str]]) -> None:
        self.variables = variables
        lines = (f"{name}: {' '.join(messages)}" for name, messages in sorted(variables.items()))
        super().__init__("Settings are not usable. " + " | ".join(lines))


@dataclass(frozen=True, slots=True)
class Address:
    """A host and port to listen on."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `host:port` (`[::1]:8081` for IPv6). Raises ValidationError otherwise."""
        host, separator, port = text.rpartition(":")
        if not separator or not host or not port.isdecimal() or int(port) > 65_535:
            raise ValidationError(f"must be host:port, not {text!r}.")
        return cls(host.strip("[]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """The settings every service process shares.

    Secrets (the database URL carries a password) are kept out of `repr`.
    """

    name: str
    database_url: str = field(repr=False)
    nats_url: str = field(repr=False)
    bind: Address
    worker_bind: Address
    jwks: str
    issuer: str
    audience: str
    home: Path
    log_level: str = "info"
    otlp_endpoint: str | None = None
    api_threads: int = 8
    database_pool: int = 8
    nats_replicas: int | None = None

    @classmethod
    def from_environment(cls, name: str, *, api_threads: int = 8) -> ServiceSettings:
        """Read the settings of the service `name`. Raises SettingsError for bad variables.

        `api_threads` is the default of KPI_API_THREADS: requests handled at the same time. Few
        are fastest (one interpreter lock); a service whose requests wait long needs more.
        """
        with environment() as env:
            home = env.path("HOME", DEFAULT_HOME)
            return cls(
                name=name,
                database_url=env.str("DATABASE_URL", validate=_postgres_url),
                nats_url=env.str("NATS_URL", "nats://127.0.0.1:4222"),
                bind=_address(env, "BIND", "127.0.0.1:8081"),
                worker_bind=_address(env, "WORKER_BIND", "127.0.0.1:8085"),
                jwks=env.str("JWKS", str((home or DEFAULT_HOME) / "keys" / "jwks.json")),
                issuer=env.str("JWT_ISSUER", "kpi-ledger-local"),
                audience=env.str("JWT_AUDIENCE", "kpi-ledger"),
                home=home,
                log_level=env.str("LOG_LEVEL", "info", validate=OneOf(LOG_LEVELS)),
                otlp_endpoint=env.str("OTLP_ENDPOINT", None),
                api_threads=env.int("API_THREADS", api_threads, validate=Range(1, 256)),
                database_pool=env.int("DATABASE_POOL", 8, validate=Range(1, 100)),
                nats_replicas=env.int("NATS_REPLICAS", None, validate=Range(1, 5)),
            )


@contextmanager
def environment() -> Iterator[Env]:
    """Yield a reader of the `KPI_…` variables; on leaving, all faults are reported together.

    Inside the block a faulty variable reads as None; SettingsError is raised at the end of it.
    """
    env = Env(eager=False, prefix="KPI_")
    yield env
    try:
        env.seal()
    except EnvValidationError as error:
        raise SettingsError(_by_variable(error)) from None


def _by_variable(error: EnvValidationError) -> dict[str, list[str]]:
    messages = error.error_messages
    if not isinstance(messages, Mapping):
        return {"environment": [str(text) for text in messages]}
    return {str(name): [str(text) for text in texts] for name, texts in messages.items()}


def _address(env: Env, name: str, default: str) -> Address:
    text = env.str(name, default, validate=Address.parse)
    return Address.parse(text if isinstance(text, str) and ":" in text else default)


def _postgres_url(text: str) -> None:
    if not text.startswith(("postgresql://", "postgresql+psycopg://")):
        raise ValidationError("must begin with postgresql://.")
