"""Literals: the numbers and quoted texts of a sentence that its plan must speak of."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from kpi_nlsql import plan
from kpi_nlsql.sentence import Sentence


def lost_literals(sentence: Sentence, query: plan.Plan) -> int:
    """Count the numbers and quoted texts that the sentence gives and the plan leaves out."""
    kept = [str(value).lower() for value in _constants(query)]
    return sum(not any(text in value for value in kept) for text in _literals(sentence))


def _literals(sentence: Sentence) -> Iterator[str]:
    for item in sentence.items:
        if item.kind == "number" and item.number not in {0, 1}:
            number = item.number
            whole = isinstance(number, float) and number.is_integer()
            yield str(int(number) if whole and number is not None else number)
        elif item.kind == "quoted":
            yield item.text.lower()


def _constants(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for part in value:
            yield from _constants(part)
    elif isinstance(value, str | int | float):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _constants(getattr(value, field.name))
