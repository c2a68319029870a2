"""References: "payments that point to an invoice" are payments for an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import retold

_REFERRING = frozenset("refer refers referring point points pointing link links linking".split())  # noqa: SIM905
_PRONOUNS = frozenset({"that", "which"})
_DENYING = frozenset({"not", "never", "n't", "no", "t"})
_DETERMINERS = frozenset("a an the any some its their no one".split())  # noqa: SIM905


def plain_references(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with verbs that say what rows refer to told as "for".

    They name no data, though a table may be called so (``SUPPLY_POINT``, ``REF_PORT``).
    """
    return retold(tokens, _reference)


def _reference(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    if not _refers(tokens, position):
        return 0
    if told and told[-1].lower in _PRONOUNS and len(told) > 1:
        told.pop()
    told.append(replace(tokens[position], text="for", end=tokens[position + 1].end))
    return 2


def _refers(tokens: Sequence[Token], position: int) -> bool:
    words = [token.lower for token in tokens[position : position + 3]]
    if position == 0 or len(words) < 3 or words[0] not in _REFERRING or words[1] != "to":
        return False
    denied = bool({token.lower for token in tokens[max(position - 2, 0) : position]} & _DENYING)
    return words[2] in _DETERMINERS and not denied
