"""Readable names: what people call a table or a column, worked out from its identifier."""

from __future__ import annotations

import re

from kpi_nlsql.english.short_forms import ABBREVIATIONS
from kpi_nlsql.english.words import lemma, parts

PREFIXES = frozenset(
    [
        "brz",
        "slv",
        "gld",
        "lnd",
        "stg",
        "raw",
        "dwh",
        "dw",
        "dim",
        "fact",
        "fct",
        "tbl",
        "vw",
        "tmp",
        "src",
        "ref",
        "hana",
        "sap",
        "mst",
        "ods",
        "edw",
        "xls",
        "xlsx",
        "csv",
    ]
)
_SYSTEMS = frozenset({"hana", "sap", "xls", "xlsx", "csv"})
KIND_TAILS = frozenset(
    "mst mstr mast master hdr head header list lst log register registry catalogue catalog".split()  # noqa: SIM905
)
"""Last words of names of tables that tell what kind of table it is: ``store_mst``, ``ORD_HDR``."""
_OF_COLUMNS = {"hr": "hour"}
_FULLER = {"email": "address", "mail": "address", "phone": "number", "telephone": "number"}
_MEASURES = {"kg": "weight", "kgs": "weight", "lbs": "weight", "km": "distance", "days": "time"}
"""What a column tells that is called by its unit: ``net_kg`` is the net weight."""
UNITS = frozenset(
    "kg kgs lbs tonnes km metres mm cm ltr litres sqm kwh mwh gb mb eur usd".split()  # noqa: SIM905
)
"""Units at the end of a name that people leave out: ``thk_mm`` is the thickness."""
_SPANS = frozenset("days weeks months years hours minutes".split())  # noqa: SIM905
"""Those that they leave out only behind a name of several words: ``lead_time_days``."""
_SPAN = 2
_OTHERWISE = {"inv": "inventory", "reg": "register"}
"""Abbreviations in names of tables that may be other words, too."""
_GLUED_TAILS = re.compile(
    r"^([a-z]{1,9}?)_?"
    r"(name|id|no|num|code|type|number|date|"
    r"title|time|year|price|rate|status|size|count)s?$"
)

_VOWELS = frozenset("aeiou")
_MARK = 3
"""Letters of the table that all its columns begin with."""
_DATE_WORDS = frozenset({"date", "day", "time", "timestamp", "datetime", "year", "month", "dob"})


def _expanded(words: list[str]) -> list[str]:
    return [part for word in words for part in (_plural(word) or _in_full(word)).split()]


def _said_once(words: list[str]) -> list[str]:
    """Return the words without one that stands twice running: ``clm_claim`` holds claims."""
    pairs = zip(words, [*words[1:], ""], strict=True)
    return [word for word, following in pairs if lemma(word) != lemma(following)]


def _in_full(word: str) -> str:
    return ABBREVIATIONS.get(word, word)


def _plural(word: str) -> str | None:
    """Return in full what is several of something written short: ``pmts``."""
    short = word[:-1]
    if not word.endswith("s") or word in ABBREVIATIONS or set(short) & _VOWELS:
        return None
    full = ABBREVIATIONS.get(short) if len(short) >= _MARK else None
    return full if full is None else f"{full[:-1]}ies" if full.endswith("y") else f"{full}s"


def _without_prefixes(words: list[str], prefixes: frozenset[str] = PREFIXES) -> list[str]:
    rest = list(words)
    while len(rest) > 1 and rest[0] in prefixes:
        rest.pop(0)
    return rest


def _unique(names: list[list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(name) for name in names if name))


def _as_it_stands(identifier: str) -> str:
    """Return the name of what is called by signs alone: ``№``."""
    return identifier.strip() or "unnamed"


def table_names(identifier: str) -> tuple[str, ...]:
    """Return what people call a table, the best name first: ``brz_lnd_RBP_GPU`` → ``rbp gpu``."""
    words = parts(identifier)
    if not words:
        return (_as_it_stands(identifier),)
    short = _without_prefixes(words)
    other = [_OTHERWISE.get(word, ABBREVIATIONS.get(word, word)) for word in short]
    of_system = _without_prefixes(words, PREFIXES - _SYSTEMS)
    full = _expanded(short)
    names = [_said_once(full), full, short, words, _expanded(words), other]
    return _unique([*names, _expanded(of_system), of_system])


def names_of_rows(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the rows are called of tables called so and by their kind: ``store mst``."""
    words = [name.split() for name in names]
    return _unique([told[:-1] for told in words if len(told) > 1 and told[-1] in KIND_TAILS])


def column_names(identifier: str, table: str) -> tuple[str, ...]:
    """Return what people call a column of a table, the best name first.

    A leading part that only repeats the table (``product_name`` of ``products``, ``emp_fname`` of
    ``employee``) is dropped in a further name.
    """
    words = parts(identifier)
    if not words:
        return (_as_it_stands(identifier),)
    if len(words) > 1 and words[0] in {"is", "has"}:
        words = words[1:]
    full = _expanded([_OF_COLUMNS.get(word, word) for word in words])
    names = [full, words]
    owner = {lemma(word) for word in _expanded(_without_prefixes(parts(table)))}
    names.append(_without_owner(full, owner))
    if names[-1] == full and len(full) > 2 and _only_marks(words[0], table):
        names.append(_expanded(words[1:]))
    names += _with_initials(words, full, table)
    if (measure := _MEASURES.get(full[-1])) is not None and len(full) > 1:
        names.append([*full[:-1], measure])
    if (full[-1] in UNITS and len(full) > 1) or (full[-1] in _SPANS and len(full) > _SPAN):
        names.append(full[:-1])
    if (further := _FULLER.get(full[-1])) is not None:
        names.append([*full, further])
    if len(words) == 1 and (match := _GLUED_TAILS.match(words[0])):
        head, tail = match.groups()
        if head and any(word.startswith(head) for word in [*owner, "".join(parts(table))]):
            names.append(_expanded([tail]))
            names += [[word, *_expanded([tail])] for word in owner if word.startswith(head)]
        elif head in ABBREVIATIONS or len(head) > 2:
            names.append([*_expanded([head]), tail])
    return _unique(names)


def _without_owner(words: list[str], owner: set[str]) -> list[str]:
    if owner > set(map(lemma, words)):
        return words  # ``LEDGER_ACCT`` of ``GL_ACCOUNT_BALANCE`` is not all that it is about
    rest = list(words)
    while len(rest) > 1 and lemma(rest[0]) in owner:
        rest.pop(0)
    return rest


def _only_marks(word: str, table: str) -> bool:
    """Tell whether the first part of a name is that of its table cut off: ``sto_item_no``."""
    return len(word) == _MARK and any(part.startswith(word) for part in parts(table))


def _with_initials(words: list[str], full: list[str], table: str) -> list[list[str]]:
    """Return the name with the initials of its table spelt out: ``wo_no`` of ``work_order``."""
    owner = parts(table)
    for start in range(len(owner) - 1):
        initials = "".join(word[0] for word in owner[start:])
        if len(words) > 1 and words[0] == initials:
            return [[*owner[start:], *full[1:]]]
    return []


def dated_names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a column of dates is called besides: ``due_on`` is a due date."""
    found: list[list[str]] = []
    for name in names:
        words = name.split()
        if set(words) & _DATE_WORDS or words[-1].endswith(("date", "time")):
            continue
        stem = words[:-1] if words[-1] in {"on", "at"} and len(words) > 1 else words
        found.append([*stem, "date"])
        if stem != words:
            found.append(["".join(words), "date"])
    return _unique(found)
