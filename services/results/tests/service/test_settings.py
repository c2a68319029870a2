"""Settings of the results service."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from kpi_results.settings import ResultsSettings
from kpi_service.settings import ServiceSettings, SettingsError


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ServiceSettings:
    monkeypatch.setenv("KPI_DATABASE_URL", "postgresql://results@127.0.0.1/results")
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    return ServiceSettings.from_environment("results")


def test_rows_lie_below_the_home_and_are_kept_for_ever_by_default(
    service: ServiceSettings, tmp_path: Path
) -> None:
    settings = ResultsSettings.from_environment(service)
    assert settings.store_url == (tmp_path / "store").as_uri()
    assert settings.cache == tmp_path / "cache" / "results"
    keeping = settings.keeping
    assert (keeping.age, keeping.runs, keeping.bytes) == (None, None, None)


def test_retention_is_set_by_age_count_and_bytes(
    service: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"DAYS": "1.5", "RUNS": "30", "BYTES": "1000000"}.items():
        monkeypatch.setenv(f"KPI_KEEP_{name}", value)
    keeping = ResultsSettings.from_environment(service).keeping
    assert keeping.age == timedelta(days=1.5)
    assert (keeping.runs, keeping.bytes) == (30, 1_000_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KPI_STORE_URL", "/var/lib/kpi"),
        ("KPI_VIEW_EVENTS", "2"),
        ("KPI_KEEP_RUNS", "0"),
        ("KPI_KEEP_EVERY", "-1"),
        ("KPI_ROWS_MEMORY", "much"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(
    service: ServiceSettings, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        ResultsSettings.from_environment(service)
