"""Where the URL and the token come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_client.errors import ConfigurationError
from kpi_client.settings import read_settings, secret_in


def test_without_anything_the_gateway_is_on_this_machine() -> None:
    assert read_settings(environ={}).url == "http://127.0.0.1:8080"


def test_the_port_of_the_stack_is_used() -> None:
    assert read_settings(environ={"KPI_PORT": "9100"}).url == "http://127.0.0.1:9100"


def test_an_argument_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-the-file\n")
    environ = {"KPI_HOME": str(tmp_path)}
    assert read_settings(environ=environ).token == "of-the-file"
    environ |= {"KPI_TOKEN": "of-the-environment", "KPI_URL": "https://kpi.example/"}
    assert read_settings(environ=environ).token == "of-the-environment"
    settings = read_settings(environ=environ, token="of-the-argument")
    assert (settings.token, settings.url) == ("of-the-argument", "https://kpi.example")


def test_no_token_anywhere_is_no_error_yet(tmp_path: Path) -> None:
    assert read_settings(environ={"KPI_HOME": str(tmp_path)}).token is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KPI_URL", "kpi.example"),
        ("KPI_URL", "file:///etc/passwd"),
        ("KPI_PORT", "eighty"),
        ("KPI_PORT", "70000"),
        ("KPI_TOKEN", "two words"),
        ("KPI_TOKEN", "abc\r\nX-Admin: yes"),
    ],
)
def test_an_unusable_setting_is_named(variable: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        read_settings(environ={variable: value})


def test_a_bad_token_is_never_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(environ={}, token="secret words")
    assert "secret" not in str(caught.value)


def test_a_secret_is_read_from_the_variable_that_is_named() -> None:
    assert secret_in("DB_PASSWORD", {"DB_PASSWORD": "s3cret"}) == "s3cret"
    with pytest.raises(ConfigurationError, match="DB_PASSWORD"):
        secret_in("DB_PASSWORD", {})
