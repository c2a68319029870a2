"""Errors of the bus, and which failures are worth another try.

BusError
├── Disconnected        the server is out of reach just now
├── MessageTooLarge     refused here, because the server would close the connection for good
├── LeadershipLost      another relay may lead now
├── TopologyConflict    a stream exists that cannot be changed to its definition
└── TransientError      raised by handlers: the same message may succeed later
"""

from __future__ import annotations

import nats.errors
import nats.js.errors
import psycopg
from sqlalchemy import exc

from kpi_contracts.errors import ContractError

_NEVER_BETTER = (
    nats.errors.BadHeaderError,
    nats.errors.BadSubjectError,
    nats.errors.MaxPayloadError,
    nats.js.errors.BadRequestError,
)


class BusError(Exception):
    """Something on the bus did not work."""


class Disconnected(BusError):
    """There is no connection to a server now; the client keeps trying."""


class MessageTooLarge(BusError):
    """A message is larger than the bus takes. Sizes in bytes, headers included."""

    def __init__(self, subject: str, size: int, limit: int) -> None:
        self.subject = subject
        self.size = size
        self.limit = limit
        super().__init__(f"message on {subject} has {size} bytes, the bus takes {limit}")


class LeadershipLost(BusError):
    """The connection that held the lock is gone, or this process was asleep for too long."""


class TopologyConflict(BusError):
    """The server refuses to change a stream to what its definition says."""

    def __init__(self, stream: str, reason: str) -> None:
        self.stream = stream
        self.reason = reason
        super().__init__(f"stream {stream} cannot be changed to its definition: {reason}")


class TransientError(BusError):
    """The same message may succeed later; `delay` is in seconds (None: the loop chooses)."""

    def __init__(self, reason: str, *, delay: float | None = None) -> None:
        self.delay = delay
        super().__init__(reason)


TRANSIENT: tuple[type[Exception], ...] = (
    TransientError,
    Disconnected,
    nats.errors.Error,
    exc.OperationalError,
    exc.InterfaceError,
    exc.TimeoutError,
    psycopg.OperationalError,
    ConnectionError,
    TimeoutError,
)


def is_hopeless_to_publish(error: Exception) -> bool:
    """Whether publishing this very message again must fail again.

    ValueError and TypeError are what encoding raises for data that JSON or UTF-8 cannot express.
    """
    hopeless = (MessageTooLarge, ContractError, ValueError, TypeError, *_NEVER_BETTER)
    return isinstance(error, hopeless)


def is_transient(error: BaseException) -> bool:
    """Whether doing the same again may work: a database, broker or network that was away."""
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, TRANSIENT) and not isinstance(error, _NEVER_BETTER)
