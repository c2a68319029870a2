"""The settings of the embedded stack: the only place here that reads the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from kpi_local.errors import SettingInvalid
from kpi_local.ports import Ports

LOG_LEVELS = ("debug", "info", "warning", "error")
HIGHEST_BASE = 65535 - 12


@dataclass(frozen=True, slots=True)
class Given:
    """What the user decided for the services; None leaves it to the stack."""

    jwks: str | None = None  # a path or a URL
    issuer: str | None = None
    audience: str | None = None
    store_url: str | None = None
    secrets_key_file: str | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How one stack is run."""

    home: Path
    ports: Ports
    once: bool
    source: str | None
    execute_rate: int  # executions per minute and user that the gateway lets through; 0 = no limit
    log_level: str
    given: Given = field(default_factory=Given)

    @property
    def signs_tokens(self) -> bool:
        """Whether the services trust the keys of this stack, not those of another issuer."""
        return self.given.jwks in (None, str(self.home / "keys" / "jwks.json"))

    @property
    def url(self) -> str:
        """Origin of everything: the gateway."""
        return f"http://127.0.0.1:{self.ports.gateway}"


def read_settings() -> Settings:
    """Read the `KPI_…` variables. Raises SettingInvalid naming the faulty one."""
    env = Env(prefix="KPI_")
    try:
        return Settings(
            home=Path(env.str("HOME", ".kpi") or ".kpi").expanduser().resolve(),
            ports=Ports(env.int("PORT", 8080, validate=Range(1024, HIGHEST_BASE))),
            once=env.bool("RUN_ONCE", False),
            source=env.str("SOURCE", None) or None,
            execute_rate=env.int("EXECUTE_RATE", 10, validate=Range(min=0)),
            log_level=env.str("LOG_LEVEL", "info", validate=OneOf(LOG_LEVELS)),
            given=_given(env),
        )
    except EnvError as error:
        raise SettingInvalid(str(error)) from None


def _given(env: Env) -> Given:
    return Given(
        jwks=_found_from_anywhere(env.str("JWKS", "")),
        issuer=env.str("JWT_ISSUER", "") or None,
        audience=env.str("JWT_AUDIENCE", "") or None,
        store_url=env.str("STORE_URL", "") or None,
        secrets_key_file=_found_from_anywhere(env.str("SECRETS_KEY_FILE", "")),
        cache=_found_from_anywhere(env.str("CACHE", "")),
    )


def _found_from_anywhere(place: str) -> str | None:
    """Make a path absolute: the services run in another folder than the user who named it."""
    if not place or "://" in place:
        return place or None
    return str(Path(place).expanduser().resolve())
