"""The dialogue: ask, check what comes back, and let the model mend it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kpi_nlsql.llm.prompt import Message, Prompt
from kpi_nlsql.llm.reply import BadReply, one_line, parse_reply

ROUNDS = 2
"""The question, and one repair."""

Complete = Callable[[Sequence[Message]], str]
Checked = TypeVar("Checked")


class QueryRejected(ValueError):
    """A check refused the model's query; the message tells the model what to mend."""


class NoReading(Exception):
    """The model has no usable answer; the message says why, in words for the user."""


@dataclass(frozen=True, slots=True)
class ModelReading(Generic[Checked]):
    """An answer that passed every check. ``repaired``: only in the second round."""

    query: Checked
    explanation: str
    repaired: bool


def ask(
    prompt: Prompt, complete: Complete, check: Callable[[str], Checked]
) -> ModelReading[Checked]:
    """Return the model's reading of the prompt's question.

    ``check`` turns the SQL into what may be executed or raises ``QueryRejected``. Raises
    ``NoReading`` where there is no usable answer, and whatever ``complete`` raises.
    """
    messages: list[Message] = list(prompt.messages)
    problem = ""
    for turn in range(ROUNDS):
        text = complete(messages)
        try:
            reply = parse_reply(text)
            if reply.sql is None:
                raise NoReading("it says that the question cannot be answered from these tables")
            return ModelReading(check(reply.sql), reply.explanation, turn > 0)
        except (BadReply, QueryRejected) as error:
            problem = one_line(str(error))
            messages += _repair(text, problem)
    raise NoReading(f"its answer was not usable: {problem.rstrip('.')}")


_MOST_REPEATED = 4_000


def _repair(text: str, problem: str) -> list[Message]:
    return [
        {"role": "assistant", "content": text[:_MOST_REPEATED]},
        {
            "role": "user",
            "content": f"That cannot be used: {problem}\nReply with the JSON object again, mended.",
        },
    ]
