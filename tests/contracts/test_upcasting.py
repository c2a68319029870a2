"""Old events say in today's words what they said then."""

from __future__ import annotations

import json

import pytest

from kpi_contracts.envelope import from_record
from kpi_contracts.result import ComparedRows, ResultExported
from tests.contracts.golden_samples import from_json, path_of


@pytest.mark.parametrize(
    ("told", "format_name", "compared"),
    [
        ("csv", "csv", None),
        (
            "parquet (resolved rows, compared with execution 12)",
            "parquet",
            ComparedRows(row_class="resolved", compared_with=12, key=None),
        ),
    ],
)
def test_an_export_of_version_1_told_its_class_within_the_format(
    told: str, format_name: str, compared: ComparedRows | None
) -> None:
    content = json.loads(path_of("io.kpiledger.result.exported.v1").read_text())
    content["data"]["format"] = told
    event = from_record(from_json(content)).data
    assert isinstance(event, ResultExported)
    assert (event.format, event.compared) == (format_name, compared)
