"""From a command to its handler, in one unit of work, again when somebody else was faster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from psycopg.errors import DeadlockDetected, SerializationFailure

from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import InlineProjection, UnitOfWork

Handler = Callable[[Any, UnitOfWork, Context], Any]
BeforeCommit = Callable[[sa.Connection, Any], None]

TRIES = 5


class Dispatcher:
    """Calls the handler of a command's class and commits what it did.

    Handlers are `(command, uow, context) -> result`. A conflict is decided anew on fresh state;
    a handler that must not be repeated checks the version its caller saw and raises.
    """

    def __init__(
        self,
        engine: sa.Engine,
        projections: Sequence[InlineProjection],
        handlers: Mapping[type[Any], Handler],
    ) -> None:
        self._engine = engine
        self._projections = projections
        self._handlers = handlers

    def __call__(
        self, command: Any, context: Context, before_commit: BeforeCommit | None = None
    ) -> Any:
        """Handle a command and return what its handler returned.

        `before_commit` gets the connection and the result, to write something that must be
        durable together with the command's effect.

        Raises:
            ConcurrencyConflict: the aggregate changed under every one of the tries.

        """
        for remaining in reversed(range(TRIES)):
            try:
                return self._handle(command, context, before_commit)
            except (ConcurrencyConflict, sa.exc.OperationalError) as error:
                if not remaining or not _lost_a_race(error):
                    raise
        raise AssertionError("unreachable")

    def _handle(self, command: Any, context: Context, before_commit: BeforeCommit | None) -> Any:
        handle = self._handlers[type(command)]
        with UnitOfWork(self._engine, self._projections) as uow:
            result = handle(command, uow, context)
            if before_commit is not None:
                before_commit(uow.connection, result)
            uow.commit()
        return result


def _lost_a_race(error: Exception) -> bool:
    if isinstance(error, ConcurrencyConflict):
        return True
    return isinstance(error, sa.exc.DBAPIError) and isinstance(
        error.orig, DeadlockDetected | SerializationFailure
    )
