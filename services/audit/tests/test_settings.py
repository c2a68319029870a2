"""The settings of the audit service."""

from pathlib import Path

import pytest

from kpi_audit.settings import AuditSettings
from kpi_service.settings import ServiceSettings, SettingsError


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ServiceSettings:
    monkeypatch.setenv("KPI_HOME", str(tmp_path))
    monkeypatch.setenv("KPI_DATABASE_URL", "postgresql://audit@127.0.0.1/audit")
    return ServiceSettings.from_environment("audit")


def test_keys_lie_in_the_home_and_checkpoints_have_defaults(
    service: ServiceSettings, tmp_path: Path
) -> None:
    settings = AuditSettings.from_environment(service)
    assert settings == AuditSettings(tmp_path / "keys", 1000, 10.0)


def test_errors_name_the_variable(
    service: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KPI_AUDIT_CHECKPOINT_ENTRIES", "0")
    monkeypatch.setenv("KPI_AUDIT_CHECKPOINT_SECONDS", "soon")
    with pytest.raises(SettingsError) as refused:
        AuditSettings.from_environment(service)
    assert set(refused.value.variables) == {
        "KPI_AUDIT_CHECKPOINT_ENTRIES",
        "KPI_AUDIT_CHECKPOINT_SECONDS",
    }
