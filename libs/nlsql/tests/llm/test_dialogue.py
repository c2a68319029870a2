"""Asking, checking and one repair."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from kpi_nlsql.llm import Message, NoReading, Prompt, QueryRejected, ask

PROMPT = Prompt(({"role": "user", "content": "question"},))


class Script:
    """Replies one after the other, and remembers what was asked."""

    def __init__(self, *replies: str) -> None:
        self._replies = list(replies)
        self.asked: list[list[Message]] = []

    def __call__(self, messages: Sequence[Message]) -> str:
        self.asked.append(list(messages))
        return self._replies.pop(0)


def sql(text: str | None) -> str:
    return json.dumps({"sql": text, "explanation": "So."})


def only_select(text: str) -> str:
    if not text.startswith("SELECT"):
        raise QueryRejected("Only SELECT is allowed.")
    return text.lower()


def test_a_good_answer_needs_one_round() -> None:
    script = Script(sql("SELECT A"))
    reading = ask(PROMPT, script, only_select)
    assert (reading.query, reading.explanation, reading.repaired) == ("select a", "So.", False)
    assert script.asked == [list(PROMPT.messages)]


@pytest.mark.parametrize("bad", [sql("DROP TABLE a"), "rubbish"])
def test_a_bad_answer_is_sent_back_once_with_what_is_wrong(bad: str) -> None:
    script = Script(bad, sql("SELECT A"))
    assert ask(PROMPT, script, only_select).repaired
    assert [message["role"] for message in script.asked[1]] == ["user", "assistant", "user"]
    assert script.asked[1][1]["content"] == bad
    assert "cannot be used" in script.asked[1][2]["content"]


def test_a_second_bad_answer_is_the_last() -> None:
    script = Script(sql("DROP TABLE a"), sql("DELETE FROM a"), sql("SELECT A"))
    with pytest.raises(NoReading, match="Only SELECT is allowed"):
        ask(PROMPT, script, only_select)
    assert len(script.asked) == 2


def test_an_answer_without_sql_is_taken_at_its_word() -> None:
    script = Script(sql(None))
    with pytest.raises(NoReading, match="cannot be answered"):
        ask(PROMPT, script, only_select)


def test_a_huge_answer_is_not_repeated_whole() -> None:
    script = Script("x" * 500_000, sql("SELECT A"))
    assert ask(PROMPT, script, only_select).repaired
    assert len(script.asked[1][1]["content"]) == 4_000
