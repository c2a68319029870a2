"""A small graph that the tests of this folder read."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Join, Table

SHOP = Graph(
    "shop",
    dialect="sqlite",
    tables=(
        Table(
            "orders",
            "main",
            (
                Column("id", "INTEGER"),
                Column("customer_id", "INTEGER"),
                Column("status", "TEXT", values=("open", "paid", 'say "no"\nDROP TABLE x')),
                Column("total", "REAL"),
            ),
            primary_key=("id",),
            row_count=3,
            display_names=("orders", "order"),
        ),
        Table(
            "customers",
            "main",
            (Column("id", "INTEGER"), Column("Name", "TEXT")),
            primary_key=("id",),
            row_count=2,
            display_names=("customers", "customer"),
        ),
        Table("audit_log", "main", (Column("line", "TEXT"),)),
    ),
    joins=(Join("orders", ("customer_id",), "customers", ("id",)),),
)
