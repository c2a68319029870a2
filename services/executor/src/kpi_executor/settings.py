"""What the executor is told by its environment, beside what every service is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from environs import Env
from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range

from kpi_executor.llm.endpoint import ModelEndpoint, check_key, check_url
from kpi_service.settings import DEFAULT_HOME, SettingsError, environment

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """Where rows go, what queries may use (memory in MiB per query) and who reads along."""

    store_url: str
    secrets_key: Path
    cache: Path
    query_workers: int
    query_memory_mb: int
    allow_private_sources: bool
    llm: ModelEndpoint | None = None

    @classmethod
    def from_environment(cls) -> ExecutorSettings:
        """Read the settings; raises SettingsError naming every bad variable."""
        with environment() as env:
            home = (env.path("HOME", DEFAULT_HOME) or DEFAULT_HOME).absolute()
            return cls(
                store_url=env.str("STORE_URL", f"file://{home / 'store'}"),
                secrets_key=env.path("SECRETS_KEY_FILE", home / "keys" / "secrets.key"),
                cache=(env.path("CACHE", home / "cache") or home / "cache") / "sources",
                query_workers=env.int("QUERY_WORKERS", 2, validate=Range(1, 256)),
                query_memory_mb=env.int("QUERY_MEMORY_MB", 2048, validate=Range(64, 1_048_576)),
                allow_private_sources=env.bool(
                    "ALLOW_PRIVATE_SOURCES", True, validate=OneOf((True, False))
                ),
                llm=_model_endpoint(env),
            )


def _model_endpoint(env: Env) -> ModelEndpoint | None:
    """Return where a language model listens; None where no URL is set."""
    url = env.str("LLM_URL", "", validate=_unless_empty(check_url))
    model = env.str("LLM_MODEL", "", validate=Length(max=200))
    key = env.str("LLM_KEY", "", validate=_unless_empty(check_key))
    seconds = env.float("LLM_TIMEOUT_SECONDS", 20.0, validate=Range(0.1, 600))
    if not url:
        return None
    if not model:
        raise SettingsError({"KPI_LLM_MODEL": ["is needed where KPI_LLM_URL is set."]})
    return ModelEndpoint(url, model, key or None, seconds)


def _unless_empty(check: Callable[[str], None]) -> Callable[[str], None]:
    """Return a validator that passes an empty text on: an unset variable in many a shell."""

    def validate(text: str) -> None:
        try:
            if text:
                check(text)
        except ValueError as error:
            raise ValidationError(str(error)) from None

    return validate
