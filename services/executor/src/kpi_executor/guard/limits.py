"""Limits on the text of a query, checked before anything recursive looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot.tokenizer_core import TokenType

from kpi_executor.guard.unsafe import UnsafeQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.tokenizer_core import Token

MAX_BYTES = 100_000
MAX_TOKENS = 40_000
MAX_NODES = 40_000
MAX_NESTING = 32
"""Parser and generator take about twenty Python frames for each level of nesting."""

_OPENING = frozenset((TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE))
_CLOSING = frozenset((TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END))
_FIRST = frozenset((TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN))


def check_text(sql: str) -> None:
    """Refuse text by its length and by characters that databases read differently."""
    # A character is at least one byte: cheap first, so that a megabyte costs nothing.
    if len(sql) > MAX_BYTES or len(sql.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UnsafeQuery(f"The query is longer than {MAX_BYTES // 1000} kB; shorten it.")
    if not sql.strip():
        raise UnsafeQuery("The query is empty; write one SELECT.")
    if "\x00" in sql:
        raise UnsafeQuery("The query contains a NUL character; remove it.")
    if not sql.isascii() and any("\ud800" <= character <= "\udfff" for character in sql):
        raise UnsafeQuery("The query contains half of a surrogate pair, which is not valid text.")
    if "/*!" in sql:
        raise UnsafeQuery("Comments that some databases execute (/*! … */) are not allowed.")


def check_tokens(tokens: Sequence[Token]) -> None:
    """Refuse by first word, number of words and depth of brackets."""
    if len(tokens) > MAX_TOKENS:
        raise UnsafeQuery(f"The query has more than {MAX_TOKENS:,} words; shorten it.")
    if not tokens or tokens[0].token_type not in _FIRST:
        first = tokens[0].text.upper()[:30] if tokens else "nothing"
        raise UnsafeQuery(f"Only one SELECT is allowed; this statement begins with {first}.")
    if _depth(tokens) > MAX_NESTING:
        raise too_deep()


def too_deep() -> UnsafeQuery:
    """Return the refusal of a query whose parts stand too deep in one another."""
    return UnsafeQuery(f"The query is nested deeper than {MAX_NESTING} levels; simplify it.")


def _depth(tokens: Sequence[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        if token.token_type in _OPENING:
            depth += 1
            deepest = max(deepest, depth)
        elif token.token_type in _CLOSING:
            depth -= 1
    return deepest
