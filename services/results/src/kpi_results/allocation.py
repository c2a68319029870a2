"""How the C library gives memory back that large readings have taken.

By default glibc keeps a pool of its own for every few threads and grows what it holds on to with
the blocks it sees: a process of many threads that reads columns ends up with several times what it
uses. Bounded pools, and blocks of columns that are returned when they are freed, cost some page
faults and keep the process small.
"""

from __future__ import annotations

import ctypes

# Names and numbers as in <malloc.h>.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_BLOCK = 256 << 10
_TOP = 1 << 20


def give_back_early() -> bool:
    """Set it so for this process; False where the C library has no such settings."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    settings = ((_M_ARENA_MAX, 2), (_M_MMAP_THRESHOLD, _BLOCK), (_M_TRIM_THRESHOLD, _TOP))
    return all(bool(mallopt(name, value)) for name, value in settings)
