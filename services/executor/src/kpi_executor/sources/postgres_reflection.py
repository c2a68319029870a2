"""PostgreSQL's catalogue as tables."""

from __future__ import annotations

from typing import Any

import psycopg

from kpi_executor.sources.tables import Column, ForeignKey, Table, logical_type

_TABLES = """
    SELECT c.oid, n.nspname, c.relname, c.reltuples::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
      AND (%(schema)s::text IS NULL OR n.nspname = %(schema)s)
      AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
    ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
    SELECT attrelid, attname, format_type(atttypid, atttypmod), NOT attnotnull
    FROM pg_attribute WHERE attrelid = ANY(%s) AND attnum > 0 AND NOT attisdropped
    ORDER BY attrelid, attnum
"""
_KEYS = """
    SELECT k.conrelid, k.contype::text, k.conname, tn.nspname, t.relname,
           array_agg(a.attname::text ORDER BY place.i),
           array_agg(f.attname::text ORDER BY place.i)
    FROM pg_constraint k
    CROSS JOIN LATERAL generate_subscripts(k.conkey, 1) AS place(i)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[place.i]
    LEFT JOIN pg_class t ON t.oid = k.confrelid
    LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
    LEFT JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[place.i]
    WHERE k.contype IN ('p', 'f') AND k.conrelid = ANY(%s)
    GROUP BY k.oid, k.conrelid, k.contype, k.conname, tn.nspname, t.relname
    ORDER BY k.conname
"""


def reflect(connection: psycopg.Connection, schema: str | None) -> list[Table]:
    """Read the tables of one schema, or of all that are not the server's own."""
    tables = connection.execute(_TABLES, {"schema": schema}).fetchall()
    oids = [row[0] for row in tables]
    columns: dict[int, list[Column]] = {}
    for oid, name, kind, nullable in connection.execute(_COLUMNS, (oids,)).fetchall():
        column = Column(name, logical_type(kind), kind, nullable=nullable)
        columns.setdefault(oid, []).append(column)
    keys: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.execute(_KEYS, (oids,)).fetchall():
        keys.setdefault(row[0], []).append(row)
    return [
        Table(
            schema=row[1],
            name=row[2],
            columns=tuple(columns.get(row[0], ())),
            primary_key=next((tuple(key[5]) for key in keys.get(row[0], ()) if key[1] == "p"), ()),
            foreign_keys=tuple(
                ForeignKey(tuple(key[5]), key[3], key[4], tuple(key[6]))
                for key in keys.get(row[0], ())
                if key[1] == "f"
            ),
            # -1 says that the table was never analysed.
            rows=row[3] if row[3] >= 0 else None,
        )
        for row in tables
    ]
