"""What can go wrong when one talks to KPI Ledger.

::

    KpiError
    ├── ConfigurationError      a setting is missing or wrong (names it)
    ├── Ambiguous               a name stands for several KPIs
    ├── StillRunning            the wait ended before the execution did
    ├── InvalidAnswer           the peer did not answer as the API says
    │   └── DamagedDownload     a file is not, or not all of, what the service exported
    ├── Unavailable             nobody answered
    └── ApiError                the API answered with a problem (RFC 9457)
        ├── ValidationFailed    400, 413, 415, 422   errors by field
        ├── Unauthorized        401
        ├── Forbidden           403
        ├── NotFound            404, 410
        ├── Conflict            409
        │   └── Stale           412, 428   somebody else changed the object
        ├── RateLimited         429   retry_after
        ├── ServiceUnavailable  502, 503, 504 (an Unavailable, too)
        └── ServerFault         any other 5xx
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class KpiError(Exception):
    """Root of everything this package raises on purpose."""


class ConfigurationError(KpiError):
    """A setting is missing or wrong; the message names it."""


class Ambiguous(KpiError):
    """A name or alias stands for more than one KPI."""

    def __init__(self, reference: str, ids: list[int]) -> None:
        self.reference = reference
        self.ids = ids
        listed = ", ".join(str(kpi_id) for kpi_id in ids)
        super().__init__(f"{reference!r} stands for the KPIs {listed}: give the id")


class StillRunning(KpiError):
    """The caller's patience ended before the execution did; it goes on at the server."""

    def __init__(self, job_id: str, status: str, waited: float) -> None:
        self.job_id = job_id
        self.status = status
        self.waited = waited
        super().__init__(f"job {job_id} is still {status} after {waited:.0f} s; it goes on")


class InvalidAnswer(KpiError):
    """The peer's answer is not what the API describes, e.g. HTML of some other server."""


class DamagedDownload(InvalidAnswer):
    """A file that arrived is not, or not all of, what the service exported: export it again."""

    def __init__(self, got: tuple[int, str], wanted: tuple[int, str]) -> None:
        super().__init__(
            f"the export arrived damaged or unfinished: {got[0]:,} bytes with SHA-256 {got[1]}, "
            f"where the service has {wanted[0]:,} bytes with {wanted[1]}; export it again"
        )


class Unavailable(KpiError):
    """Nobody answered, or the answer broke off."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Body of an error answer: RFC 9457 with our ``errors`` by field and ``trace_id``."""

    status: int
    title: str
    detail: str = ""
    type: str = "about:blank"
    instance: str | None = None
    errors: Mapping[str, Any] = field(default_factory=dict)
    trace_id: str | None = None

    @classmethod
    def of(cls, status: int, body: object) -> Problem:
        """Read a problem body; a body that is none still gives the status."""
        if not isinstance(body, dict):
            return cls(status=status, title=f"HTTP {status}")
        errors = body.get("errors")
        return cls(
            status=status,
            title=str(body.get("title") or f"HTTP {status}"),
            detail=str(body.get("detail") or ""),
            type=str(body.get("type") or "about:blank"),
            instance=body.get("instance"),
            errors=errors if isinstance(errors, dict) else {},
            trace_id=body.get("trace_id"),
        )

    @property
    def by_field(self) -> dict[str, list[str]]:
        """Messages by field, nested fields joined with dots: ``{"params.limit": ["…"]}``."""
        return dict(_flatten("", self.errors))

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}" if self.detail else self.title


class ApiError(KpiError):
    """The API refused; ``problem`` says what and why."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        self.problem = problem
        self.retry_after = retry_after
        super().__init__(str(problem))

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status


class ValidationFailed(ApiError):
    """The request is malformed; :attr:`errors` says which field and why."""

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field."""
        return self.problem.by_field


class Unauthorized(ApiError):
    """No token, or one the service does not accept."""


class Forbidden(ApiError):
    """The token's roles do not allow this."""


class NotFound(ApiError):
    """No such object."""


class Conflict(ApiError):
    """The object's state does not allow this, e.g. the name is taken."""


class Stale(Conflict):
    """Somebody changed the object since it was read: read it again, then write."""


class RateLimited(ApiError):
    """Too many requests; :attr:`retry_after` is in seconds."""


class ServiceUnavailable(ApiError, Unavailable):
    """The gateway answers, the service behind it does not (or is overloaded)."""


class ServerFault(ApiError):
    """The service failed; ``problem.trace_id`` finds it in the logs."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: ValidationFailed,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    412: Stale,
    413: ValidationFailed,
    415: ValidationFailed,
    422: ValidationFailed,
    428: Stale,
    429: RateLimited,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
}


def error_for(problem: Problem, retry_after: float | None = None) -> ApiError:
    """Make the error that a problem's status stands for."""
    fallback = ServerFault if problem.status >= 500 else ApiError
    return _BY_STATUS.get(problem.status, fallback)(problem, retry_after)


def _flatten(prefix: str, node: object) -> list[tuple[str, list[str]]]:
    if isinstance(node, Mapping):
        return [
            pair
            for key, child in node.items()
            for pair in _flatten(f"{prefix}.{key}" if prefix else str(key), child)
        ]
    messages = node if isinstance(node, list) else [node]
    return [(prefix, [str(message) for message in messages])]
