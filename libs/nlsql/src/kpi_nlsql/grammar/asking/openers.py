"""Openers and clause borders: "show me …", "what are …", "who …", ", and …"."""

from __future__ import annotations

from kpi_nlsql.english.function_words import COPULAS, HELPING, POSSESSIVES
from kpi_nlsql.grammar.asking.listed import listed
from kpi_nlsql.grammar.asking.questions import question_word
from kpi_nlsql.grammar.conditions.denied_subjects import ends_denial, leave_denial
from kpi_nlsql.grammar.conditions.existence import lacks_own_column
from kpi_nlsql.grammar.conditions.people import ask_people
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.named_columns import NAMES
from kpi_nlsql.mentions.walking import skip_words, skip_words_back

_BORDER_MARKS = frozenset({"?", ".", ";", "!"})
_SELECT_AGAIN = frozenset({"along", "together"})
_DASHES = frozenset("-:,\u2013\u2014")
_ASKING = frozenset({"which", "who", "where", "when", "whom", "whose", "that"})
_CLAUSE = frozenset({"and", "please", "then", "to", "you", "also"})
_ROW_VERBS = frozenset(
    "show list find get display give return retrieve fetch select identify pull provide extract "  # noqa: SIM905
    "flag highlight spot detect report check output".split()
)
_HAVING = frozenset({"have", "has", "had"})
COMPARISONS = ("compare", "between", "superlative", "average_of_all", "below_average")
_COMPARED_WITHIN = 5
_AUXILIARIES = COPULAS | HELPING | {"be"}
_OF_ONE = (["is"], ["was"])
_ANEW = frozenset({"and", "but", ","})


def read(scan: Scanner) -> bool:
    """Consume an opener or border; it decides whether columns are outputs or conditions."""
    if leave_denial(scan):
        return True
    item = scan.item
    if not scan.in_where and not scan.draft.entities and scan.asked is None:
        scan.asked = question_word(scan)
    if item.kind == "mark":
        if item.text[0] in _BORDER_MARKS or _lists_outputs(scan):
            _select(scan)
        scan.position += 1
        return True
    if item.is_cue("show") and _opens(scan):
        return _command(scan)
    return _details(scan) or _possession(scan) or _relative(scan) or _verb(scan)


def _lists_outputs(scan: Scanner) -> bool:
    # "stadiums without an event - name and city": at the end, what to show of them.
    if not scan.in_where or scan.item.text[0] not in _DASHES:
        return False
    rest = scan.items[scan.position + 1 :]
    named = [
        at
        for at, item in enumerate(rest, scan.position + 1)
        if scan.role(at) == "column" or (item.text in NAMES and not item.hits)
    ]
    plain = all(
        at in named or _is_plain(scan.at(at)) or scan.role(at) == "table"
        for at in range(scan.position + 1, len(scan.items))
    )
    return bool(named) and plain and named[0] <= scan.position + 3


def _is_plain(item: Item) -> bool:
    return item.kind in {"word", "mark"} or item.is_cue("show") or item.is_cue("only")


def _command(scan: Scanner) -> bool:
    item = scan.item
    if item.text not in {"what", "state", "report", "search", "select"} or scan.position == 0:
        _select(scan)
    if _asks_for_rows(scan):
        scan.draft.note("asks_rows")
    scan.take(scan.position)
    scan.position += 1
    return True


def _details(scan: Scanner) -> bool:
    item = scan.item
    if item.is_cue("details") and not scan.in_where and not scan.draft.wanted:
        scan.draft.whole_rows = True
        if scan.at(scan.position + 1).text == "and" and _names_more(scan, scan.position + 2):
            scan.draft.note("lost_output")  # "client information and id": what is shown first?
        if "detail" in item.text and scan.at(scan.position - 1).text != "by":
            scan.draft.note("details")
        scan.take(scan.position)
        scan.position += 1
        return True
    return False


