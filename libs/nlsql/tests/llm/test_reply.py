"""From the text of a reply to SQL and explanation."""

from __future__ import annotations

import json

import pytest

from kpi_nlsql.llm import BadReply, Reply, parse_reply

GOOD = json.dumps({"sql": "SELECT 1", "explanation": "One."})


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n {GOOD} \n",
        f"```json\n{GOOD}\n```",
        f"Here it is:\n```\n{GOOD}\n```\nEnjoy.",
        f"<think>{{ not this }}\n```json\n{{}}\n```</think>\n{GOOD}",
    ],
)
def test_an_object_is_read_alone_fenced_or_after_thoughts(text: str) -> None:
    assert parse_reply(text) == Reply("SELECT 1", "One.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT 1",
        GOOD[:-1],
        f"{GOOD}{GOOD}",
        f"Sure! {GOOD}",
        "[1]",
        "null",
        "{}",
        '{"sql": 5}',
        '{"sql": ["SELECT 1"]}',
        '{"sql": "SELECT 1", "explanation": {}}',
        f"```json\n{GOOD}\n```\n```json\n{GOOD}\n```",
        "[" * 50_000,
        '{"sql": "' + "x" * 21_000 + '"}',
        "x" * 1_000_000,
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadReply):
        parse_reply(text)


@pytest.mark.parametrize("sql", ["null", '""', '"  "'])
def test_no_sql_means_that_the_model_cannot_say(sql: str) -> None:
    assert parse_reply(f'{{"sql": {sql}, "explanation": "No such table."}}').sql is None


def test_an_explanation_is_one_short_printable_line() -> None:
    told = json.dumps({"sql": "SELECT 1", "explanation": "a\x1b[31m\n\u202eb " + "c" * 5_000})
    explanation = parse_reply(told).explanation
    assert explanation.startswith("a [31m b c")
    assert len(explanation) == 300
