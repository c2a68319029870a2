"""Targets: the tables in which the rows of another must have a match, or must have none."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.target_conditions import NOTHING, Said
from kpi_nlsql.schema.pairing import Pairing


@dataclass(frozen=True, slots=True)
class Target:
    """A table in which the rows must have a match, or (``negative``) must have none."""

    position: int
    table: str
    pairing: Pairing
    negative: bool
    said: Said = NOTHING


@dataclass(frozen=True, slots=True)
class Membership:
    """Rows of the table mentioned at ``source`` and where they must be; ``cue`` says so.

    ``either``: a match in one of the targets is enough; ``through``: a noun that says which.
    """

    operation: str
    source: int
    cue: int
    targets: tuple[Target, ...]
    either: bool = False
    through: int | None = None
