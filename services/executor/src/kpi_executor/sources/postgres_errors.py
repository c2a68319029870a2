"""PostgreSQL's errors in words that say what to do."""

from __future__ import annotations

import re

from kpi_executor.sources.errors import SourceError, first_line

# Classes and codes of https://www.postgresql.org/docs/current/errcodes-appendix.html
_TRANSIENT_CLASSES = ("08", "40", "53", "55", "58")
_SHUTDOWN = ("57P01", "57P02", "57P03", "57P05")
_REMEDIES = {
    "28P01": "The password or user name is wrong; correct the source.",
    "28000": "The server does not let this user in; check the user and the server's pg_hba.conf.",
    "3D000": "The database does not exist; check its name in the URL.",
    "42501": "The user may not read this; grant it SELECT on the tables.",
    "42703": "A column does not exist; refresh the knowledge graph.",
    "42P01": "A table does not exist; refresh the knowledge graph.",
    "57014": "The query was cancelled or ran longer than allowed.",
    "25006": "The query tried to write; only reading is allowed.",
    "22012": "The query divides by zero; exclude those rows.",
    "53300": "The server has no connection free.",
    "54011": "The query has more columns than PostgreSQL allows (1,664); select fewer.",
}
# While rows stream, and before there is a session, drivers give a text and no code.
_SIGNS: tuple[tuple[str, str, bool], ...] = (
    ("canceling statement", _REMEDIES["57014"], False),
    ("division by zero", _REMEDIES["22012"], False),
    ("ERROR:", "PostgreSQL refused the query.", False),
    ("password authentication failed", _REMEDIES["28P01"], False),
    ("no password supplied", "The server asks for a password; add it to the source.", False),
    ("does not exist", "The database or user does not exist; check the URL.", False),
    ("no pg_hba.conf entry", _REMEDIES["28000"], False),
    ("SSL", "The secured connection failed; check sslmode in the URL.", False),
    ("timeout", "The server did not answer in time; check host, port and firewall.", True),
    ("refused", "Nothing listens there; check host and port and that the server runs.", True),
)


def classify(error: Exception) -> SourceError:
    """Return what a psycopg or ADBC error means; connection troubles and overload are transient."""
    state = getattr(error, "sqlstate", None)
    if state:
        transient = state.startswith(_TRANSIENT_CLASSES) or state in _SHUTDOWN
        remedy = _REMEDIES.get(state, "PostgreSQL refused the query.")
        return SourceError(f"{remedy} ({_detail(error)})", transient=transient)
    text = str(error)
    for sign, remedy, transient in _SIGNS:
        if sign in text:
            return SourceError(f"{remedy} ({_detail(error)})", transient=transient)
    return SourceError(
        f"The connection to PostgreSQL failed; try again. ({_detail(error)})", transient=True
    )


def _detail(error: Exception) -> str:
    found = re.search(r"(?:ERROR|FATAL):\s+(.*)", str(error))
    line = found[1] if found else first_line(error)
    return "".join(character for character in line if character.isprintable())[:200]
