"""Runs that background work passes over, because their rows cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results.commands import ReportDamage
from kpi_results.rows.errors import PartDamaged, RowsError
from kpi_results.shelf import READABLE, results
from kpi_results.taking_in import SERVICE

_UNREADABLE = sa.bindparam("unreadable", type_=ARRAY(sa.BigInteger))
WORTH_READING = (*READABLE, results.c.execution_id != sa.func.all(_UNREADABLE))
"""Conditions of results to work on; executed with `Unreadable.parameters`."""


class Unreadable:
    """What one process could not read.

    Damage goes on record, whereupon the run is passed over until it is repaired. What the engine
    could not do is left alone until the process starts anew.
    """

    def __init__(self, dispatch: Dispatcher) -> None:
        self._dispatch = dispatch
        self._ids: set[int] = set()

    def parameters(self) -> Mapping[str, Sequence[int]]:
        """Return the parameters of WORTH_READING."""
        return {"unreadable": sorted(self._ids)}

    def add(self, execution_id: int, error: RowsError) -> None:
        """Pass over what made work on this run fail: the damaged one, or else itself."""
        if isinstance(error, PartDamaged):
            report = ReportDamage(error.execution_id, error.key, error.reason)
            self._dispatch(report, Context.by(SERVICE))
        else:
            self._ids.add(execution_id)
