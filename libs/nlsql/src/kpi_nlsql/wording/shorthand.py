"""Shorthand: "w/o", "no of", "count(*) > 2" and "like A%" are written out before they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.ages_told import ages_told
from kpi_nlsql.wording.amounts_told import amounts_told, only_so_many
from kpi_nlsql.wording.as_what import behind_places
from kpi_nlsql.wording.date_bounds import bounds_first
from kpi_nlsql.wording.date_spans import told_in_full
from kpi_nlsql.wording.ignored_nulls import without_ignored_nulls
from kpi_nlsql.wording.number_spans import spans_told
from kpi_nlsql.wording.phrases import lower_at, retold, said, with_phrases
from kpi_nlsql.wording.references import plain_references

_SIGNS = {
    ">": ("greater", "than"), "<": ("less", "than"),
    ">=": ("at", "least"), "=>": ("at", "least"), "≥": ("at", "least"),
    "<=": ("at", "most"), "=<": ("at", "most"), "≤": ("at", "most"),
    "<>": ("not", "equal", "to"), "!=": ("not", "equal", "to"), "≠": ("not", "equal", "to"),
}  # fmt: skip
_FUNCTIONS = {
    "count": ("number", "of"), "sum": ("sum", "of"), "avg": ("average",), "min": ("minimum",),
    "max": ("maximum",),
}  # fmt: skip
_PHRASES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("w", "/", "o"): ("without",), ("w", "/"): ("with",), ("#", "of"): ("number", "of"),
    ("#",): ("number", "of"), ("no", "of"): ("number", "of"), ("no", ".", "of"): ("number", "of"),
    ("nr", "of"): ("number", "of"), ("nr", ".", "of"): ("number", "of"),
    ("num", "of"): ("number", "of"), ("nbr", "of"): ("number", "of"), ("dup",): ("duplicate",),
    ("dups",): ("duplicate",), ("diff",): ("different",), ("diffs",): ("differences",),
    ("not", "counting"): ("excluding",), ("not", "including"): ("excluding",),
    ("wherever",): ("where",), ("only", "where"): ("where",),
    ("in", "cases", "where"): ("where",), ("in", "all", "cases", "where"): ("where",),
    ("ignoring",): ("excluding",), ("leaving", "out"): ("excluding",),
    ("multiplied", "by"): ("times",), ("multiplied", "with"): ("times",),
    ("vs", "."): ("vs",), ("and", "/", "or"): ("or",),
    ("avg", "."): ("average",), ("max", "."): ("maximum",), ("min", "."): ("minimum",),
    ("i", "mean"): ("being",),
    ("over", "all"): ("of", "all"), ("on", "file"): ("recorded",),
    ("double", "in"): ("duplicate", "in"),
    ("double", "entries"): ("duplicate", "entries"), ("doubled",): ("duplicated",),
    ("on", "one", "day"): ("on", "the", "same", "day"),
    ("within", "one", "day"): ("on", "the", "same", "day"),
    ("in", "one", "day"): ("on", "the", "same", "day"),
    ("on", "a", "single", "day"): ("on", "the", "same", "day"),
    ("on", "record"): ("recorded",),
    ("minus", "the", "ones"): ("except", "the", "ones"), ("minus", "those"): ("except", "those"),
    ("without", "those"): ("except", "those"), ("without", "the", "ones"): ("except", "those"),
    ("left", "out"): ("excluded",),
    ("not", "exists", "in"): ("not", "in"), ("not", "exist", "in"): ("not", "in"),
}  # fmt: skip
_DIRECTIONS = {"desc": "descending", "asc": "ascending"}
_SORTING = frozenset({"order", "sort", "ordered", "sorted"})
_BEFORE_SEVERAL = frozenset("with having have has had by on in to for over across".split())  # noqa: SIM905
_RUNNING = ("running", "present", "ongoing")
_PHRASES |= {
    told: ("this", unit)
    for unit, short in (("year", "ytd"), ("quarter", "qtd"), ("month", "mtd"))
    for told in (
        (unit, "to", "date"),
        (unit, "-", "to", "-", "date"),
        (short,),
        ("this", unit, "so", "far"),
        ("so", "far", "this", unit),
    )
}
_PHRASES |= {(word, "day"): ("today",) for word in ("this", "current", "present")}
_PHRASES |= {
    (word, unit): ("this" if word in _RUNNING else "next", unit)
    for word in (*_RUNNING, "coming", "upcoming")
    for unit in ("year", "quarter", "month", "week")
}
_PHRASES[("past", "quarter")] = ("last", "quarter")
_PHRASES |= {
    ("with", "the", word, "first"): (word, "first")
    for word in "newest latest oldest earliest largest highest smallest lowest biggest".split()  # noqa: SIM905
}
_OPENING = frozenset("show list find give get me us all any the of number how many are".split())  # noqa: SIM905
_MEASURED = frozenset({"the", "as", "of", "average", "that"})
_FEW = frozenset({"two", "three", "four", "five", "2", "3", "4", "5"})
_CLAUSES = frozenset("and or but with whose where that which who having".split())  # noqa: SIM905
_LONGEST_NAME = 4


def written_out(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with abbreviations and the signs and functions of SQL told in words."""
    told = _initials([part for token in tokens for part in _split(token)])
    if told and told[0].lower == "join":
        told[0] = replace(told[0], text="show")
    steps: tuple[Callable[[list[Token]], list[Token]], ...] = (
        _phrases, _directions, _counted_places, _functions, _denied, _signs, amounts_told,
        only_so_many, spans_told, _patterns, ages_told, told_in_full, bounds_first,
        without_ignored_nulls, _doubled, _several, behind_places, plain_references,
    )  # fmt: skip
    for step in steps:
        told = step(told)
    return told


