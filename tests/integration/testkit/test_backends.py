from __future__ import annotations

from pathlib import Path

import pytest

from kpi_testkit import backends


def test_an_unknown_backend_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(backends.VARIABLE, "cloud")
    with pytest.raises(backends.BackendUnavailable, match="'cloud'"):
        backends.chosen()


def test_containers_without_an_engine_are_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(backends.VARIABLE, backends.CONTAINERS)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    with (
        pytest.raises(backends.BackendUnavailable, match="unset KPI_TEST_BACKEND"),
        backends.nats(tmp_path),
    ):
        pass
