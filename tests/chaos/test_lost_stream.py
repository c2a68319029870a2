"""The stream is transport: what is in the tables comes back into it."""

from __future__ import annotations

import asyncio

from kpi_bus.connection import connect
from kpi_contracts.streams import KPI_EVENTS
from tests.chaos import invariants
from tests.chaos.depot import EMPTY_SHELVES
from tests.chaos.evidence import streamed
from tests.chaos.house import House


def delete_stream(nats_url: str) -> None:
    async def delete() -> None:
        bus = await connect(nats_url, name="chaos", on_closed=lambda: None)
        try:
            assert await bus.js.delete_stream(KPI_EVENTS.name)
        finally:
            await bus.close()

    asyncio.run(delete())


def test_a_deleted_stream_is_refilled_and_nothing_takes_effect_twice(house: House) -> None:
    kpi = house.define()
    for _ in range(5):
        house.execute(kpi)
    checkpoint = invariants.signed_checkpoint(house)
    invariants.soon(lambda: invariants.the_same_events_are_everywhere(house))
    before = {event.id for event in streamed(house.nats_url)}

    delete_stream(house.nats_url)

    result = house.execute(kpi)
    assert result["result_data"] == EMPTY_SHELVES
    invariants.soon(lambda: invariants.the_same_events_are_everywhere(house), 60)
    assert before < {event.id for event in streamed(house.nats_url)}
    invariants.soon(lambda: invariants.every_event_took_effect_once(house))
    invariants.soon(lambda: invariants.projections_equal_their_rebuild(house))
    invariants.the_chain_extends(house, checkpoint)
