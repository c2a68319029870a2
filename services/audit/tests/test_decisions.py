"""Small decisions: when to sign, what to count, whom to let sign twice."""

import pytest

from kpi_audit.chain import Seal
from kpi_audit.checkpoints import Checkpoint
from kpi_audit.errors import AlreadySealed
from kpi_audit.sealing import is_due
from kpi_audit.statistics import rate

SEAL = Seal(7, bytes(32), b"signature", "key")


@pytest.mark.parametrize(
    ("new", "age", "due"),
    [(0, 0.0, False), (0, 99.0, False), (1, 9.9, False), (1, 10.0, True), (100, 0.0, True)],
)
def test_a_checkpoint_is_due_after_so_many_entries_or_seconds(
    new: int, age: float, due: bool
) -> None:
    assert is_due(new, age, every=100, seconds=10.0) is due


@pytest.mark.parametrize(
    ("successes", "total", "percent"), [(0, 0, 0.0), (145, 150, 96.67), (5102, 5234, 97.48)]
)
def test_the_success_rate_is_in_percent_with_two_decimals(
    successes: int, total: int, percent: float
) -> None:
    assert rate(successes, total) == percent


def test_a_head_is_signed_once() -> None:
    checkpoint = Checkpoint("7")
    (event,) = checkpoint.sign(SEAL)
    assert (event.seq, event.chain_hash) == (7, "00" * 32)
    checkpoint.version = 1
    with pytest.raises(AlreadySealed):
        checkpoint.sign(SEAL)
