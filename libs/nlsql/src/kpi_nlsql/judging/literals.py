"""Literals: what the sentence gives in numbers, quotes and names, and its plan must speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kpi_nlsql.english.dates_read import bounds
from kpi_nlsql.judging.unread_conjuncts import unread_conjuncts
from kpi_nlsql.mentions.periods_told import is_beside_today
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything
from kpi_nlsql.sentence import Sentence

_DAYS_OF_UNITS = (1, 7, 30, 365)
_LEADS_TO_VALUE = frozenset({"is", "are", "=", "equals", "equal to", "not", "("})
_CLAUSES = frozenset({"with", "where", "whose", "having"})
_COLUMN = 0.8
_YEAR = re.compile(r"(19|20)\d\d")
_TODAY = "today's"
"""What stands for all that is told beside today: "this month", "yesterday"."""
_PERIOD = re.compile(r"\d{4}-(\d\d|[qh]\d)")


def lost_literals(sentence: Sentence, query: plan.Plan, unknown: Sequence[str]) -> int:
    """Count the numbers, texts, names and conjuncts that are given and that the plan leaves out.

    ``unknown`` are the words that the reading does not account for; of those, the ones written
    as names are meant to be values.
    """
    kept = [text for part in everything(query) for text in _told_by(part)]
    lost = sum(
        not any(text in value for text in told for value in kept) for told in _literals(sentence)
    )
    lost += unread_conjuncts(sentence, query, unknown)
    return lost + sum(_may_be_value(sentence, word) for word in unknown)


def _may_be_value(sentence: Sentence, word: str) -> bool:
    return _is_name(sentence, word) or _ends_condition(sentence, word)


def _ends_condition(sentence: Sentence, word: str) -> bool:
    """Tell whether an unknown word stands where the value of a column would: "status dormant"."""
    for position, item in enumerate(sentence.items[1:], start=1):
        before = skip_words_back(sentence.items, position - 1, _LEADS_TO_VALUE)
        column = sentence.items[before]
        opened = {other.text for other in sentence.items[max(before - 2, 0) : before]} & _CLAUSES
        held = column.best_column() > max(column.best_table(), _COLUMN)
        led = before < position - 1 and not word.endswith("ed")
        if item.text == word and held and (opened or led) and not _goes_on(sentence, position):
            return True
    return False


def _goes_on(sentence: Sentence, position: int) -> bool:
    """Tell whether a comparison follows: "total score above 300" has its value there."""
    following = sentence.items[position + 1 : position + 2]
    return any(item.cues or item.number is not None or item.text == "is" for item in following)


def _is_name(sentence: Sentence, word: str) -> bool:
    return any(
        token.lower == word and token.text[:1].isupper() and not _begins(sentence.text, token.start)
        for token in sentence.tokens
    )


def _begins(text: str, start: int) -> bool:
    return text[:start].rstrip()[-1:] in {"", ".", "?", "!", ":"}


def _literals(sentence: Sentence) -> Iterator[tuple[str, ...]]:
    """Yield what is given, each in the forms a plan may keep it in.

    "after 2022" keeps the first day behind the year.
    """
    for position, item in enumerate(sentence.items):
        if is_beside_today(sentence.items, position):
            yield (_TODAY,)
        elif item.kind == "number" and item.number not in {0, 1}:
            number = item.number
            whole = isinstance(number, float) and number.is_integer()
            text = str(int(number) if whole and number is not None else number)
            yield (text, bounds(text)[1]) if _YEAR.fullmatch(text) else (text,)
        elif item.kind == "quoted":
            text = item.text.lower()
            yield bounds(text) if _PERIOD.fullmatch(text) and not item.values else (text,)


def _told_by(part: object) -> Iterator[str]:
    """Yield the texts that a part of a plan itself tells."""
    if isinstance(part, str | int | float):
        yield str(part).lower()
    elif isinstance(part, plan.RecentDays):
        told = part.days if part.days > 0 else -part.days - 1  # "the next 30 days" end behind them
        yield from (_TODAY, *(str(told // unit) for unit in _DAYS_OF_UNITS))
    elif isinstance(part, plan.Compare) and isinstance(part.left, plan.PeriodOf):
        yield _TODAY
    elif isinstance(part, plan.Compare) and isinstance(part.left, plan.DaysBetween):
        # "more than 2 weeks after" is kept as more than 14 days.
        days = part.right.value if isinstance(part.right, plan.Constant) else None
        if isinstance(days, int) and days % 7 == 0:
            yield str(days // 7)
