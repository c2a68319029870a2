"""The model's reply: a JSON object of a known form, or nothing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MAX_REPLY_CHARACTERS = 60_000
MAX_SQL_CHARACTERS = 20_000
MAX_EXPLANATION_CHARACTERS = 300

_FENCED = re.compile(r"```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```", re.DOTALL | re.IGNORECASE)
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)


class BadReply(ValueError):
    """The reply is not what was asked for; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered. ``sql`` is None where it says that it cannot."""

    sql: str | None
    explanation: str


def parse_reply(text: str) -> Reply:
    """Read a reply: the JSON object alone, or as the only fenced block of the text.

    Thoughts that some models put in front (``<think>…</think>``) are passed over. Raises
    ``BadReply``, and nothing else.
    """
    if len(text) > MAX_REPLY_CHARACTERS:
        raise BadReply(f"the reply is longer than {MAX_REPLY_CHARACTERS:,} characters")
    found = _object(_THOUGHTS.sub("", text, count=1).strip())
    sql, explanation = found.get("sql"), found.get("explanation", "")
    if "sql" not in found or not isinstance(sql, (str, type(None))):
        raise BadReply('the reply has no "sql" that is a text or null')
    if not isinstance(explanation, (str, type(None))):
        raise BadReply('the "explanation" is no text')
    if sql is not None and len(sql) > MAX_SQL_CHARACTERS:
        raise BadReply(f"the SQL is longer than {MAX_SQL_CHARACTERS:,} characters")
    return Reply(sql if sql and sql.strip() else None, one_line(explanation or ""))


def one_line(text: str, limit: int = MAX_EXPLANATION_CHARACTERS) -> str:
    """Return foreign text as one printable line of at most ``limit`` characters."""
    line = "".join(char if char.isprintable() else " " for char in text[: 4 * limit])
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _object(text: str) -> dict[str, object]:
    fenced = _FENCED.findall(text)
    if len(fenced) > 1:
        raise BadReply("the reply has several fenced blocks")
    try:
        found = json.loads(fenced[0] if fenced else text)
    except (ValueError, RecursionError):
        raise BadReply("the reply is not a JSON object") from None
    if not isinstance(found, dict):
        raise BadReply("the reply is not a JSON object")
    return found
