"""The JSON shapes of the log and its examination. Hashes are hexadecimal, signatures base64."""

from __future__ import annotations

from marshmallow import fields, validate

from kpi_service.paging import PageQuery, PageSchema
from kpi_service.schemas import MAX_ID, Instant, Schema

_SHORT = validate.Length(1, 255)


class EventQuery(PageQuery):
    """Which events to list."""

    aggregate = fields.String(validate=_SHORT)
    aggregate_id = fields.String(validate=_SHORT)
    type = fields.String(
        validate=_SHORT, metadata={"example": "io.kpiledger.definition.created.v1"}
    )
    actor = fields.String(validate=_SHORT)
    correlation_id = fields.UUID()
    from_time = Instant(data_key="from", metadata={"description": "Included."})
    to_time = Instant(data_key="to", metadata={"description": "Not included."})


class Event(Schema):
    """An event in the log."""

    seq = fields.Integer(required=True)
    id = fields.UUID(required=True)
    type = fields.String(required=True)
    aggregate = fields.String(required=True)
    aggregate_id = fields.String(required=True)
    version = fields.Integer(required=True)
    time = Instant(required=True)
    actor = fields.String(required=True)
    actor_kind = fields.String(required=True)
    correlation_id = fields.UUID(required=True)
    causation_id = fields.UUID(required=True, allow_none=True)
    traceparent = fields.String(required=True, allow_none=True)
    data = fields.Raw(required=True, metadata={"type": "object"})
    hash = fields.Function(lambda row: row["hash"].hex(), required=True)
    prev_hash = fields.Function(lambda row: row["prev_hash"].hex(), required=True)
    stream_seq = fields.Integer(required=True)
    recorded_at = Instant(required=True)


class Events(PageSchema):
    """A page of events, newest first."""

    success = fields.Boolean(required=True)
    events = fields.List(fields.Nested(Event), required=True)


class Checkpoint(Schema):
    """A signed head of the chain.

    The signature is Ed25519 over the lines `kpi-ledger audit checkpoint v1`, `seq`, `chain_hash`,
    each ended by a line feed.
    """

    seq = fields.Integer(required=True)
    chain_hash = fields.String(required=True)
    signature = fields.String(required=True)
    key_id = fields.String(required=True)
    public_key = fields.String(
        required=True, allow_none=True, metadata={"description": "PEM; null if it is not known."}
    )


class CheckpointAnswer(Schema):
    """The newest checkpoint; null before the first."""

    success = fields.Boolean(required=True)
    checkpoint = fields.Nested(Checkpoint, required=True, allow_none=True)


class VerifyRequest(Schema):
    """What to verify; left out: the whole chain."""

    from_seq = fields.Integer(load_default=1, strict=True, validate=validate.Range(1, MAX_ID))
    to_seq = fields.Integer(load_default=None, strict=True, validate=validate.Range(1, MAX_ID))


class Verified(Schema):
    """The outcome: nothing changed if `valid`, else the first bad entry and what is wrong."""

    success = fields.Boolean(required=True)
    valid = fields.Boolean(required=True)
    first_bad_seq = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    from_seq = fields.Integer(required=True)
    checked_to_seq = fields.Integer(required=True)
    entries_checked = fields.Integer(required=True)
    checkpoints_checked = fields.Integer(required=True)
    signed_to_seq = fields.Integer(
        required=True, metadata={"description": "The last checkpoint on the way; 0 without."}
    )
    head_hash = fields.String(required=True)
    duration_ms = fields.Float(required=True)


class Replayed(Schema):
    """Whether every projection equals its rebuild from the log; else the first that differs."""

    success = fields.Boolean(required=True)
    equal = fields.Boolean(required=True)
    differing_table = fields.String(required=True, allow_none=True)
    differing_rows = fields.Integer(required=True)
    tables = fields.List(fields.String(), required=True)
    entries_replayed = fields.Integer(required=True)
    duration_ms = fields.Float(required=True)


class ProofLink(Schema):
    """`hash` is the SHA-256 of the hash before and the UTF-8 bytes of `canonical`."""

    seq = fields.Integer(required=True)
    canonical = fields.String(required=True)
    hash = fields.String(required=True)


class Proof(Schema):
    """The chain from an entry to the next checkpoint, for recomputing without us."""

    success = fields.Boolean(required=True)
    seq = fields.Integer(required=True)
    prev_hash = fields.String(required=True)
    links = fields.List(fields.Nested(ProofLink), required=True)
    checkpoint = fields.Nested(Checkpoint, required=True)


class AsOfQuery(Schema):
    """Which aggregate to look at, and when."""

    aggregate = fields.String(required=True, validate=_SHORT, metadata={"example": "definition"})
    aggregate_id = fields.String(required=True, validate=_SHORT, metadata={"example": "7"})
    time = Instant(required=True)


class AsOf(Schema):
    """An aggregate as its events up to a moment made it; `seq` is the last of them in the log."""

    success = fields.Boolean(required=True)
    aggregate = fields.String(required=True)
    aggregate_id = fields.String(required=True)
    time = Instant(required=True)
    version = fields.Integer(required=True)
    deleted = fields.Boolean(required=True)
    state = fields.Dict(keys=fields.String(), required=True)
    seq = fields.Integer(required=True)
    last_event = fields.String(required=True)
    last_changed_at = Instant(required=True)
    last_changed_by = fields.String(required=True)
