from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from marshmallow.fields import Field

from kpi_service.json import InvalidJson, encode, parse
from kpi_service.schemas import Id, Instant, Schema, StrictBoolean, StrictInteger, StrictNumber

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_json_can_say_is_read_as_it_was_meant(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_fail_otherwise(body: bytes) -> None:
    try:
        parse(body)
    except InvalidJson:
        return


def test_times_leave_in_utc_with_z_and_decimals_exactly() -> None:
    moment = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert encode({"at": moment}) == b'{"at":"2026-11-22T12:00:00Z"}'
    assert encode({"d": Decimal("0.10")}) == b'{"d":"0.10"}'


def test_integers_over_64_bits_survive() -> None:
    assert encode([2**70]) == b"[1180591620717411303424]"


def test_an_instant_is_written_and_read_in_utc() -> None:
    class Event(Schema):
        at = Instant()

    eastern = datetime(2026, 1, 1, 2, 0, tzinfo=timezone(timedelta(hours=2)))
    assert Event().dump({"at": eastern}) == {"at": "2026-01-01T00:00:00Z"}
    assert Event().load({"at": "2026-01-01T02:00:00+02:00"})["at"] == eastern
    assert Event().load({"at": "2026-01-01T00:00:00"})["at"] == eastern


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (StrictInteger(), "7"),
        (StrictInteger(), 7.5),
        (StrictInteger(), False),
        (StrictNumber(), "7"),
        (StrictNumber(), True),
        (StrictBoolean(), 1),
        (StrictBoolean(), "yes"),
    ],
)
def test_numbers_and_truth_are_not_guessed_from_text(field: Field[Any], value: object) -> None:
    with pytest.raises(ValidationError):
        field.deserialize(value)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    assert StrictInteger().deserialize(7.0) == 7


@pytest.mark.parametrize("value", [0, -1, 2**63, "1", 1.5, True])
def test_an_id_is_a_positive_bigint(value: object) -> None:
    class Reference(Schema):
        id = Id()

    with pytest.raises(ValidationError):
        Reference().load({"id": value})
