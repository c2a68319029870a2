"""A schema whose names are all written short: a machine rental, as an old system has it."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph

_STATES = ("Rented", "Idle", "Scrapped")
_REGIONS = ("North", "South", "Coast")


def _text(name: str, *values: str, unique: bool = False) -> Column:
    return Column(name, "varchar(40)", values=values, unique=unique)


def rental() -> Graph:
    """Return machines, the contracts they are rented by, what was paid, and the depots' own list.

    Words are cut off (``mach``), lack their vowels (``cntrct``) or keep first and last (``rgn``).
    """
    return build_graph(
        "rental",
        [
            Table(
                "mach_mst",
                columns=(
                    _text("mach_no", unique=True),
                    _text("mach_dsc"),
                    _text("mfr"),
                    _text("stts", *_STATES),
                    Column("purch_dt", "date"),
                    Column("purch_prc", "decimal(12,2)"),
                    _text("rgn", *_REGIONS),
                ),
            ),
            Table(
                "rntl_cntrct",
                columns=(
                    _text("cntrct_no", unique=True),
                    _text("cstmr_no"),
                    _text("mach_no"),
                    Column("strt_dt", "date"),
                    Column("rtrn_dt", "date"),
                    Column("dly_rt", "decimal(12,2)"),
                    Column("dpst_amt", "decimal(12,2)"),
                ),
            ),
            Table(
                "cstmr",
                columns=(
                    _text("cstmr_no", unique=True),
                    _text("cstmr_nm"),
                    _text("eml_addr"),
                    _text("indstry", "Mining", "Farming", "Building"),
                    Column("crdt_lmt", "decimal(12,2)"),
                ),
            ),
            Table(
                "dpt_invntry",
                columns=(
                    _text("mach_no"),
                    _text("stts", *_STATES),
                    _text("yrd"),
                    Column("cntd_on", "date"),
                ),
            ),
        ],
    )
