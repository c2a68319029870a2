"""Who may read, and many readers at once."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pyarrow as pa
import pytest

from kpi_testkit.api import token
from tests.integration.results.runs import Runs
from tests.integration.results.stack import ROOT, Stack

USERS = 50


@pytest.mark.parametrize("role", ["viewer", "editor", "operator", "auditor", "admin"])
def test_every_reading_role_may_read(runs: Runs, stack: Stack, role: str) -> None:
    with stack.client("rea", role) as reader:
        assert reader.get("/executions").status_code == 200


def test_without_a_token_or_a_role_nothing_is_shown(runs: Runs, stack: Stack) -> None:
    execution_id = runs.succeeded(pa.table({"sku": ["A"]}))
    path = f"{stack.url}{ROOT}/executions/{execution_id}/drilldown"
    assert httpx.get(path).status_code == 401
    bearer = token(stack.home, "nobody", [])
    assert httpx.get(path, headers={"Authorization": f"Bearer {bearer}"}).status_code == 403


def test_fifty_readers_at_once_all_get_their_page(
    runs: Runs, stack: Stack, viewer: httpx.Client
) -> None:
    count = 200_000
    table = pa.table({"number": range(count), "turned": range(count, 0, -1)})
    execution_id = runs.succeeded(table)

    def read(user: int) -> tuple[int, int]:
        query = {
            "page": str(user + 1),
            "page_size": "20",
            "sort_by": ("number", "turned")[user % 2],
        }
        answer = viewer.get(f"/executions/{execution_id}/drilldown", params=query)
        first = answer.json()["data"][0]["number"] if answer.status_code == 200 else -1
        return answer.status_code, first

    with ThreadPoolExecutor(USERS) as users:
        answers = list(users.map(read, range(USERS)))

    for user, answer in enumerate(answers):
        expected = user * 20 if user % 2 == 0 else count - 1 - user * 20
        assert answer == (200, expected)
