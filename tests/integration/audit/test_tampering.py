"""Verification of the stored log names the first entry that is not as it was written."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from kpi_audit import log
from kpi_audit.chain import Head, next_hash
from kpi_audit.checkpoints import seal_head
from kpi_audit.errors import ChainBroken, RangeInvalid
from kpi_audit.signing import SigningKey, TrustedKeys
from kpi_audit.verification import Verification, verify_log
from tests.integration.audit.harness import ingest
from tests.integration.audit.story import busy
from tests.integration.audit.tampering import Tamper

SIGNED_TO = 45
ENTRIES = 63  # 3 KPIs with 5 runs of 4 events each

Verify = Callable[..., Verification]


@pytest.fixture
def verify(engine: sa.Engine, nats_url: str, key: SigningKey, trusted: TrustedKeys) -> Verify:
    """Verify a log of 63 entries, signed at 20 and 45."""
    records = busy(kpis=3, runs=5)
    assert len(records) == ENTRIES
    ingest(nats_url, engine, records[:20])
    seal_head(engine, key)
    ingest(nats_url, engine, records[20:SIGNED_TO])
    seal_head(engine, key)
    ingest(nats_url, engine, records[SIGNED_TO:])

    def verify_now(from_seq: int = 1, to_seq: int | None = None) -> Verification:
        with engine.connect() as connection:
            return verify_log(connection, trusted.is_genuine, from_seq=from_seq, to_seq=to_seq)

    return verify_now


def first_bad(verification: Verification) -> int | None:
    fault = verification.verdict.fault
    return fault.seq if fault else None


def test_an_untouched_log_is_valid_and_tells_how_far_it_is_signed(verify: Verify) -> None:
    verdict = verify().verdict
    assert verdict.valid
    assert (verdict.entries, verdict.seals, verdict.signed_to) == (ENTRIES, 2, SIGNED_TO)


@pytest.mark.parametrize("seq", [1, 20, 33, ENTRIES])
def test_an_edited_row_is_found(verify: Verify, tamper: Tamper, seq: int) -> None:
    tamper.edit(seq)
    assert first_bad(verify()) == seq


@pytest.mark.parametrize("seq", [1, 20, 33, ENTRIES - 1])
def test_a_deleted_row_is_found(verify: Verify, tamper: Tamper, seq: int) -> None:
    tamper.delete(seq)
    assert first_bad(verify()) == seq


@pytest.mark.parametrize(("one", "other"), [(1, 2), (33, 34), (10, 50)])
def test_swapped_rows_are_found(verify: Verify, tamper: Tamper, one: int, other: int) -> None:
    tamper.swap(one, other)
    assert first_bad(verify()) == one


@pytest.mark.parametrize("last", [40, SIGNED_TO, ENTRIES - 1])
def test_a_cut_tail_is_found_signed_or_not(verify: Verify, tamper: Tamper, last: int) -> None:
    tamper.cut_behind(last)
    assert first_bad(verify()) == last + 1


def test_a_chain_rewritten_with_all_hashes_breaks_at_the_next_checkpoint(
    verify: Verify, tamper: Tamper, engine: sa.Engine
) -> None:
    tamper.edit(33)
    rehash(engine, tamper, 33)
    fault = verify().verdict.fault
    assert fault is not None
    assert fault.seq == SIGNED_TO
    assert "behind 20" in fault.reason


def test_the_head_of_a_broken_chain_is_not_signed(
    verify: Verify, tamper: Tamper, engine: sa.Engine, key: SigningKey
) -> None:
    tamper.edit(50)
    with pytest.raises(ChainBroken) as broken:
        seal_head(engine, key)
    assert broken.value.fault.seq == 50
    tamper.cut_behind(30)
    with pytest.raises(ChainBroken) as cut:
        seal_head(engine, key)
    assert cut.value.fault.seq == 31


def test_a_stretch_is_verified_alone(verify: Verify, tamper: Tamper) -> None:
    tamper.edit(10)
    assert first_bad(verify()) == 10
    assert verify(11, 40).verdict.valid
    assert verify(11, 40).verdict.entries == 30
    assert verify(21).verdict.signed_to == SIGNED_TO
    assert first_bad(verify(5, 12)) == 10


def test_a_stretch_outside_the_log_is_refused(verify: Verify) -> None:
    with pytest.raises(RangeInvalid):
        verify(ENTRIES + 1)
    with pytest.raises(RangeInvalid):
        verify(10, 9)


def rehash(engine: sa.Engine, tamper: Tamper, seq: int) -> None:
    """Recompute the hashes from an entry on, as a forger without the key can."""
    with engine.connect() as connection:
        head = Head(seq - 1, next(log.links(connection, seq - 2)).hash)
        links = list(log.links(connection, seq - 1))
    for link in links:
        digest = next_hash(head.hash, link.content)
        tamper.set_hash(link.seq, head.hash, digest)
        head = Head(link.seq, digest)
