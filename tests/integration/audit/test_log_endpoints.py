"""The log over HTTP: reading, verifying, proving, replaying."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from kpi_audit.checkpoints import seal_head
from kpi_audit.signing import SigningKey
from tests.integration.audit.callers import Caller
from tests.integration.audit.harness import ids_of, ingest
from tests.integration.audit.story import Story
from tests.integration.audit.tampering import Tamper

AUDIT = "/v1/audit"


@pytest.fixture
def told(engine: sa.Engine, nats_url: str) -> Story:
    story = Story()
    story.create(7)
    story.edit(7)
    story.run(11, 7, who="cem")
    story.create(8, who="cem")
    ingest(nats_url, engine, story.records)
    return story


def test_events_are_listed_newest_first_with_everything_known(auditor: Caller, told: Story) -> None:
    body = auditor.get(f"{AUDIT}/events", limit=4)
    assert (body["total"], len(body["events"])) == (10, 4)
    newest = body["events"][0]
    assert newest["seq"] == 10
    assert newest["id"] == ids_of(told.records)[-1]
    assert newest["type"] == "io.kpiledger.definition.created.v1"
    assert newest["data"]["group_name"] == "Data Quality"
    assert newest["prev_hash"] == body["events"][1]["hash"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"aggregate": "execution"}, 4),
        ({"aggregate": "definition", "aggregate_id": "7"}, 5),
        ({"type": "io.kpiledger.definition.created.v1"}, 2),
        ({"actor": "cem"}, 5),
        ({"from": "2001-01-01T00:00:00Z"}, 10),
        ({"to": "2001-01-01T00:00:00Z"}, 0),
    ],
)
@pytest.mark.usefixtures("told")
def test_events_are_filtered(auditor: Caller, query: dict[str, Any], count: int) -> None:
    assert auditor.get(f"{AUDIT}/events", **query)["total"] == count


def test_events_are_found_by_correlation_and_time(auditor: Caller, told: Story) -> None:
    third = told.records[2]
    wanted: dict[str, Any] = {"correlation_id": str(third.correlation_id)}
    assert [item["seq"] for item in auditor.get(f"{AUDIT}/events", **wanted)["events"]] == [3]
    from_third: dict[str, Any] = {"from": third.time.isoformat()}
    since = auditor.get(f"{AUDIT}/events", **from_third)
    assert since["total"] == 8


@pytest.mark.usefixtures("told")
def test_an_untouched_log_verifies(auditor: Caller, engine: sa.Engine, key: SigningKey) -> None:
    seal_head(engine, key)
    body = auditor.post(f"{AUDIT}/verify", {})
    assert body.pop("duration_ms") > 0
    assert len(body.pop("head_hash")) == 64
    assert body == {
        "success": True,
        "valid": True,
        "first_bad_seq": None,
        "reason": None,
        "from_seq": 1,
        "checked_to_seq": 10,
        "entries_checked": 10,
        "checkpoints_checked": 1,
        "signed_to_seq": 10,
    }
    assert auditor.post(f"{AUDIT}/verify")["valid"]


@pytest.mark.usefixtures("told")
def test_verification_names_the_first_bad_entry(auditor: Caller, tamper: Tamper) -> None:
    tamper.edit(4)
    body = auditor.post(f"{AUDIT}/verify", {})
    assert (body["valid"], body["first_bad_seq"], body["checked_to_seq"]) == (False, 4, 3)
    assert auditor.post(f"{AUDIT}/verify", {"from_seq": 5})["valid"]
    refused = auditor.post(f"{AUDIT}/verify", {"from_seq": 1, "to_seq": 99}, expect=422)
    assert "to_seq" in refused["errors"]
    auditor.post(f"{AUDIT}/verify", {"from": 1}, expect=422)


def test_there_is_no_checkpoint_before_the_first(auditor: Caller) -> None:
    assert auditor.get(f"{AUDIT}/checkpoint") == {"success": True, "checkpoint": None}
    assert auditor.post(f"{AUDIT}/verify", {})["entries_checked"] == 0


@pytest.mark.usefixtures("told")
def test_a_proof_can_be_recomputed_with_nothing_but_hashes_and_the_public_key(
    auditor: Caller, engine: sa.Engine, key: SigningKey
) -> None:
    auditor.get(f"{AUDIT}/events/4/proof", expect=409)
    seal_head(engine, key)
    proof = auditor.get(f"{AUDIT}/events/4/proof")
    digest = bytes.fromhex(proof["prev_hash"])
    for link in proof["links"]:
        digest = hashlib.sha256(digest + link["canonical"].encode()).digest()
        assert digest.hex() == link["hash"]
    assert [link["seq"] for link in proof["links"]] == list(range(4, 11))
    assert_signed(proof["checkpoint"], 10, digest)
    assert proof["checkpoint"] == auditor.get(f"{AUDIT}/checkpoint")["checkpoint"]
    auditor.get(f"{AUDIT}/events/99/proof", expect=404)


def assert_signed(checkpoint: dict[str, Any], seq: int, digest: bytes) -> None:
    public = load_pem_public_key(checkpoint["public_key"].encode())
    assert isinstance(public, Ed25519PublicKey)
    signed = f"kpi-ledger audit checkpoint v1\n{seq}\n{digest.hex()}\n".encode()
    public.verify(base64.b64decode(checkpoint["signature"]), signed)


@pytest.mark.usefixtures("told")
def test_a_replay_tells_whether_the_projections_are_right(auditor: Caller, tamper: Tamper) -> None:
    body = auditor.post(f"{AUDIT}/replay")
    assert (body["equal"], body["entries_replayed"]) == (True, 10)
    assert body["tables"] == ["query_executions", "kpi_history"]
    tamper.falsify_history(1)
    body = auditor.post(f"{AUDIT}/replay")
    assert (body["equal"], body["differing_table"]) == (False, "kpi_history")


def test_a_kpi_is_shown_as_it_was(auditor: Caller, told: Story) -> None:
    def at(number: int, expect: int = 200) -> dict[str, Any]:
        moment = told.records[number].time.isoformat()
        asked = {"aggregate": "definition", "aggregate_id": "7", "time": moment}
        return auditor.get(f"{AUDIT}/as-of", expect, **asked)

    updated, rolled_back, deleted, restored = (at(number) for number in range(1, 5))
    assert (updated["version"], updated["seq"], updated["last_changed_by"]) == (2, 2, "bob")
    assert updated["state"]["name"] == "Product Mismatch"
    assert updated["state"]["description"] == "Products not in OPS"
    assert rolled_back["state"]["description"] is None
    assert [state["deleted"] for state in (rolled_back, deleted, restored)] == [False, True, False]
    assert at(9) | {"time": None} == restored | {"time": None}
    before = {"aggregate": "definition", "aggregate_id": "7", "time": "2001-01-01T00:00:00Z"}
    auditor.get(f"{AUDIT}/as-of", 404, **before)
    assert set(auditor.get(f"{AUDIT}/as-of", 422)["errors"]) == set(before)


def test_only_auditors_and_admins_examine_the_log(caller: Callable[..., Caller]) -> None:
    stranger = caller("ann", "viewer", "editor", "operator")
    for path in ("events", "events/1/proof", "checkpoint"):
        stranger.get(f"{AUDIT}/{path}", expect=403)
    for path in ("verify", "replay"):
        stranger.post(f"{AUDIT}/{path}", {}, expect=403)
    caller("root", "admin").get(f"{AUDIT}/events")
