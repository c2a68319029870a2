"""Domain errors of KPI definitions.

DefinitionError
├── KpiNotFound
├── KpiDeleted
├── KpiNotDeleted
├── NameTaken
├── NoDefinition
├── NothingToPin
├── VersionNotFound
└── StaleVersion
"""

from __future__ import annotations


class DefinitionError(Exception):
    """A command that the definition's state does not allow."""


class KpiNotFound(DefinitionError):
    """No KPI has this id."""

    def __init__(self, kpi_id: int | str) -> None:
        self.kpi_id = kpi_id
        super().__init__(f"KPI {kpi_id} does not exist")


class KpiDeleted(DefinitionError):
    """The KPI was deleted and not restored."""

    def __init__(self, kpi_id: int | str) -> None:
        self.kpi_id = kpi_id
        super().__init__(
            f"KPI {kpi_id} was deleted; POST /v1/landing-kpi/kpis/{kpi_id}/restore brings it back"
        )


class KpiNotDeleted(DefinitionError):
    """Only a deleted KPI can be restored."""

    def __init__(self, kpi_id: str) -> None:
        self.kpi_id = kpi_id
        super().__init__(f"KPI {kpi_id} is not deleted")


class NameTaken(DefinitionError):
    """Another KPI in use has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"a KPI named {name!r} exists already; choose another name")


class NoDefinition(DefinitionError):
    """A KPI needs a sentence or SQL."""

    def __init__(self) -> None:
        super().__init__("a KPI needs nl_definition or sql_definition")


class NothingToPin(DefinitionError):
    """Only the reading of a sentence can be pinned."""

    def __init__(self, kpi_id: str) -> None:
        self.kpi_id = kpi_id
        super().__init__(f"KPI {kpi_id} is written in SQL; there is no reading to pin")


class VersionNotFound(DefinitionError):
    """The KPI has no such version."""

    def __init__(self, kpi_id: int | str, version: int) -> None:
        self.kpi_id = kpi_id
        self.version = version
        super().__init__(f"KPI {kpi_id} has no version {version}")


class StaleVersion(DefinitionError):
    """The caller saw an older version than the newest."""

    def __init__(self, kpi_id: str, version: int) -> None:
        self.kpi_id = kpi_id
        self.version = version
        super().__init__(f"KPI {kpi_id} is at version {version} by now; read it again")
