"""Tying verbs: "trainees who attended a workshop", where the table of attendance ties the two."""

from __future__ import annotations

from kpi_nlsql.english.words import lemma, parts
from kpi_nlsql.grammar.scanner import Scanner

_SUBJECTS = frozenset({"who", "that", "which"})
_DENIED = frozenset({"not", "never"})
_CLOSING = frozenset({"and", "or", "but"})
_NAMED = 0.95
_FEW = 2


def relates(scan: Scanner, position: int) -> bool:
    """Tell whether a verb stands here that the rows which tie others together are called by.

    "students who attended a course", where ``course_attendance`` refers to both of them.
    """
    item = scan.at(position)
    if scan.role(position) != "table" or " " in item.text or item.best_table() >= _NAMED:
        return False
    if scan.at(position + 1).text == "by":
        return False  # "affected by storms" is told of those before it
    table, following = scan.table(position), scan.skip(position + 1)
    named = {
        lemma(part)
        for name in scan.sentence.graph.table(table).display_names
        for part in parts(name)
    }
    if lemma(item.text) in named and not _behind_subject(scan, position):
        return False
    entity = scan.entity()
    if scan.role(following) == "table":
        met = scan.table(following)
        return _tied(scan, table, met) and not _declared(scan, met, entity)
    # "students living in each city": no row is told that they are tied to
    end = scan.at(following)
    ends = end.kind == "mark" or end.text in _CLOSING or end.is_cue("superlative")
    return ends and _declared(scan, table, entity)


def _behind_subject(scan: Scanner, position: int) -> bool:
    """Tell whether no noun can stand here: "who play", "students play", "do not play"."""
    before, item = scan.at(position - 1), scan.at(position)
    if before.is_cue("relative"):
        return before.last_word in _SUBJECTS
    if before.is_cue("not"):
        return before.last_word in _DENIED
    rows = scan.role(position - 1) == "table" and before.best_table() >= _NAMED
    return rows and before.text.endswith("s") and not item.text.endswith("s")


def _tied(scan: Scanner, table: str, other: str) -> bool:
    path = scan.sentence.paths.path(table, other)
    return path is not None and 0 < len(path[1]) <= _FEW


def _declared(scan: Scanner, table: str, other: str | None) -> bool:
    if other is None or table == other:
        return False
    joins = scan.sentence.graph.joins_between(table, other)
    return any(join.kind == "foreign_key" for join in joins)
