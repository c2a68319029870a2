from __future__ import annotations

import os
import socket
from pathlib import Path

import jwt
import pytest

from kpi_local.errors import PortTaken, SettingInvalid
from kpi_local.ports import SERVICES, Ports, free_port
from kpi_local.settings import read_settings
from kpi_local.stack import Stack
from kpi_local.up import refuse_taken_ports


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in filter(lambda name: name.startswith("KPI_"), list(os.environ)):
        monkeypatch.delenv(name)


def test_without_any_variable_the_defaults_hold() -> None:
    settings = read_settings()
    assert settings.home == Path.cwd() / ".kpi"
    assert settings.url == "http://127.0.0.1:8080"
    assert (settings.once, settings.source, settings.execute_rate) == (False, None, 10)


def test_an_empty_source_is_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_SOURCE", "")
    assert read_settings().source is None


GIVEN = {
    "KPI_JWKS": "https://id.example.org/jwks",
    "KPI_JWT_ISSUER": "https://id.example.org",
    "KPI_JWT_AUDIENCE": "finance",
    "KPI_STORE_URL": "s3://bucket/prefix",
    "KPI_SECRETS_KEY_FILE": "/etc/kpi/secrets.key",
    "KPI_CACHE": "/var/cache/kpi",
}


def prepared(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """Return a stack on a home below `folder`, ready to be started."""
    monkeypatch.setenv("KPI_HOME", str(folder / "home"))
    stack = Stack(read_settings())
    stack.home.create()
    stack.prepare()
    return stack


def test_what_the_user_decided_reaches_every_service(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    stack = prepared(tmp_path, monkeypatch)
    for service in SERVICES:
        assert stack.environment(service).items() >= GIVEN.items()
    assert not stack.settings.signs_tokens


def test_what_the_stack_decides_is_all_that_it_fixes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stack = prepared(tmp_path, monkeypatch)
    own = set(stack.environment("executor")) - set(GIVEN) - {"PYTHONUNBUFFERED"}
    places = {"KPI_HOME", "KPI_DATABASE_URL", "KPI_NATS_URL", "KPI_BIND", "KPI_WORKER_BIND"}
    assert own == {*places, "KPI_LOG_LEVEL"}
    assert "KPI_CACHE" not in stack.environment("executor")
    assert stack.settings.signs_tokens


def test_a_file_the_user_names_is_found_from_the_services_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KPI_JWKS", "keys/jwks.json")
    assert read_settings().given.jwks == str(Path.cwd() / "keys" / "jwks.json")


def test_an_issuers_name_alone_leaves_the_signing_to_the_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KPI_JWT_ISSUER", "the-house")
    stack = prepared(tmp_path, monkeypatch)
    claims = jwt.decode(stack.home.token.read_text().strip(), options={"verify_signature": False})
    assert (claims["iss"], stack.settings.signs_tokens) == ("the-house", True)


def test_under_another_issuer_no_token_is_signed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KPI_JWKS", "https://id.example.org/jwks")
    stack = prepared(tmp_path, monkeypatch)
    assert not stack.home.token.exists()


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
