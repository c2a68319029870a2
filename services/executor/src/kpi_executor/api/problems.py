"""What callers are told of the domain's errors."""

from __future__ import annotations

from kpi_executor import errors
from kpi_executor.guard import UnsafeQuery
from kpi_executor.planning import UnknownRuleset, UnknownSchema
from kpi_executor.ruleset_fit import UnfitRuleset
from kpi_executor.secrets import SecretUnreadable
from kpi_executor.sources import SourceError
from kpi_service.problems import Problem, ProblemFor, invalid

PROBLEMS: ProblemFor = {
    errors.ExecutionNotFound: lambda error: Problem(404, str(error)),
    errors.SourceNotFound: lambda error: Problem(404, str(error)),
    errors.GraphNotFound: lambda error: Problem(404, str(error)),
    errors.UnknownKpi: lambda error: Problem(404, str(error)),
    errors.VersionNotReached: lambda error: Problem(409, str(error), headers={"Retry-After": "1"}),
    errors.CommandRefused: lambda error: invalid({error.field: [str(error)]}),
    errors.ExecutionFinished: lambda error: Problem(409, str(error)),
    errors.NameTaken: lambda error: Problem(409, str(error), errors={"name": [str(error)]}),
    errors.StaleVersion: lambda error: Problem(412, str(error)),
    UnknownSchema: lambda error: invalid({"select_schema": [str(error)]}),
    UnknownRuleset: lambda error: invalid({"ruleset_name": [str(error)]}),
    UnfitRuleset: lambda error: invalid({"ruleset_name": [str(error)]}),
    UnsafeQuery: lambda error: invalid({"query": [str(error)]}),
    SourceError: lambda error: invalid({"location": [error.message]}),
    SecretUnreadable: lambda error: Problem(409, str(error)),
}
