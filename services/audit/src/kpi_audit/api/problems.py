"""What callers are told of the service's errors."""

from __future__ import annotations

from kpi_audit import errors
from kpi_service.problems import Problem, ProblemFor, invalid

PROBLEMS: ProblemFor = {
    errors.EntryNotFound: lambda error: Problem(404, str(error)),
    errors.NothingThen: lambda error: Problem(404, str(error)),
    errors.NotSealed: lambda error: Problem(409, str(error), headers={"Retry-After": "10"}),
    errors.RangeInvalid: lambda error: invalid({error.field: [str(error)]}),
    errors.ReplayRunning: lambda error: Problem(409, str(error), headers={"Retry-After": "10"}),
}
