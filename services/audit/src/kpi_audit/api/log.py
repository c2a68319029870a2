"""The log itself: reading, verifying, proving and replaying it."""

from __future__ import annotations

import base64
from typing import Any

import sqlalchemy as sa

from kpi_audit import queries
from kpi_audit.api import log_schemas as schemas
from kpi_audit.as_of import state_at
from kpi_audit.chain import Seal
from kpi_audit.checkpoints import last_seal
from kpi_audit.ingest import TABLES
from kpi_audit.log import link_of
from kpi_audit.queries import EventFilter
from kpi_audit.replay import replay
from kpi_audit.signing import TrustedKeys, public_pem
from kpi_audit.verification import verify_log
from kpi_service.auth import requires
from kpi_service.blueprint import Blueprint
from kpi_service.database import reader
from kpi_service.paging import page

AUDITOR = "auditor"


def log_blueprint(engine: sa.Engine, long_running: sa.Engine, keys: TrustedKeys) -> Blueprint:
    """Return the routes of /v1/audit; `long_running` is for what reads the whole log."""
    blueprint = Blueprint("audit", __name__, url_prefix="/v1/audit")
    reading = reader(engine)

    @blueprint.route("/events")
    @requires(AUDITOR)
    @blueprint.arguments(schemas.EventQuery, location="query")
    @blueprint.response(200, schemas.Events)
    def events(query: dict[str, Any]) -> dict[str, Any]:
        """List events of every service, newest first."""
        limit, offset = query.pop("limit"), query.pop("offset")
        with reading.connect() as connection:
            total, found = queries.list_events(connection, EventFilter(**query), limit, offset)
        return {"success": True, **page(total, limit, offset), "events": found}

    @blueprint.route("/events/<id:seq>/proof")
    @requires(AUDITOR)
    @blueprint.response(200, schemas.Proof)
    def proof(seq: int) -> dict[str, Any]:
        """Return all it takes to recompute the chain from an event to the next checkpoint."""
        with reading.connect() as connection:
            entries, seal = queries.get_proof(connection, seq)
        links = [link_of(entry) for entry in entries]
        return {
            "success": True,
            "seq": seq,
            "prev_hash": links[0].prev_hash.hex(),
            "links": [
                {"seq": link.seq, "canonical": link.content.decode(), "hash": link.hash.hex()}
                for link in links
            ],
            "checkpoint": checkpoint_body(seal, keys),
        }

    @blueprint.route("/as-of")
    @requires(AUDITOR)
    @blueprint.arguments(schemas.AsOfQuery, location="query")
    @blueprint.response(200, schemas.AsOf)
    def as_of(query: dict[str, Any]) -> dict[str, Any]:
        """Return what a KPI (or any other aggregate) was at a moment."""
        with reading.connect() as connection:
            state = state_at(connection, query["aggregate"], query["aggregate_id"], query["time"])
        last = state.last.record
        return {
            "success": True,
            **query,
            "version": last.version,
            "deleted": state.deleted,
            "state": state.fields,
            "seq": state.last.seq,
            "last_event": last.type,
            "last_changed_at": last.time,
            "last_changed_by": last.actor.subject,
        }

    @blueprint.route("/checkpoint")
    @requires(AUDITOR)
    @blueprint.response(200, schemas.CheckpointAnswer)
    def checkpoint() -> dict[str, Any]:
        """Return the newest signed checkpoint and the key to check it with. Keep it elsewhere."""
        with reading.connect() as connection:
            seal = last_seal(connection)
        return {"success": True, "checkpoint": seal and checkpoint_body(seal, keys)}

    @blueprint.route("/verify", methods=["POST"])
    @requires(AUDITOR)
    @blueprint.arguments(schemas.VerifyRequest)
    @blueprint.response(200, schemas.Verified)
    def verify(body: dict[str, Any]) -> dict[str, Any]:
        """Recompute the hash chain and check the signatures on it."""
        with reader(long_running).connect() as connection:
            outcome = verify_log(connection, keys.is_genuine, **body)
        verdict = outcome.verdict
        return {
            "success": True,
            "valid": verdict.valid,
            "first_bad_seq": verdict.fault and verdict.fault.seq,
            "reason": verdict.fault and verdict.fault.reason,
            "from_seq": outcome.from_seq,
            "checked_to_seq": verdict.head.seq,
            "entries_checked": verdict.entries,
            "checkpoints_checked": verdict.seals,
            "signed_to_seq": verdict.signed_to,
            "head_hash": verdict.head.hash.hex(),
            "duration_ms": round(outcome.seconds * 1000, 3),
        }

    @blueprint.route("/replay", methods=["POST"])
    @requires(AUDITOR)
    @blueprint.response(200, schemas.Replayed)
    def replay_log() -> dict[str, Any]:
        """Rebuild the projections from the log, aside, and compare them with the live ones."""
        outcome = replay(long_running)
        return {
            "success": True,
            "equal": outcome.equal,
            "differing_table": outcome.table,
            "differing_rows": outcome.rows,
            "tables": [table.name for table in TABLES],
            "entries_replayed": outcome.entries,
            "duration_ms": round(outcome.seconds * 1000, 3),
        }

    return blueprint


def checkpoint_body(seal: Seal, keys: TrustedKeys) -> dict[str, Any]:
    """Return a checkpoint as it is shown."""
    key = keys.get(seal.key_id)
    return {
        "seq": seal.seq,
        "chain_hash": seal.hash.hex(),
        "signature": base64.b64encode(seal.signature).decode(),
        "key_id": seal.key_id,
        "public_key": public_pem(key).decode() if key else None,
    }
