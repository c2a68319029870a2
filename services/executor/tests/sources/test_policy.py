"""Sources reach neither the machine's insides nor our own databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_executor.sources import DatabaseAddress, Resources, SourcePolicy, SourceRefused
from kpi_executor.sources.errors import SourceError
from kpi_executor.sources.postgres_address import connection_parameters
from kpi_executor.sources.source import source_from

OWN = DatabaseAddress("127.0.0.1", 5433, "kpi_executor")
OPEN = SourcePolicy(own_databases=(OWN,))
CLOSED = SourcePolicy(allow_private_hosts=False, own_databases=(OWN,))


def parameters(url: str, policy: SourcePolicy = OPEN) -> dict[str, str]:
    resources = Resources(cache=Path(), scratch=Path())
    return dict(connection_parameters(url, policy, resources))


def test_own_data_on_this_machine_is_allowed_by_default() -> None:
    found = parameters("postgresql://me@localhost/shop")
    assert found["hostaddr"] in ("127.0.0.1", "::1")
    assert (found["host"], found["port"], found["dbname"]) == ("localhost", "5432", "shop")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "[fd00::1]",
        "0.0.0.0",
    ],
)
def test_a_shared_installation_refuses_this_machine_in_every_spelling(host: str) -> None:
    with pytest.raises(SourceRefused):
        parameters(f"postgresql://me@{host}/shop", CLOSED)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fe80::1]",
        "[::ffff:169.254.169.254]",
        "[fd00:ec2::254]",
        "224.0.0.1",
        "0",
    ],
)
def test_metadata_and_link_local_addresses_are_always_refused(host: str) -> None:
    with pytest.raises(SourceRefused):
        parameters(f"postgresql://me@{host}/shop")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///shop",
        "postgresql://me@/shop",
        "postgresql://localhost/shop",
        "postgresql:///shop?host=/var/run/postgresql",
        "postgresql://me@%2Fvar%2Frun%2Fpostgresql/shop",
        "postgresql://me@a,b/shop",
        "postgresql://me@localhost/shop?service=other",
        "postgresql://me@localhost/shop?options=-c%20statement_timeout%3D0",
        "postgresql://me@localhost/shop?hostaddr=169.254.169.254",
        "postgresql://me@localhost/shop?passfile=/etc/passwd",
        "postgresql://me@localhost:99999/shop",
        "postgresql://me@localhost:x/shop",
        "postgresql://%zz",
        "host=/var/run/postgresql dbname=shop",
        "service=other",
    ],
)
def test_urls_that_mean_more_than_they_say_are_refused(url: str) -> None:
    with pytest.raises(SourceError) as refused:
        parameters(url)
    assert not refused.value.transient


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_our_own_database_is_refused(host: str) -> None:
    with pytest.raises(SourceRefused, match="own database"):
        parameters(f"postgresql://me@{host}:5433/kpi_executor")
    assert parameters(f"postgresql://me@{host}:5433/other")["dbname"] == "other"


def test_an_unknown_host_may_be_known_later() -> None:
    with pytest.raises(SourceError, match="cannot be found") as failed:
        parameters("postgresql://me@no-such-host.invalid/shop")
    assert failed.value.transient


def test_a_password_is_never_shown() -> None:
    source = source_from("shop", "postgresql://me:secret@localhost/shop")
    assert "secret" not in repr(source)


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", "/dev/zero", "/sys"])
def test_files_of_the_system_are_refused(path: str) -> None:
    with pytest.raises(SourceRefused):
        OPEN.file(Path(path))


def test_links_are_followed_before_the_check(tmp_path: Path) -> None:
    link = tmp_path / "data.sqlite"
    link.symlink_to("/etc/passwd")
    with pytest.raises(SourceRefused):
        OPEN.file(link)


def test_roots_bound_where_files_may_lie(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in" / "a.csv", tmp_path / "b.csv"
    inside.parent.mkdir()
    inside.touch()
    outside.touch()
    policy = SourcePolicy(roots=(tmp_path / "in",))
    assert policy.file(inside) == inside.resolve()
    with pytest.raises(SourceRefused):
        policy.file(inside.parent / ".." / "b.csv")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        OPEN.file(tmp_path / "nothing.csv")
    with pytest.raises(SourceError, match="does not exist"):
        OPEN.file(Path("a\x00b"))


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("postgresql://me@host/db", "postgresql"),
        ("sqlite:////data/x.db", "sqlite"),
        ("/data/x.sqlite3", "sqlite"),
        ("/data/x.duckdb", "duckdb"),
        ("/data/x.csv", "files"),
        ("/data/x.CSV.GZ", "files"),
        ("file:///data/a%20b.xlsx", "files"),
    ],
)
def test_the_kind_is_told_from_the_location(location: str, kind: str) -> None:
    assert source_from("s", location).kind == kind


def test_paths_are_taken_from_urls() -> None:
    assert source_from("s", "sqlite:////data/x.db").path == Path("/data/x.db")
    assert source_from("s", "sqlite:///x.db").path == Path("x.db")
    assert source_from("s", "file:///data/a%20b.xlsx").path == Path("/data/a b.xlsx")


@pytest.mark.parametrize("location", ["oracle://me@host/db", "/data/x.exe", "https://host/x.csv"])
def test_kinds_that_cannot_be_executed_are_named(location: str) -> None:
    with pytest.raises(SourceRefused):
        source_from("s", location)
