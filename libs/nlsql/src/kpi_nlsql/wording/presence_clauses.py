"""Presence clauses: "which can also be found in A" says that something is in A, too.

What is told by a verb and an adverb ("that already appear among", "exist as a student in"), by a
clause with a subject of its own ("trains the planner offers, too") or of related rows ("against
which an agreement was raised") is written as the plain words that the grammar reads: "also in A",
"that have an agreement".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.denials.reading import names_rows
from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, skip_words_back, text_at
from kpi_nlsql.wording.rewriting import ALSO_IN, HAVE, THAT, Step, rewritten

_TOO = frozenset("also too already nevertheless nonetheless still anyway yet likewise".split())  # noqa: SIM905
_AUXILIARIES = frozenset(
    "can could may might will be been being is are was were have has had do does did we you they "  # noqa: SIM905
    "one it as well".split()
)
_THERE = frozenset(
    "listed found find appear appears appearing exist exists existing present contained included "  # noqa: SIM905
    "available occur occurs occurring show up turn represented".split()
)
"""Verbs that say no more than that something is there."""
_DONE = frozenset(
    "matched recorded registered booked entered held kept loaded mirrored known maintained filed "  # noqa: SIM905
    "captured posted stored planned mentioned in".split()
)
"""Participles that say so where an adverb stands beside them: "also registered in"."""
_INTO = frozenset("in on among amongst within inside at into to by".split())  # noqa: SIM905
_VERBAL = _TOO | _AUXILIARIES | _THERE | _DONE | _INTO
_MADE = frozenset("created existing available recorded made entered maintained assigned".split())  # noqa: SIM905
"""What is done to related rows so that they are there."""
_HAVING = frozenset({"with", "have", "has", "having", "without"})
_BEING = frozenset({"is", "are", "was", "were", "be", "been"})
_NONE = frozenset({"no", "without"})
_DETERMINERS = frozenset({"a", "an", "the", "our", "any", "their", "its", "one"})
_OPENS = frozenset({"for", "against", "on", "to", "from", "with", "of", "by"})
_OF_WHICH = frozenset({"for which", "on which", "to which", "from which", "by which", "where"})
_CLOSING = frozenset({"too", "also"})
_ARTICLES = frozenset({"a", "an", "any"})
_OBJECTS = {("object", "of"), ("subject", "of"), ("subject", "to"), ("part", "of")}
"""What rows are that have another row: a unit that is the object of a lease."""
_BOOKS = frozenset("register registers books records files database system".split())  # noqa: SIM905
_ONCE = frozenset({"at least once", "once", "ever", "already"})
_OWN = 0.6
_NAMES_TABLE = 0.5
_LONGEST_NOUN = 3

_GOING_ON = frozenset({"and", "but", "or", "that", "which", "with", "whose"})
_ONLY_IN = Item("cue", "only in", 0, 0, cues=(Cue("only"),))
_NOT_IN = Item("cue", "not in", 0, 0, cues=(Cue("missing"),))
_FOUND_IN = Item("cue", "found in", 0, 0, cues=(Cue("also"),))


def plain_presence(items: Sequence[Item]) -> list[Item]:
    """Return the items with what is said to be somewhere put plainly."""
    rules = (_idly_made, _own_books, _subject_to, _there, _done_there, _there_too, _offered_too,
             _with_related, _only_there, _only_and_not)  # fmt: skip
    return rewritten(items, rules, first=1)


def _idly_made(items: Sequence[Item], position: int) -> Step | None:
    """Read "orders with a delivery already created" as those with a delivery."""
    noun, made = items[position - 1], items[position]
    if made.text not in _MADE or not _ends(items, position + 1) or made.best_column() >= _OWN:
        return None
    lead = skip_words_back(items, position - 2, _DETERMINERS | _TOO)
    having = text_at(items, lead) in _HAVING or items[lead].is_cue("not")
    stored = any(hit.score >= 1.0 for hit in made.values)
    if lead < 1 or not having or stored or noun.best_table() < _OWN:
        return None
    return position, position + 1, []


def _own_books(items: Sequence[Item], position: int) -> Step | None:
    """Read "tenders in our register": the books they are in are those of their own table."""
    if text_at(items, position) != "in" or text_at(items, position + 1) not in {"our", "the"}:
        return None
    books, noun = item_at(items, position + 2), items[position - 1]
    if books is None or books.text not in _BOOKS or books.values or noun.best_table() < _OWN:
        return None
    named = max((hit.score for hit in books.hits), default=0.0)
    return (position, position + 3, []) if named < _OWN else None


def _subject_to(items: Sequence[Item], position: int) -> Step | None:
    """Read "which are also the object of a claim", "subject to a lien": they have one."""
    pair = text_at(items, position), text_at(items, position + 1)
    if pair not in _OBJECTS or not _begins_rows(items, skip_words(items, position + 2, _ARTICLES)):
        return None
    start = position
    while start > 1 and text_at(items, start - 1) in {"the", *_BEING, *_TOO}:
        start -= 1
    if not {text_at(items, at) for at in range(start, position)} & _BEING:
        return None
    return start, position + 2, [HAVE]


def _begins_rows(items: Sequence[Item], start: int) -> bool:
    """Tell whether a noun that begins here names a table, by one of its words."""
    for item in items[start : start + _LONGEST_NOUN]:
        if names_rows(item):
            return not any(hit.score >= 1.0 for hit in item.values) or item.best_table() >= 1.0
        if item.kind not in {"mention", "word"} or item.text in FUNCTION_WORDS:
            return False
    return False


def _ends(items: Sequence[Item], position: int) -> bool:
    if position >= len(items) or items[position].kind == "mark":
        return True
    return items[position].text in {"and", "but", "or"} or items[position].is_cue("order")


# "which can also be found in", "that nevertheless appear among", "which are also listed in"


def _there(items: Sequence[Item], position: int) -> Step | None:
    words: list[str] = []
    end = position
    while end < len(items) and _is_verbal(items[end]):
        words += items[end].text.split()
        end += 1
        if words[-1] in _INTO and text_at(items, end) not in _INTO | {"which"}:
            break
    if not words or words[-1] not in _INTO or len(words) < 2 or len(items) == end:
        return None
    if _is_denied(items, position):
        return None
    told, too = set(words[:-1]), bool(set(words) & _TOO)
    if not told & _THERE and not (too and told & (_DONE | _TOO)):
        return None
    if words[-1] in {"to", "by"} and "known" not in told:
        return None
    noun = skip_words(items, end, _DETERMINERS)
    if not any(item.hits for item in items[:position]) or not _begins_rows(items, noun):
        return None
    found = replace(_FOUND_IN, text="available in") if "available" in told else _FOUND_IN
    return position, end, [ALSO_IN if too else found]  # "available" may be a state, too


# "materials that were ordered at least once in the order lines"


def _done_there(items: Sequence[Item], position: int) -> Step | None:
    """Read a deed that the rows of a table are called by, done in that table, as being in it."""
    deed = items[position]
    lead = position
    if not deed.is_cue("order"):  # "ordered in descending order", but "ordered in the order lines"
        lead += 1 + (text_at(items, position + 1) in _ONCE)
    place = item_at(items, skip_words(items, lead + 1, _DETERMINERS))
    done = deed.text.split()[0].endswith("ed") and not deed.values
    if not done or lead >= len(items) or items[lead].last_word not in {"in", "on"}:
        return None
    if place is None or not names_rows(place) or place.values:
        return None
    own = names_rows(deed) and deed.table_hits()[0].table == place.table_hits()[0].table
    start = skip_words_back(items, position - 1, _AUXILIARIES) + 1
    if deed.is_cue("order") and items[start - 1].is_cue("not"):  # "which were never ordered in"
        return skip_words_back(items, start - 2, _AUXILIARIES) + 1, lead + 1, [_NOT_IN]
    if start == position or not (own or deed.is_cue("order")) or _is_denied(items, position):
        return None
    return start, lead + 1, [ALSO_IN]


# "customers that are on the mailing list, too"


def _there_too(items: Sequence[Item], position: int) -> Step | None:
    if text_at(items, position).split()[-1:] not in (["in"], ["on"], ["among"]):
        return None
    if items[position].is_cue("missing"):
        return None
    start = position
    while start > 0 and _is_verbal(items[start - 1]):
        start -= 1
    verbal = " ".join(item.text for item in items[start : position + 1]).split()
    if not set(verbal) & (_BEING | _THERE | _DONE) or _is_denied(items, start):
        return None
    noun = skip_words(items, position + 1, _DETERMINERS)
    if not _begins_rows(items, noun):
        return None
    end = noun + 1
    while end < noun + _LONGEST_NOUN and text_at(items, end) not in _CLOSING | {","}:
        end += 1
    closing = end + (text_at(items, end) == ",")
    if text_at(items, closing) not in _CLOSING or not _ends(items, closing + 1):
        return None
    return start, closing + 1, [ALSO_IN, *items[position + 1 : end]]


def _is_denied(items: Sequence[Item], position: int) -> bool:
    before = skip_words_back(items, position - 1, _AUXILIARIES | _TOO | _THERE)
    if before > 0 and items[before].kind == "mention" and text_at(items, before - 1) in _NONE:
        before -= 1  # "for which no payment exists in A"
    return before >= 0 and (items[before].is_cue("not") or items[before].is_cue("missing"))


def _is_verbal(item: Item) -> bool:
    if item.is_cue("not") or item.is_cue("missing") or item.is_cue("both"):
        return False
    return item.kind != "mention" and _VERBAL.issuperset(item.text.split())


# "which the planner offers, too", "does the planner offer too"


def _offered_too(items: Sequence[Item], position: int) -> Step | None:
    lead = items[position]
    if lead.text not in {"that", "which", "whom", "does", "do"}:
        return None
    first = skip_words(items, position + 1, _DETERMINERS)
    if first == position + 1 or not _begins_rows(items, first):
        return None
    if text_at(items, first + 1) in _CLOSING and _ends(items, first + 2):
        # "does the partner list too": the verb is part of the name of the listing
        return position, first + 2, [THAT, ALSO_IN, *items[position + 1 : first + 1]]
    for end in range(first + 1, min(first + 1 + _LONGEST_NOUN, len(items))):
        item = items[end]
        if item.is_cue("not") or item.kind not in {"mention", "word", "cue"}:
            return None
        behind = text_at(items, end + 1)
        closed = end + 2 + (behind == "as" and text_at(items, end + 2) == "well")
        if (behind in _CLOSING or closed > end + 2) and _ends(items, closed):
            return position, closed, [THAT, ALSO_IN, *items[position + 1 : end]]
        if item.text == "also" and _ends(items, end + 2) and items[end + 1 : end + 2]:
            return position, end + 2, [THAT, ALSO_IN, *items[position + 1 : end]]
    return None


# "against which an agreement was raised", "for which there is both a receipt and an invoice"


def _with_related(items: Sequence[Item], position: int) -> Step | None:
    start = position
    if text_at(items, position) == "which" and text_at(items, position - 1) in _OPENS:
        start = position - 1
    elif text_at(items, position) not in _OF_WHICH:
        return None
    if start == 0 or items[start - 1].best_table() < _NAMES_TABLE:
        return None
    behind = position + 1
    if text_at(items, behind) == "there":
        there = _TOO | {"is", "are", "was", "were", "exists", "exist"}
        behind = skip_words(items, behind + 1, there)
        if items[behind : behind + 1] and items[behind].is_cue("not"):
            return None
        return start, behind, [THAT, HAVE]
    return _raised(items, start, behind)


def _raised(items: Sequence[Item], start: int, behind: int) -> Step | None:
    noun = skip_words(items, behind, frozenset({"a", "an"}))
    if noun == behind or not _begins_rows(items, noun):
        return None
    for verb in range(noun + 1, min(noun + 1 + _LONGEST_NOUN, len(items))):
        if items[verb].is_cue("not"):
            return None
        if items[verb].text in {"was", "were", "is", "has", "have", "exists"}:
            end = skip_words(items, verb + 1, _TOO | _AUXILIARIES)
            done = text_at(items, end).endswith(("ed", "en", "de")) and items[end].kind != "cue"
            end += done
            if _ends(items, end) and (done or items[verb].text == "exists"):
                return start, end, [THAT, HAVE, *items[behind:verb]]
            return None
    return None


def _only_there(items: Sequence[Item], position: int) -> Step | None:
    """Read "loans that exist in the ledger only" as those that are only in the ledger."""
    noun, only = items[position - 1], items[position]
    lead = skip_words_back(items, position - 2, _DETERMINERS)
    placed = items[lead].last_word == "in" and not items[lead].is_cue("missing")
    behind = item_at(items, position + 1)
    ends = behind is None or behind.kind == "mark" or behind.text in _GOING_ON
    if only.text != "only" or not ends or noun.best_table() < _OWN:
        return None
    return (lead, position + 1, [_ONLY_IN, noun]) if placed and lead else None


def _only_and_not(items: Sequence[Item], position: int) -> Step | None:
    """Read "only in A and not in B or C" as in A: what they are not in is told."""
    if not items[position].is_cue("only") or items[position].last_word != "in":
        return None
    place = skip_words(items, position + 1, _DETERMINERS)
    denial = skip_words(items, place + 1, _GOING_ON | _BEING | {","})
    named = item_at(items, place)
    if named is None or named.best_table() < _OWN or denial >= len(items):
        return None
    denies = items[denial].is_cue("missing") and items[denial].last_word == "in"
    return (position, position + 1, [_FOUND_IN]) if denies else None