def _split(token: Token) -> list[Token]:
    # "count(x)," ends with two marks that belong to different things.
    if token.kind != "mark" or len(token.text) == 1 or not set(token.text) & set("()"):
        return [token]
    return [
        Token(text, "mark", token.start + at, token.start + at + 1)
        for at, text in enumerate(token.text)
    ]


def _initials(tokens: list[Token]) -> list[Token]:
    """Write "B/L" and "P/O" as the one word that columns are called by (``BL_NO``)."""
    told: list[Token] = []
    for token in tokens:
        apart = told[-2:] if len(told) > 1 else []
        letters = [*(other.text for other in apart[:1]), token.text]
        joined = apart and apart[1].text == "/" and apart[0].end == token.start - 1
        if joined and all(len(text) == 1 and text.isupper() for text in letters):
            told[-2:] = [replace(token, text="".join(letters), start=apart[0].start)]
        else:
            told.append(token)
    return told


def _phrases(tokens: list[Token]) -> list[Token]:
    return with_phrases(tokens, _PHRASES, _in_words)


def _in_words(
    _: Sequence[Token], run: Sequence[Token], words: tuple[str, ...]
) -> tuple[str, ...] | None:
    return words if all(token.kind in {"word", "mark"} for token in run) else None


def _directions(tokens: list[Token]) -> list[Token]:
    """Tell "order by total desc" as "… descending": it is no description."""
    sorts = next((i for i, t in enumerate(tokens) if t.lower in _SORTING), len(tokens))
    return [
        replace(token, text=_DIRECTIONS[token.lower])
        if at > sorts and token.lower in _DIRECTIONS
        else token
        for at, token in enumerate(tokens)
    ]


def _several(tokens: list[Token]) -> list[Token]:
    """Tell "with several orders" as "with more than one orders"; "several times" is a cue."""
    told: list[Token] = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=False):
        there = [other.lower for other in told[-2:]] == ["there", "are"]
        leads = told and (told[-1].lower in _BEFORE_SEVERAL or there)
        counts = following is not None and following.lower not in {"times", "of"}
        if token.lower in {"several", "multiple"} and leads and counts:
            told += said(("more", "than", "one"), token)
        else:
            told.append(token)
    return told


def _doubled(tokens: list[Token]) -> list[Token]:
    """Tell "double invoice numbers" as "duplicate …"; "double the average" is none."""
    told = list(tokens)
    for position, token in enumerate(tokens[:-1]):
        opens = all(other.lower in _OPENING for other in tokens[:position])
        if token.lower == "double" and opens and tokens[position + 1].lower not in _MEASURED:
            told[position] = replace(token, text="duplicate")
    return told


