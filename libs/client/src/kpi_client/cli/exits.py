"""Exit codes that scripts can rely on.

==== ===========================================================================
0    done
1    failed: the run ended badly (or is not over), or the audit chain is broken
2    usage: wrong arguments or settings, or a request the API finds malformed
3    not found
4    not allowed: no token, a refused token or a missing role
5    unavailable: nobody answers, a service is not ready, or too many requests
6    conflict: the name is taken, or somebody else changed the object
7    fault: the service failed, or did not answer as the API says
130  interrupted (Ctrl-C)
==== ===========================================================================
"""

from __future__ import annotations

from kpi_client import errors

DONE, FAILED, USAGE, NOT_FOUND, NOT_ALLOWED, UNAVAILABLE, CONFLICT, FAULT = range(8)
INTERRUPTED = 130

# The first class that fits decides, so special ones stand before general ones.
_CODES: tuple[tuple[type[errors.KpiError], int], ...] = (
    (errors.ConfigurationError, USAGE),
    (errors.Ambiguous, USAGE),
    (errors.ValidationFailed, USAGE),
    (errors.NotFound, NOT_FOUND),
    (errors.Unauthorized, NOT_ALLOWED),
    (errors.Forbidden, NOT_ALLOWED),
    (errors.Unavailable, UNAVAILABLE),
    (errors.RateLimited, UNAVAILABLE),
    (errors.Conflict, CONFLICT),
    (errors.ServerFault, FAULT),
    (errors.InvalidAnswer, FAULT),
)


def exit_code(error: errors.KpiError) -> int:
    """Give the exit code for an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)
