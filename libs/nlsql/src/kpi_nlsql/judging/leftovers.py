"""Leftovers: the words of a sentence that a reading does not account for, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import everything
from kpi_nlsql.sentence import Candidate, Sentence

NAMES = (
    "unknown", "any_unknown", "unknown_share", "unused_mentions", "unused_values", "unheeded",
    "any_unheeded", "lost_output", "lost_owner", "lost_denied",
)  # fmt: skip
"""Every feature made here, in a fixed order."""

TELLING = frozenset(
    "count aggregate distinct compare after before older younger between group order superlative "  # noqa: SIM905
    "common not missing only mismatch duplicate often null not_null contains starts ends "
    "recent both compare_tables average_of_all below_average ascending descending".split()
)
"""Cues that always change the answer: a reading that leaves one out is suspect."""

_LIGHT_WORDS = frozenset(
    "placed made issued recorded located listed called named given found used currently exist "  # noqa: SIM905
    "exists existing corresponding available there held taken done occurred happened stored "
    "carry carries carrying hold holds holding bear bears came come comes refer refers referring "
    "got gotten received defined maintained work works working live lives living "
    "combination combinations value values pair pairs another other".split()
)
"""Words that say little: leaving them out loses nothing."""

_COMPARATIVES = frozenset("more fewer less higher lower larger smaller greater".split())  # noqa: SIM905
_FARTHEST = 4
_NAMES = 0.85
_OPENS_NOUN = frozenset("the of and , their its or".split())  # noqa: SIM905
_ENDS_NOUN = frozenset("of and or for in from with to at on".split())  # noqa: SIM905
_CONDITIONAL = ("not", "missing", "compare", "between", "often", "contains", "starts", "null")


def leftovers(sentence: Sentence, candidate: Candidate) -> dict[str, float]:
    """Return how much of the sentence the reading leaves out, by name."""
    unused = [
        item for position, item in enumerate(sentence.items) if position not in candidate.used
    ]
    lost = _lost(sentence, candidate)
    content = sum(
        item.kind not in {"mark"} and item.text not in FUNCTION_WORDS for item in sentence.items
    )
    ignored = unheeded(sentence, candidate)
    shown, denied = _outputs_end(sentence), _first_denial(sentence)
    return {
        "unknown": float(len(lost)),
        "any_unknown": float(bool(lost)),
        "unknown_share": len(lost) / max(content, 1),
        "unused_mentions": float(sum(item.kind == "mention" for item in unused)),
        "unused_values": float(sum(item.kind in {"quoted", "number"} for item in unused)),
        "unheeded": float(ignored),
        "any_unheeded": float(ignored > 0),
        "lost_output": float(any(at < shown and _is_noun(sentence, at) for at in lost)),
        "lost_owner": float(any(_is_owner(sentence, position) for position in lost)),
        "lost_denied": float(any(position > denied for position in lost)),
    }


def unread_order(sentence: Sentence, candidate: Candidate) -> int:
    """Count the words for groups, an order or a comparison that the plan does not make."""
    query = candidate.plan
    if not isinstance(query, plan.Query):
        return 0
    items = sentence.items
    plain = not query.group and not query.order
    by = plain and any(
        item.text == "by" and following.best_column() >= _NAMES and not _has_value(items, at + 1)
        for at, (item, following) in enumerate(pairwise(items))
    )
    alike = any(
        item.is_cue("agree") and position not in candidate.used
        for position, item in enumerate(items)
    )
    return int(by) + int(alike) + int(_unread_bound(sentence, query))


def _unread_bound(sentence: Sentence, query: plan.Query) -> bool:
    """Tell whether "fewer good wafers than started" is set against nothing anywhere."""
    texts = [item.text for item in sentence.items]
    led = (at for at, text in enumerate(texts) if text in _COMPARATIVES)
    told = any("than" in texts[at + 2 : at + 2 + _FARTHEST] for at in led)
    if not told:
        return False
    bounds = (each for each in everything(query) if isinstance(each, plan.Compare))
    return not query.order and not any(each.operator[0] in "<>" for each in bounds)


def _has_value(items: Sequence[Item], position: int) -> bool:
    # "by warehouse North" speaks of one warehouse.
    return any(item.values for item in items[position : position + 2])


def unheeded(sentence: Sentence, candidate: Candidate) -> int:
    """Count the telling cues that the reading does not account for."""
    return sum(
        position not in candidate.used and any(cue.kind in TELLING for cue in item.cues)
        for position, item in enumerate(sentence.items)
    )


def unknown_words(sentence: Sentence, candidate: Candidate) -> tuple[str, ...]:
    """Return the words that say something the reading does not account for."""
    return tuple(sentence.items[position].text for position in _lost(sentence, candidate))


def _lost(sentence: Sentence, candidate: Candidate) -> list[int]:
    return [
        position
        for position, item in enumerate(sentence.items)
        if position not in candidate.used
        and item.kind not in {"mark", "cue"}
        and item.text not in FUNCTION_WORDS
        and item.text not in _LIGHT_WORDS
    ]


def _outputs_end(sentence: Sentence) -> int:
    """Return where the first condition begins: what stands before says what is asked for."""
    for position, item in enumerate(sentence.items):
        relative = position > 0 and item.is_cue("relative")
        if relative or item.values or any(item.is_cue(kind) for kind in _CONDITIONAL):
            return position
    return len(sentence.items)


def _first_denial(sentence: Sentence) -> int:
    return next(
        (at for at, item in enumerate(sentence.items) if item.is_cue("not")), len(sentence.items)
    )


def _is_noun(sentence: Sentence, position: int) -> bool:
    """Tell whether the word stands where something that is asked for would stand."""
    before, after = sentence.items[:position][-1:], sentence.items[position + 1 :][:1]
    opened = not before or any(
        item.text.split()[-1] in _OPENS_NOUN
        or any(item.is_cue(kind) for kind in ("show", "distinct", "all", "relative"))
        for item in before
    )
    closed = not after or any(
        item.kind == "mark"
        or item.text in _ENDS_NOUN
        or any(item.is_cue(kind) for kind in ("relative", "not"))
        for item in after
    )
    return opened and closed


def _is_owner(sentence: Sentence, position: int) -> bool:
    """Tell whether the word stands behind "of", "of the", "of all": what something belongs to."""
    if sentence.items[position + 1 : position + 2] and sentence.items[position + 1].hits:
        return False  # "of unpaid invoices": it only describes what something belongs to
    before = skip_words_back(sentence.items, position - 1, {"the", "all", "all the", "each"})
    return before >= 0 and sentence.items[before].text.split()[-1] in {"of", "for"}
