"""What callers are told of the domain's errors."""

from __future__ import annotations

from kpi_definitions import errors
from kpi_service.problems import Problem, ProblemFor, invalid

PROBLEMS: ProblemFor = {
    errors.KpiNotFound: lambda error: Problem(404, str(error)),
    errors.KpiDeleted: lambda error: Problem(404, str(error)),
    errors.VersionNotFound: lambda error: Problem(404, str(error)),
    errors.NothingToPin: lambda error: Problem(409, str(error)),
    errors.KpiNotDeleted: lambda error: Problem(409, str(error)),
    errors.NameTaken: lambda error: Problem(409, str(error), errors={"name": [str(error)]}),
    errors.NoDefinition: lambda error: invalid({"nl_definition": [str(error)]}),
    errors.StaleVersion: lambda error: Problem(412, str(error)),
}
