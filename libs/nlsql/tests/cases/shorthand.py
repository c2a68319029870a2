"""Schemas whose names are all written short: a machine rental, and leases in an old system."""

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


def leasing() -> Graph:
    """Return leases (``ls``), their drivers, the balances elsewhere, and a planning sheet.

    Short forms of two letters and of seven, and such as stand for other words elsewhere, too.
    """
    return build_graph(
        "leasing",
        [
            Table(
                "core_ls_agr",
                columns=(
                    _text("ls_no", unique=True),
                    _text("drv_no"),
                    _text("veh_no"),
                    Column("strt_dt", "date"),
                    Column("mthly_rt", "decimal(12,2)"),
                    Column("out_bal", "decimal(12,2)"),
                    _text("ls_stts", "Running", "Ended", "Default"),
                    _text("trmntn_cs", "Theft", "Sale", "Expiry"),
                ),
            ),
            Table(
                "dwh_ls_bal",
                columns=(
                    _text("acct_no"),
                    Column("bal_amt", "decimal(12,2)"),
                    Column("dpd", "integer"),
                ),
            ),
            Table(
                "drv_mst",
                columns=(
                    _text("drv_no", unique=True),
                    _text("drv_nm"),
                    _text("cry", "DE", "FR", "IT"),
                    Column("ann_sal", "decimal(12,2)"),
                ),
            ),
            Table(
                "brz_lnd_PLNG_XLS",
                columns=(_text("VEH_NO", unique=True), _text("PLNNR"), Column("QTY_OH", "integer")),
            ),
            Table(
                "lgcy_ls",
                columns=(_text("lgc_ls_no", unique=True), _text("lgc_stts", "Running", "Ended")),
            ),
        ],
    )
