"""Rows of one named table that are, or are not, in another: what is shown, matched and denied."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, ReadOptions, Table
from kpi_nlsql.schema.building import build_graph

from .cases.columns import text

CLINIC = Engine(
    build_graph(
        "clinic",
        [
            Table(
                "brz_lnd_PACS_STUDY",
                columns=(
                    text("STUDY_UID", unique=True),
                    text("ACCESSION_NO", unique=True),
                    text("MODALITY", "CT", "MR", "XR"),
                    Column("STUDY_DATE", "date"),
                    text("STUDY_STATUS", "Read", "Unread"),
                ),
                row_count=400,
            ),
            Table(
                "ris_order",
                columns=(
                    text("order_no", unique=True),
                    text("accession_no"),
                    text("patient_id"),
                    Column("ordered_dt", "date"),
                    text("order_sts", "Open", "Scheduled", "Done"),
                    Column("fee_amt", "decimal(10,2)"),
                ),
                row_count=500,
            ),
            Table(
                "his_patient",
                columns=(
                    text("patient_id", unique=True),
                    text("patient_nm"),
                    text("ward", "North", "South"),
                    text("city", "Bremen", "Graz"),
                ),
                row_count=300,
            ),
        ],
    )
)


def read(engine: Engine, sentence: str) -> str:
    """Return the SQL of a sentence without quotes and aliases of tables, on one line."""
    answer = engine.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    return answer.sql("sqlite").replace('"', "")


@pytest.mark.parametrize(
    "ending",
    [
        ", with the patient name and the ward",
        ", together with their patient name and ward",
        " along with patient name and ward",
        ", and give me the patient name and the ward",
    ],
)
def test_columns_listed_at_the_end_are_what_is_shown(ending: str) -> None:
    sql = read(CLINIC, f"Show me all patients in HIS who are not in the RIS orders{ending}.")
    shown = sql.removeprefix("SELECT ").removeprefix("DISTINCT ").split(" FROM ")[0].split(", ")
    assert [name.split(".")[1] for name in shown] == ["patient_nm", "ward"]
    assert "NOT EXISTS" in sql


@pytest.mark.parametrize(
    "sentence",
    [
        "Show me all PACS studies that have no record in the RIS orders with status Done",
        "List all PACS studies which are not in the RIS orders with order status Done",
        "List all PACS studies which are not among the Done RIS orders",
    ],
)
def test_what_is_said_of_the_missing_rows_is_no_condition_on_those_shown(sentence: str) -> None:
    sql = read(CLINIC, sentence)
    shown, missing = sql.split("WHERE NOT EXISTS(")
    assert "Done" not in shown
    assert "order_sts = 'Done'" in missing


DOCKS = Engine(
    build_graph(
        "docks",
        [
            Table(
                "wm_pallet",
                columns=(text("pallet_id", unique=True), text("aisle", "A", "B")),
                row_count=200,
            ),
            Table(
                "gc_checkin",
                columns=(text("ticket_no", unique=True), text("pallet_id"), text("GateName")),
                row_count=300,
            ),
        ],
    )
)


def test_a_system_goes_by_its_name_in_full_where_tables_have_its_initials() -> None:
    sql = read(
        DOCKS, "Show me all pallets of the warehouse management which are not in gate control"
    )
    assert "FROM wm_pallet" in sql
    assert "FROM gc_checkin" in sql


def test_a_word_with_a_hyphen_is_the_row_of_a_table_without_one() -> None:
    sql = read(DOCKS, "Show all pallets without a check-in")
    assert sql.startswith("SELECT wm_pallet.* FROM wm_pallet WHERE NOT EXISTS")


def test_a_column_written_as_in_the_table_is_shown_though_a_table_is_called_like_it() -> None:
    assert read(DOCKS, "GateName of check-ins").startswith("SELECT gc_checkin.GateName ")


@pytest.mark.parametrize(
    "clause",
    [
        ", matched by accession number",
        " (match on accession number)",
        ", comparing the accession number",
        " for the same accession number",
        ", matching the accession number to the accession number",
    ],
)
def test_a_clause_that_names_the_key_is_no_condition(clause: str) -> None:
    sql = read(CLINIC, f"Show me all RIS orders that are missing in the PACS studies{clause}.")
    assert "ris_order.* FROM" in sql.replace("s.* FROM ris_order AS s", "ris_order.* FROM")
    assert "NOT EXISTS" in sql
    assert "accession_no = " in sql
    assert "IS NULL" not in sql


@pytest.mark.parametrize(
    "sentence",
    [
        "How many PACS studies are missing as order in the RIS?",
        "How many PACS studies are unmatched to any order in RIS?",
        "How many PACS studies are not registered as orders in RIS?",
    ],
)
def test_what_rows_are_missing_as_tells_the_table(sentence: str) -> None:
    sql = read(CLINIC, sentence)
    assert sql.startswith("SELECT COUNT(*) AS count FROM brz_lnd_PACS_STUDY")
    assert "NOT EXISTS(SELECT 1 FROM ris_order" in sql
