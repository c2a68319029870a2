"""KPI_LLM_… in the environment."""

from __future__ import annotations

import pytest

from kpi_executor.settings import ExecutorSettings
from kpi_service.settings import SettingsError


def test_without_a_url_there_is_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_LLM_MODEL", "m")
    assert ExecutorSettings.from_environment().llm is None
    monkeypatch.setenv("KPI_LLM_URL", "")
    assert ExecutorSettings.from_environment().llm is None


def test_an_endpoint_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KPI_LLM_URL", "https://llm.example/v1/")
    monkeypatch.setenv("KPI_LLM_MODEL", "m")
    monkeypatch.setenv("KPI_LLM_KEY", "sk-1")
    settings = ExecutorSettings.from_environment()
    assert settings.llm is not None
    assert settings.llm.completions_url == "https://llm.example/v1/chat/completions"
    assert settings.llm.timeout_seconds == 20.0
    assert "sk-1" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KPI_LLM_URL", "ftp://llm.example"),
        ("KPI_LLM_URL", "https://user:word@llm.example/v1"),
        ("KPI_LLM_URL", "https://llm.example/v1?key=1"),
        ("KPI_LLM_MODEL", ""),
        ("KPI_LLM_KEY", "two words"),
        ("KPI_LLM_KEY", "sk-1\nX-Other: 1"),
        ("KPI_LLM_TIMEOUT_SECONDS", "0"),
    ],
)
def test_what_cannot_work_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("KPI_LLM_URL", "https://llm.example/v1")
    monkeypatch.setenv("KPI_LLM_MODEL", "m")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=variable) as error:
        ExecutorSettings.from_environment()
    assert "sk-1" not in str(error.value)
