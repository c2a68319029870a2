"""When an endpoint is left alone."""

from __future__ import annotations

from kpi_executor.llm.patience import FAILURES, REST_SECONDS, Patience


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_failures_in_a_row_begin_a_rest_that_ends() -> None:
    clock = Clock()
    patience = Patience(clock)
    for _ in range(FAILURES):
        assert not patience.rests
        patience.failed()
    assert patience.rests
    clock.now += REST_SECONDS
    assert not patience.rests


def test_an_answer_in_between_starts_the_count_anew() -> None:
    patience = Patience(Clock())
    for _ in range(3 * FAILURES):
        patience.failed()
        patience.answered()
    assert not patience.rests


def test_a_failure_after_the_rest_begins_the_next_one() -> None:
    clock = Clock()
    patience = Patience(clock)
    for _ in range(FAILURES):
        patience.failed()
    clock.now += REST_SECONDS
    patience.failed()
    assert patience.rests
