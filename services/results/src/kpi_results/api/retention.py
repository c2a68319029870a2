"""How long the rows of a KPI's runs are kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_results import rules
from kpi_results.archive import Archive
from kpi_results.commands import RemoveRetention, SetRetention
from kpi_results.rules import Limits
from kpi_service.auth import READERS, requires
from kpi_service.blueprint import Blueprint
from kpi_service.context import command_context
from kpi_service.schemas import Id, Instant, Schema

WRITERS = ("editor", "operator")
MAX_RUNS, MAX_DAYS, MAX_BYTES = 1_000_000, 36_500.0, 2**53 - 1


class Rule(Schema):
    """What a KPI says about its own results; null leaves it to the service's setting."""

    runs = fields.Integer(
        required=True,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, MAX_RUNS),
        metadata={"description": "Newest runs whose rows are kept."},
    )
    days = fields.Float(
        required=True,
        allow_none=True,
        validate=validate.Range(0, MAX_DAYS, min_inclusive=False),
        metadata={"description": "Days that rows are kept."},
    )
    bytes = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, MAX_BYTES),
        metadata={"description": "Bytes of the KPI's newest rows that are kept."},
    )


class InForce(Schema):
    """What holds for a KPI's results, null standing for "for ever"."""

    runs = fields.Integer(required=True, allow_none=True)
    days = fields.Float(required=True, allow_none=True)
    bytes = fields.Integer(required=True, allow_none=True)


class RetentionAnswer(Schema):
    """A KPI's own rule, if it has one, and what holds."""

    success = fields.Boolean(required=True)
    kpi_id = Id(required=True)
    rule = fields.Nested(Rule, required=True, allow_none=True)
    in_force = fields.Nested(InForce, required=True)
    changed_at = Instant(required=True, allow_none=True)
    changed_by = fields.String(required=True, allow_none=True)


def retention_blueprint(archive: Archive, dispatch: Dispatcher) -> Blueprint:
    """Return the routes of /v1/landing-kpi/kpis/{id}/retention."""
    blueprint = Blueprint("retention", __name__, url_prefix="/v1/landing-kpi/kpis/<id:kpi_id>")

    @blueprint.route("/retention")
    @requires(*READERS)
    @blueprint.response(200, RetentionAnswer)
    def retention(kpi_id: int) -> dict[str, Any]:
        """Return how long the rows of the KPI's runs are kept."""
        archive.require_kpi(kpi_id)
        return _answer(archive, kpi_id)

    @blueprint.route("/retention", methods=["PUT"])
    @requires(*WRITERS)
    @blueprint.arguments(Rule)
    @blueprint.response(200, RetentionAnswer)
    def set_retention(body: dict[str, Any], kpi_id: int) -> dict[str, Any]:
        """Set how long they are kept; the next round of retention heeds it."""
        archive.require_kpi(kpi_id)
        dispatch(SetRetention(kpi_id, Limits(**body)), command_context())
        return _answer(archive, kpi_id)

    @blueprint.route("/retention", methods=["DELETE"])
    @requires(*WRITERS)
    @blueprint.response(200, RetentionAnswer)
    def remove_retention(kpi_id: int) -> dict[str, Any]:
        """Leave it to the service's settings how long they are kept."""
        archive.require_kpi(kpi_id)
        dispatch(RemoveRetention(kpi_id), command_context())
        return _answer(archive, kpi_id)

    return blueprint


def _answer(archive: Archive, kpi_id: int) -> dict[str, Any]:
    keeping = archive.settings.keeping
    with archive.engine.connect() as connection:
        rule = rules.get_rule(connection, kpi_id)
    own: dict[str, Any] = dict(rule) if rule is not None else {}
    days = None if keeping.age is None else keeping.age / timedelta(days=1)
    return {
        "success": True,
        "kpi_id": kpi_id,
        "rule": rule,
        "in_force": {
            "runs": keeping.runs if own.get("runs") is None else own["runs"],
            "days": days if own.get("days") is None else own["days"],
            "bytes": own.get("bytes"),
        },
        "changed_at": own.get("changed_at"),
        "changed_by": own.get("changed_by"),
    }
