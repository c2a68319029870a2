"""Doing something at a steady rate, whatever each time takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator


def ticks(rate: float, seconds: float) -> Iterator[None]:
    """Yield `rate` times per second; a late tick follows at once, none is left out."""
    over = threading.Event()
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        over.wait(max(0.0, began + number / rate - time.perf_counter()))
        yield
