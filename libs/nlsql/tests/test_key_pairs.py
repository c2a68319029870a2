"""Which two columns together tell the rows of a table apart."""

from kpi_nlsql.schema.graph import Column, Table
from kpi_nlsql.schema.key_pairs import keys_to_try


def test_a_price_that_no_two_lines_share_is_no_key_of_them() -> None:
    lines = Table(
        "po_line",
        columns=(
            Column("po_no", "int", distinct=40),
            Column("po_item", "int", distinct=5),
            Column("net_price", "decimal", distinct=100, unique=True),
        ),
        row_count=100,
    )
    tried = [(first.name, second.name) for first, second in keys_to_try(lines, 2)]
    assert tried == [("po_no", "po_item")]
