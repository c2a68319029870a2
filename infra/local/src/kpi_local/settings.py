"""The settings of the embedded stack: the only place here that reads the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from environs import Env, EnvError
from marshmallow.validate import OneOf, Range

from kpi_local.errors import SettingInvalid
from kpi_local.ports import Ports

LOG_LEVELS = ("debug", "info", "warning", "error")
HIGHEST_BASE = 65535 - 12


@dataclass(frozen=True, slots=True)
class Settings:
    """How one stack is run."""

    home: Path
    ports: Ports
    once: bool
    source: str | None
    execute_rate: int  # executions per minute and user that the gateway lets through; 0 = no limit
    log_level: str

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
        )
    except EnvError as error:
        raise SettingInvalid(str(error)) from None
