"""What changed between two versions of a graph."""

from typing import Any

from kpi_contracts.graph import SchemaChange
from kpi_executor.drift import breaking, schema_changes


def graph(**tables: dict[str, str]) -> dict[str, Any]:
    return {
        "tables": [
            {
                "name": name,
                "columns": [{"name": column, "type": kind} for column, kind in columns.items()],
            }
            for name, columns in tables.items()
        ]
    }


def test_every_difference_is_named_and_nothing_else() -> None:
    old = graph(kept={"a": "int", "b": "text", "c": "int"}, gone={"a": "int"})
    new = graph(kept={"a": "int", "b": "date", "d": "int"}, come={"a": "int"})
    changes = schema_changes(old, new)
    assert changes == (
        SchemaChange("come", None, "added"),
        SchemaChange("gone", None, "removed"),
        SchemaChange("kept", "b", "retyped"),
        SchemaChange("kept", "c", "removed"),
        SchemaChange("kept", "d", "added"),
    )
    assert {change.change for change in breaking(changes)} == {"removed", "retyped"}
    assert schema_changes(old, old) == ()


def test_tables_of_one_name_in_two_schemas_are_told_apart() -> None:
    def both(first: dict[str, str], second: dict[str, str]) -> dict[str, Any]:
        tables = [*graph(t=first)["tables"], *graph(t=second)["tables"]]
        schemas = ("sales", "stock")
        return {"tables": [{**t, "schema": name} for t, name in zip(tables, schemas, strict=True)]}

    old = both({"a": "int", "b": "int"}, {"a": "int"})
    assert schema_changes(old, both({"a": "int"}, {"a": "int"})) == (
        SchemaChange("t", "b", "removed"),
    )
