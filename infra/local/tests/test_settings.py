from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kpi_local.errors import PortTaken, SettingInvalid
from kpi_local.ports import Ports, free_port
from kpi_local.settings import read_settings
from kpi_local.stack import Stack
from kpi_local.up import refuse_taken_ports


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KPI_HOME", "KPI_PORT", "KPI_RUN_ONCE", "KPI_SOURCE", "KPI_EXECUTE_RATE"):
        monkeypatch.delenv(name, raising=False)


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings()
    assert settings.home == Path.cwd() / ".kpi"
    assert settings.url == "http://127.0.0.1:8080"
    assert (settings.once, settings.source, settings.execute_rate) == (False, None, 10)


def test_an_empty_source_is_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_SOURCE", "")
    assert read_settings().source is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KPI_PORT", "eighty"),
        ("KPI_PORT", "80"),
        ("KPI_PORT", "65530"),
        ("KPI_RUN_ONCE", "perhaps"),
        ("KPI_EXECUTE_RATE", "-1"),
    ],
)
def test_an_unusable_value_is_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid, match=name):
        read_settings()


def test_all_ports_of_a_stack_differ_and_lie_side_by_side() -> None:
    ports = Ports(8080).by_purpose()
    assert sorted(ports.values()) == list(range(8080, 8093))


def test_a_taken_port_is_named_with_its_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("KPI_PORT", str(other.getsockname()[1]))
        with pytest.raises(PortTaken, match=rf"{other.getsockname()[1]} \(gateway\)"):
            refuse_taken_ports(Stack(read_settings()))


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", free_port())):
        pass
