"""Reading the event stream from its beginning."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kpi_bus.connection import connect
from kpi_bus.reader import StreamReader
from kpi_contracts.envelope import Envelope, from_record
from kpi_contracts.messages import decode
from kpi_contracts.streams import KPI_EVENTS


def everything_about(url: str, subjects: Sequence[str]) -> list[Envelope]:
    """Return every event on these subjects, in stream order."""
    return asyncio.run(_read(url, subjects))


async def _read(url: str, subjects: Sequence[str]) -> list[Envelope]:
    bus = await connect(url, name="tests", on_closed=lambda: None)
    found: list[Envelope] = []
    try:
        async with StreamReader.open(bus, KPI_EVENTS.name, subjects, 1) as reader:
            while reader.pending:
                for delivery in await reader.read(500):
                    record = decode(delivery.message.headers, delivery.message.body)
                    found.append(from_record(record))
    finally:
        await bus.close()
    return found
