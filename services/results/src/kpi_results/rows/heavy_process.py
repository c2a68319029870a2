"""The process of one heavy reading: takes its work from standard input, answers, and ends."""

from __future__ import annotations

import os
import pickle
import sys
import threading

from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.errors import RowsError
from kpi_results.rows.heavy import Work


def main() -> None:
    """Do the work and write the answer, or the error that came of it."""
    try:
        place, work = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started us
    except EOFError:
        return  # who started us ahead has ended without work for us
    threading.Thread(target=_end_with_asker, daemon=True).start()
    sys.stdout.buffer.write(pickle.dumps(_answer(place, work)))
    sys.stdout.buffer.flush()


def _answer(place: Place, work: Work[object]) -> object:
    drilldown = Drilldown(place)
    try:
        return work(drilldown)
    except RowsError as error:
        return error
    finally:
        drilldown.close()


def _end_with_asker() -> None:
    """End at once when the asking process does; spill space is swept by the next one."""
    os.read(sys.stdin.fileno(), 1)  # not `sys.stdin`: its lock would be held when we end
    os._exit(os.EX_TEMPFAIL)


if __name__ == "__main__":
    main()
