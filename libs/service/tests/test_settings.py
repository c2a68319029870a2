from __future__ import annotations

from pathlib import Path

import pytest

from kpi_service.settings import Address, ServiceSettings, SettingsError

URL = "postgresql://kpi:hush@127.0.0.1/definitions"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "HOME",
        "BIND",
        "JWKS",
        "LOG_LEVEL",
        "API_THREADS",
        "OTLP_ENDPOINT",
        "NATS_REPLICAS",
    ):
        monkeypatch.delenv(f"KPI_{name}", raising=False)
    monkeypatch.setenv("KPI_DATABASE_URL", URL)


def test_all_but_the_database_has_a_default() -> None:
    settings = ServiceSettings.from_environment("definitions")
    assert settings.name == "definitions"
    assert settings.jwks == str(Path(".kpi/keys/jwks.json"))
    assert settings.audience == "kpi-ledger"
    assert settings.otlp_endpoint is None
    assert settings.nats_replicas is None


def test_every_faulty_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KPI_DATABASE_URL")
    monkeypatch.setenv("KPI_BIND", "8080")
    monkeypatch.setenv("KPI_API_THREADS", "many")
    monkeypatch.setenv("KPI_NATS_REPLICAS", "6")
    with pytest.raises(SettingsError) as caught:
        ServiceSettings.from_environment("definitions")
    assert set(caught.value.variables) == {
        "KPI_DATABASE_URL",
        "KPI_BIND",
        "KPI_API_THREADS",
        "KPI_NATS_REPLICAS",
    }
    assert "KPI_BIND: must be host:port, not '8080'." in str(caught.value)


@pytest.mark.parametrize("address", ["8080", ":8080", "host:", "host:70000", "host:-1", "host:x"])
def test_an_address_needs_host_and_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("KPI_BIND", address)
    with pytest.raises(SettingsError, match="KPI_BIND"):
        ServiceSettings.from_environment("definitions")


def test_an_ipv6_address_is_understood() -> None:
    assert Address.parse("[::1]:81") == Address("::1", 81)
    assert str(Address("::1", 81)) == "[::1]:81"


def test_the_password_is_not_in_the_settings_repr() -> None:
    assert "hush" not in repr(ServiceSettings.from_environment("definitions"))