def _counted_places(tokens: list[Token]) -> list[Token]:
    """Tell "in all three tools: A, B and C" as "in A, B and C"."""
    return retold(tokens, _number_of_places)


def _number_of_places(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    run = [token.lower for token in tokens[position : position + 4]]
    counted = len(run) > 2 and run[0] == "all" and run[1] in _FEW
    if not counted or not told or told[-1].lower not in {"in", "by"}:
        return 0
    if run[2] == "of":
        return 3  # "in all three of A, B and C"
    length = 2 + (run[2] not in {":", "("})
    listed = lower_at(tokens, position + length) in {":", ",", "(", "of"}
    return length + 1 if listed else 0


def _functions(tokens: list[Token]) -> list[Token]:
    """Tell ``sum(x)`` as "sum of x", and ``count(*)`` as a plain count."""
    told = list(tokens)
    for position in range(len(tokens) - 2, -1, -1):
        function, opened = told[position], told[position + 1 : position + 2]
        words = _FUNCTIONS.get(function.lower)
        called = opened and opened[0].text == "(" and function.end == opened[0].start
        close = _closing(told, position + 2) if called else None
        if words is None or close is None:
            continue
        inside = told[position + 2 : close]
        plain = not inside or inside[0].text in {"1", "*"}
        words = ("count",) if plain else words
        told[position : close + 1] = [*said(words, function), *([] if plain else inside)]
    return told


def _closing(tokens: Sequence[Token], position: int) -> int | None:
    ends = range(position, min(position + _LONGEST_NAME + 1, len(tokens)))
    return next((at for at in ends if tokens[at].text == ")"), None)


def _denied(tokens: list[Token]) -> list[Token]:
    """Tell "not country = FR" as "country <> FR": the denial ends with the comparison."""
    told = list(tokens)
    for position, token in enumerate(tokens):
        if token.lower == "non" and _is_prefix(tokens, position):
            told[position] = replace(token, text="not")
        if token.lower != "not":
            continue
        for at in range(position + 2, min(position + _LONGEST_NAME + 2, len(tokens))):
            if tokens[at].text == "=":
                told[at] = replace(tokens[at], text="<>")
                told[position] = replace(token, text="", kind="mark")
            if tokens[at].kind != "word" or tokens[at].lower in _CLAUSES:
                break  # "is not null and status = Open" denies no status
    return [token for token in told if token.text]


def _is_prefix(tokens: Sequence[Token], position: int) -> bool:
    # "non-German suppliers"; "non-null" and "non-conformities" are words of their own
    following = tokens[position + 1] if position + 1 < len(tokens) else None
    glued = following is not None and following.start == tokens[position].end + 1
    return glued and following is not None and following.text[:1].isupper()


def _signs(tokens: list[Token]) -> list[Token]:
    return [
        part
        for token in tokens
        for part in (
            said(_SIGNS[token.text], token)
            if token.kind == "mark" and token.text in _SIGNS
            else [token]
        )
    ]


def _patterns(tokens: list[Token]) -> list[Token]:
    """Tell ``like A%`` as "starts with A"."""
    return retold(tokens, _like)


def _like(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    if tokens[position].lower != "like" or position + 1 >= len(tokens):
        return 0
    text, length = _pattern(tokens, position + 1)
    if text is None:
        return 0
    told += _search(text, tokens[position], tokens[position + length])
    return 1 + length


def _pattern(tokens: Sequence[Token], position: int) -> tuple[str | None, int]:
    """Return the pattern that stands here and how many tokens it is written with."""
    end = position
    while end < len(tokens) and (end == position or tokens[end].start == tokens[end - 1].end):
        end += 1
    text = "".join(token.text for token in tokens[position:end])
    return (text if "%" in text.strip(".,;?") else None), end - position


def _search(pattern: str, like: Token, last: Token) -> list[Token]:
    text = pattern.rstrip(".,;?)")
    first, final = text.startswith("%"), text.endswith("%")
    words = ("contains",) if first == final else ("ends", "with") if first else ("starts", "with")
    return [*said(words, like), Token(text.strip("%"), "quoted", like.end, last.end)]
