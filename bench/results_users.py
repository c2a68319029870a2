"""Fifty users drilling at once over one result: each reads a page, then at once another."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import httpx

from bench.results_api import REQUEST_SECONDS, Api, drilldown
from bench.table import percentile

USERS = 50
SECONDS = 15.0

# What people look at: the rows as they are, by an order, by a filter, by both.
WISHES: tuple[dict[str, object], ...] = (
    {},
    {"sort_by": "amount", "sort_order": "desc"},
    {"filters": {"status": "failed"}},
    {"sort_by": "product", "filters": {"active": True}},
)


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the users saw: seconds of the good answers, and how many answers were not good."""

    answered: tuple[float, ...]
    errors: int

    @property
    def p95(self) -> float:
        """Seconds that 95 of 100 good answers did not exceed."""
        return percentile(self.answered, 0.95)

    @property
    def per_second(self) -> float:
        """Good answers per second."""
        return len(self.answered) / SECONDS


def crowd(api: Api, execution_id: int, rows: int) -> Crowd:
    """Let all users read for some seconds, views being computed as they are asked for."""
    return asyncio.run(_crowd(api, execution_id, rows))


async def _crowd(api: Api, execution_id: int, rows: int) -> Crowd:
    headers = {"Authorization": f"Bearer {api.bearer}"}
    limits = httpx.Limits(max_connections=USERS, max_keepalive_connections=USERS)
    async with httpx.AsyncClient(
        base_url=api.url, headers=headers, timeout=REQUEST_SECONDS, limits=limits, trust_env=False
    ) as client:
        until = time.monotonic() + SECONDS
        users = [_user(client, execution_id, rows, number, until) for number in range(USERS)]
        found = await asyncio.gather(*users)
    return Crowd(
        tuple(seconds for answered, _ in found for seconds in answered),
        sum(errors for _, errors in found),
    )


async def _user(
    client: httpx.AsyncClient, execution_id: int, rows: int, number: int, until: float
) -> tuple[list[float], int]:
    choice = random.Random(number)
    answered, errors = [], 0
    while time.monotonic() < until:
        page = choice.randint(1, max(1, rows // 500))
        path, parameters = drilldown(execution_id, **choice.choice(WISHES), page=page, page_size=50)
        began = time.perf_counter()
        try:
            (await client.get(path, params=parameters)).raise_for_status()
            answered.append(time.perf_counter() - began)
        except httpx.HTTPError:
            errors += 1
    return answered, errors
