"""Who is calling, for the gateway: it limits executions per user, whatever token they use."""

from __future__ import annotations

from flask import Response

from kpi_service.auth import current_user, requires
from kpi_service.blueprint import Blueprint

identity = Blueprint("identity", __name__, url_prefix="/auth")


@identity.route("/identity")
@requires()
@identity.response(204)
def who() -> Response:
    """Name the user of a valid token in the header `X-Kpi-User`."""
    response = Response(status=204)
    response.headers["X-Kpi-User"] = current_user().subject.encode("unicode_escape").decode()
    return response
