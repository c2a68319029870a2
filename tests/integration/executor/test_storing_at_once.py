"""Several people store what has the same name, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa

from kpi_eventsourcing.dispatch import Dispatcher
from kpi_executor import lookups
from kpi_executor.commands import KeepGraph, RegisterSource, StoreRuleset
from tests.integration.executor.runs import EMPTY, by

NAMES = 10
WRITERS = 4


def rules(writer: int) -> tuple[dict[str, Any], ...]:
    return ({"name": f"by writer {writer}"},)


def test_each_ruleset_replaces_the_one_before_it(engine: sa.Engine, dispatch: Dispatcher) -> None:
    def store(place: int) -> int:
        command = StoreRuleset(name=f"set {place // WRITERS}", rules=rules(place % WRITERS))
        version: int = dispatch(command, by("ann")).version
        return version

    with ThreadPoolExecutor(WRITERS) as threads:
        versions = list(threads.map(store, range(NAMES * WRITERS)))
    for name in range(NAMES):
        assert sorted(versions[name * WRITERS : (name + 1) * WRITERS]) == [1, 2, 3, 4]
    with engine.connect() as connection:
        assert lookups.list_rulesets(connection, 100, 0)[0] == NAMES


def test_a_graph_is_built_once_however_many_build_it(
    engine: sa.Engine, dispatch: Dispatcher
) -> None:
    source = dispatch(RegisterSource(name="one", kind="sqlite", location="/1.db"), by("ann"))

    def build(place: int) -> int:
        command = KeepGraph(name=f"graph {place // WRITERS}", source_id=source, content=EMPTY)
        version: int = dispatch(command, by("ann")).version
        return version

    with ThreadPoolExecutor(WRITERS) as threads:
        versions = list(threads.map(build, range(NAMES * WRITERS)))
    assert set(versions) == {1}
    with engine.connect() as connection:
        assert lookups.list_graphs(connection, 100, 0)[0] == NAMES + 1
