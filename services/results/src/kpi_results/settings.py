"""What only the results service is told by its environment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from environs import Env
from marshmallow import ValidationError
from marshmallow.validate import Range, Regexp

from kpi_service.settings import DEFAULT_HOME, ServiceSettings, environment

_GIB = 1 << 30
_SIZE = Regexp(r"[1-9][0-9]{0,5}[MG]B", error="must be a size such as 512MB or 1GB.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long rows are kept; None stands for "for ever".

    `runs` counts the newest results of each KPI; `bytes` is the sum over all results. Parts that
    belong to no result are swept when they are older than `orphans`; those of an expired result
    when it has been so for `grace`, which readers have to finish.
    """

    age: timedelta | None = None
    runs: int | None = None
    bytes: int | None = None
    every: timedelta = timedelta(hours=1)
    orphans: timedelta = timedelta(days=1)
    grace: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbing:
    """How often each part is hashed again (0 days: never), at most so many bytes a second."""

    days: float = 7.0
    rate: int = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsSettings:
    """Settings of the results service. Sizes in bytes but for `memory` and `spill`.

    `memory` is what one sort or comparison of a large result may take, in a process of its own.

    `viewed` is the share of page views that become events, 0 to 1; exports always do. `breaks` is
    how many rows two runs may differ by for the KPI to have a ledger of breaks.
    """

    store_url: str
    cache: Path
    memory: str = "512MB"
    spill: str = "16GB"
    views_bytes: int = 4 * _GIB
    row_files_bytes: int = 8 * _GIB
    parts_bytes: int = 8 * _GIB
    viewed: float = 1.0
    max_age: timedelta = timedelta(hours=1)
    breaks: int = 100_000
    keeping: Keeping = Keeping()
    scrubbing: Scrubbing = Scrubbing()

    @classmethod
    def from_environment(cls, service: ServiceSettings) -> ResultsSettings:
        """Read the settings. Raises SettingsError for bad variables."""
        home = (service.home or DEFAULT_HOME).resolve()
        with environment() as env:
            return cls(
                store_url=env.str("STORE_URL", (home / "store").as_uri(), validate=_store_url),
                cache=env.path("CACHE", home / "cache" / "results"),
                memory=env.str("ROWS_MEMORY", "512MB", validate=_SIZE),
                spill=env.str("ROWS_SPILL", "16GB", validate=_SIZE),
                views_bytes=env.int("VIEWS_BYTES", 4 * _GIB, validate=Range(1)),
                row_files_bytes=env.int("ROW_FILES_BYTES", 8 * _GIB, validate=Range(1)),
                parts_bytes=env.int("PARTS_BYTES", 8 * _GIB, validate=Range(1)),
                viewed=env.float("VIEW_EVENTS", 1.0, validate=Range(0, 1)),
                max_age=_span(env, "RESULT_MAX_AGE", 3600),
                breaks=env.int("BREAKS", 100_000, validate=Range(0)),
                keeping=_keeping(env),
                scrubbing=Scrubbing(
                    days=env.float("SCRUB_DAYS", 7.0, validate=Range(0)),
                    rate=env.int("SCRUB_BYTES", 16 << 20, validate=Range(1)),
                ),
            )


def _keeping(env: Env) -> Keeping:
    days = env.float("KEEP_DAYS", None, validate=_positive)
    return Keeping(
        age=None if days is None else timedelta(days=days),
        runs=env.int("KEEP_RUNS", None, validate=_positive),
        bytes=env.int("KEEP_BYTES", None, validate=_positive),
        every=_span(env, "KEEP_EVERY", 3600),
        orphans=_span(env, "KEEP_ORPHANS", 86_400),
        grace=_span(env, "KEEP_GRACE", 600),
    )


def _span(env: Env, name: str, default: float) -> timedelta:
    seconds = env.float(name, default, validate=Range(0))
    return timedelta(seconds=default if seconds is None else seconds)


def _positive(value: float | None) -> None:
    if value is not None and value <= 0:
        raise ValidationError("must be greater than 0.")


def _store_url(text: str) -> None:
    if not text.startswith(("file:///", "s3://")):
        raise ValidationError("must begin with file:/// or s3://.")