def _names_more(scan: Scanner, position: int) -> bool:
    return scan.role(scan.skip(position)) == "column"


def _possession(scan: Scanner) -> bool:
    item = scan.item
    if item.text in _HAVING and (scan.draft.entities or scan.draft.wanted):
        scan.in_where = True
        scan.pending = None
        scan.position += 1
        return True
    counts = scan.in_where and _shows_count(scan)
    if item.text == "with" and (counts or listed(scan, scan.position + 1)):
        _select(scan)
        scan.position += 1
        return True
    if item.text in _SELECT_AGAIN and scan.at(scan.position + 1).text == "with":
        _select(scan)
        scan.position += 2
        return True
    return False


def _verb(scan: Scanner) -> bool:
    # "Which movies got a prize", "were involved in": what is behind the verb is said of them.
    before = skip_words_back(scan.items, scan.position - 1, _AUXILIARIES)
    if not scan.unknown(scan.position) or scan.in_where or before < 0:
        return False
    if scan.role(before) != "table" or not scan.draft.entities:
        return False
    if scan.at(scan.position + 1).text == "(":
        return False
    scan.in_where = scan.draft.entities[-1][0] == before
    return False


def _shows_count(scan: Scanner) -> bool:
    # "…, with the number of orders" asks for one more output, unless the number is compared.
    count = scan.skip(scan.position + 1)
    rest = scan.items[count + 1 : count + _COMPARED_WITHIN]
    compared = any(item.is_cue(kind) for item in rest for kind in COMPARISONS)
    return scan.at(count).is_cue("count") and scan.at(count).number is None and not compared


def _asks_for_rows(scan: Scanner) -> bool:
    # "show me all products" wants whole rows, "which products" their names.
    verb = scan.item.text.split()
    return scan.position == 0 and verb[0] in _ROW_VERBS


def _opens(scan: Scanner) -> bool:
    # A command stands at the start of a clause; elsewhere "give" and "find" are plain verbs.
    before = scan.at(scan.position - 1)
    plain = scan.item.text.split()[0] in {"what", "how"}
    return (
        scan.position == 0
        or before.kind == "mark"
        or before.is_cue("show")
        or plain
        or before.text in _CLAUSE
    )


def _select(scan: Scanner) -> None:
    scan.again = bool(scan.draft.entities)
    scan.in_where = False
    scan.close_scope()
    scan.pending = None


def _relative(scan: Scanner) -> bool:
    item = scan.item
    if not item.is_cue("relative"):
        return False
    scan.take(scan.position)
    if scan.at(scan.position - 1).text in _ANEW:
        scan.leave_average()
    ask_people(scan)
    starts = scan.position == 0 or not (scan.draft.wanted or scan.draft.entities)
    following = scan.at(scan.position + 1).text
    if item.text == "with" and following in POSSESSIVES and not scan.in_where:
        scan.position += 1
        return True
    if starts and item.text.split()[-1] in _ASKING:
        _question_word(scan, item.text)
    else:
        if lacks_own_column(scan, scan.position - 1) or ends_denial(scan):
            scan.close_scope()
        scan.in_where = True
        scan.pending = scan.pending if _says_of_column(scan) else None
    scan.position += 1
    return True


def _says_of_column(scan: Scanner) -> bool:
    # "with a title that mentions oil", "with a price which is empty"
    if scan.item.text not in {"that", "which"} or scan.role(scan.position - 1) != "column":
        return False
    if scan.at(scan.position + 1).text.split()[:1] in _OF_ONE:
        return True
    told = scan.at(skip_words(scan.items, scan.position + 1, COPULAS))
    return any(told.is_cue(kind) for kind in (*COMPARISONS, "contains", "starts", "ends"))


def _question_word(scan: Scanner, word: str) -> None:
    # "Who …" asks for names, "where …" and "when …" for columns that hold a place or a time.
    scan.draft.note(f"asks_{word}")
