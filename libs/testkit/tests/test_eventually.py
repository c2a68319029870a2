from __future__ import annotations

import asyncio
from itertools import count

import pytest

from kpi_testkit import eventually, eventually_async


def test_the_first_truthy_answer_is_returned() -> None:
    answers = count()
    assert eventually(lambda: next(answers) > 2 and "done") == "done"


def test_an_assertion_in_the_predicate_means_not_yet() -> None:
    answers = count()

    def third() -> bool:
        assert next(answers) == 2
        return True

    assert eventually(third)


def test_other_errors_pass_through_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        eventually(lambda: 1 / 0)


def test_giving_up_tells_what_was_awaited_and_the_last_answer() -> None:
    with pytest.raises(AssertionError, match=r"0.05 s: the moon is blue \(last answer: 0\)"):
        eventually(lambda: 0, 0.05, "the moon is blue")


def test_an_awaited_predicate_is_polled_as_well() -> None:
    answers = count()

    async def third() -> bool:
        return next(answers) == 2

    assert asyncio.run(eventually_async(third))


def test_giving_up_on_an_awaited_predicate_tells_the_last_assertion() -> None:
    async def never() -> bool:
        raise AssertionError("still dark")

    with pytest.raises(AssertionError, match="still dark"):
        asyncio.run(eventually_async(never, 0.05, "morning"))
