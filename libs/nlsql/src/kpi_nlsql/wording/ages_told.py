"""Ages: "more than 30 days ago" and "at least a week old" are told as "older than 30 days".

What is not that old is "in the last 30 days", and what is older than a period was before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.periods_told import DAYS_OF
from kpi_nlsql.wording.period_phrases import is_date, is_year, period
from kpi_nlsql.wording.phrases import lower_at, retold, said

_OLDER = frozenset(
    {"more than", "longer than", "over", "greater than", "older than", "earlier than", "before"}
)
_AT_LEAST = frozenset({"at least", "no less than", "not less than", "a minimum of"})
_RECENT = frozenset(
    {"less than", "fewer than", "under", "at most", "no more than", "not more than", "up to",
     "younger than", "newer than", "no older than", "not older than", "since", "within",
     "more recent than", "later than", "after"}
)  # fmt: skip
_AGED = frozenset(
    {"older than", "newer than", "no older than", "not older than", "since", "more recent than"}
)  # fmt: skip
"""What says by itself that it counts back from today."""
_LONG_SINCE = frozenset({"in more than", "in over", "in at least", "in"})
"""How long it is that something has not been done: "boats that have not sailed in 90 days"."""
_OPEN_FOR = frozenset({"for more than", "for over", "for at least", "for longer than"})
_OPEN = frozenset({"open", "outstanding", "unpaid", "pending", "unresolved", "unanswered"})
"""States that rows have since they came about: "invoices open for more than 30 days"."""
_TAILS = {"ago": 1, "back": 1, "old": 1, "before today": 2, "in the past": 3}
_BEFORE = 6
_HAVING = frozenset({"have", "has", "had", "haven", "hasn", "hadn"})
_BESIDE = {
    "older": "earlier", "younger": "later", "newer": "later", "earlier": "earlier",
    "later": "later",
}  # fmt: skip


def ages_told(tokens: list[Token]) -> list[Token]:
    """Return the tokens with ages told as spans that end today, or as what is before a period."""
    return _beside_periods(retold(retold(tokens, _between), _age))


def _between(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    """Tell "between 30 and 60 days old" as "at least 30 days old and at most 60 days old"."""
    run = tokens[position : position + 5]
    least, most = (_amount(run, 1), _amount(run, 3)) if len(run) == 5 else (None, None)
    tail = _tail(tokens, position + 5)
    told_so = bool(tail) and [run[0].lower, run[2].lower] == ["between", "and"]
    if least is None or most is None or not told_so or run[4].lower not in DAYS_OF:
        return 0
    end = position + 5 + _TAILS[tail]
    back = [run[4], *tokens[position + 5 : end]]
    told += [*said(("at", "least"), run[0]), run[1], *back, run[2]]
    told += [*said(("at", "most"), run[3]), run[3], *back]
    return end - position


def _age(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    for length in (3, 2, 1):
        lead = " ".join(token.lower for token in tokens[position : position + length])
        long_since = lead in _LONG_SINCE and _is_undone(told)
        open_for = lead in _OPEN_FOR and lower_at(told, len(told) - 1) in _OPEN
        if lead in _OLDER | _AT_LEAST | _RECENT or long_since or open_for:
            return _counted_back(told, tokens, position, length, lead)
    return 0


def _counted_back(
    told: list[Token], tokens: Sequence[Token], position: int, length: int, lead: str
) -> int:
    amount = _amount(tokens, position + length)
    unit = lower_at(tokens, position + length + 1)
    days = DAYS_OF.get(unit)
    tail = _tail(tokens, position + length + 2)
    by_itself = lead in _AGED | _LONG_SINCE | _OPEN_FOR
    aged = tail == "old" and days == DAYS_OF["year"]  # "more than 30 years old": of people, too
    if amount is None or days is None or aged or not (tail or by_itself):
        return 0
    if lead.endswith("at least") or lead in _AT_LEAST:
        amount, unit = amount * days - 1, "days"
    words = ["older", "than"] if lead in _OLDER | _AT_LEAST | _OPEN_FOR else ["in", "the", "last"]
    if words[0] == "in" and lower_at(told, len(told) - 1) in {"in", "from"}:
        del words[0]
    told += said((*words, str(amount), unit), tokens[position])
    return length + 2 + _TAILS.get(tail, 0)


def _is_undone(told: Sequence[Token]) -> bool:
    """Tell whether it was said before that somebody has not, or never, done something."""
    words = [token.lower for token in told[-_BEFORE:]]
    return any(
        first in _HAVING and second in {"not", "never", "t"}  # "haven't"
        for first, second in pairwise(words)
    )


def _amount(tokens: Sequence[Token], position: int) -> int | None:
    token = tokens[position : position + 1]
    if not token:
        return None
    whole = token[0].kind == "number" and token[0].text.isdigit()
    return int(token[0].text) if whole else 1 if token[0].lower in {"a", "an", "one"} else None


def _tail(tokens: Sequence[Token], position: int) -> str:
    """Return the words that say that an amount of days counts back from today."""
    ahead = [token.lower for token in tokens[position : position + 3]]
    return next((tail for tail, length in _TAILS.items() if tail.split() == ahead[:length]), "")


def _beside_periods(tokens: list[Token]) -> list[Token]:
    """Tell "2015 or older" as "2015 or earlier", "older than 2015" as "earlier than 2015"."""
    told = list(tokens)
    for position, token in enumerate(tokens):
        word = _BESIDE.get(token.lower)
        dated = position > 1 and (is_date(tokens[position - 2]) or is_year(tokens[position - 2]))
        behind = dated and lower_at(tokens, position - 1) in {"or", "and"}
        than = lower_at(tokens, position + 1) == "than"
        the = lower_at(tokens, position + 2) == "the"
        if word and (behind or (than and period(tokens, position + 2 + the))):
            told[position] = replace(token, text=word)
    return told
