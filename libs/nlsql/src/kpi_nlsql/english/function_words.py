"""Function words: they hold a sentence together and name no data."""

from __future__ import annotations

_GRAMMATICAL = frozenset(
    "a an the of in on at to for from by with and or is are was were be been being do does "  # noqa: SIM905
    "did have has had having it its they them their there this that these those as into about "
    "than then also both any some who whom which what where when how whose i me my we us our "
    "you your he she his her him but if so can could will would should may might must just "
    "either please s t such within during among along via up out".split()
)
STOP_WORDS = _GRAMMATICAL | frozenset(
    "all not no nor each every per one ones same under over down off again more most other "  # noqa: SIM905
    "only own too very least new list show find give name number many much first last two "
    "three came come comes went goes got gotten".split()
)
"""Words never taken for a misspelt name, a value or an abbreviation."""
FUNCTION_WORDS = _GRAMMATICAL | frozenset(
    "ever currently still together belong belongs associated related corresponding respective "  # noqa: SIM905
    "respectively ones yet".split()
)
"""Words of which nothing need stand in a query."""
COPULAS = frozenset({"is", "are", "was", "were", "been", "being"})
MISSING = ("missing", "absent")
"""What phrases begin with that say of rows that they are in none of the places listed."""
EXCEPTING = ("except", "excluding", "apart from", "other than")
"""What phrases begin with that leave rows out."""
POSSESSIVES = frozenset({"their", "its", "his", "her"})
HELPING = frozenset({"do", "does", "did", "have", "has", "had"})
"""Verbs that a question begins with, before whom it is asked of: "how much have we …"."""
