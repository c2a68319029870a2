"""Description of a data source, and how its kind is told from its location."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote, urlsplit

from kpi_executor.sources.errors import SourceRefused

SourceKind = Literal["sqlite", "duckdb", "files", "postgresql"]

TABLE_SUFFIXES = (".csv", ".tsv", ".csv.gz", ".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_DATABASE_SUFFIXES: Mapping[str, SourceKind] = {
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".duckdb": "duckdb",
    ".ddb": "duckdb",
}


@dataclass(frozen=True, slots=True)
class Source:
    """One place to read tables from.

    ``location`` is a ``postgresql://`` URL or a path; it may hold a password and is never shown.
    ``schema`` limits PostgreSQL to one schema and names the schema of a folder (default ``main``).
    """

    name: str
    kind: SourceKind
    location: str = field(repr=False)
    schema: str | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def __reduce__(self) -> tuple[object, ...]:
        # A mapping proxy does not travel between processes; a plain dict does.
        return Source, (self.name, self.kind, self.location, self.schema, dict(self.options))

    @property
    def path(self) -> Path:
        """The file or folder of a source that is not a server."""
        return Path(file_path(self.location)).expanduser()


def source_from(name: str, location: str, schema: str | None = None) -> Source:
    """Describe what lies at a path or URL; raises `SourceRefused` if its kind cannot be told."""
    return Source(name, _kind_of(location), location, schema)


def file_path(location: str) -> str:
    """``sqlite:////data/x.db`` and ``file:///data/x.db`` as well as a plain path."""
    scheme, separator, rest = location.partition("://")
    if not separator:
        return location
    if scheme == "file":
        return unquote(urlsplit(location).path)
    # SQLAlchemy's manner: three slashes before a relative path, four before an absolute one.
    return unquote(rest.removeprefix("/"))


def _kind_of(location: str) -> SourceKind:
    scheme = location.partition("://")[0].lower() if "://" in location else ""
    if scheme in ("postgresql", "postgres"):
        return "postgresql"
    if scheme == "sqlite":
        return "sqlite"
    if scheme == "duckdb":
        return "duckdb"
    if scheme not in ("", "file"):
        raise SourceRefused(
            f"Sources of the kind {scheme!r} cannot be executed here; use sqlite, duckdb, "
            "a folder of files, or postgresql."
        )
    return _kind_of_path(Path(file_path(location)).expanduser())


def _kind_of_path(path: Path) -> SourceKind:
    if path.is_dir() or path.name.lower().endswith(TABLE_SUFFIXES):
        return "files"
    kind = _DATABASE_SUFFIXES.get(path.suffix.lower())
    if kind is None:
        raise SourceRefused(
            f"{path.name!r} is neither a folder nor a file of a known kind; known are "
            + ", ".join((*_DATABASE_SUFFIXES, *TABLE_SUFFIXES))
            + "."
        )
    return kind
