"""Names of columns, which a query may repeat, made unique."""

from __future__ import annotations

from collections.abc import Sequence


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with later repetitions numbered: `a, a, a_2` becomes `a, a_3, a_2`.

    A name that is already unique is never altered, so adding a column cannot rename another.
    """
    taken = set(names)
    seen: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate in seen or (number > 1 and candidate in taken):
            number += 1
            candidate = f"{name}_{number}"
        seen.add(candidate)
        unique.append(candidate)
    return unique
