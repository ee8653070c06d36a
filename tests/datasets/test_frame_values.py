"""Values of frames as JSON: nothing lost, and the same value always the same text."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.datasets.frame_values import NotAValue, json_value

EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (float("nan"), None), (pd.NA, None), (pd.NaT, None), (np.datetime64("NaT"), None), (np.nan, None),
        ("", ""), ("007", "007"), (True, True), (np.bool_(False), False),
        (12, 12), (12.0, 12), (np.int64(12), 12), (np.float32(12), 12), (-0.0, 0),
        (2**63 - 1, 2**63 - 1), (2**63, str(2**63)), (np.uint64(2**64 - 1), str(2**64 - 1)),
        (0.1, 0.1), (np.float32(0.1), 0.1), (1e-7, "0.0000001"), (1e22, "10000000000000000000000"),
        (12345678.5, "12345678.5"),
        (Decimal("12.50"), "12.50"), (Decimal("1E+3"), "1000"), (Decimal("NaN"), None),
        (Decimal("12345678901234567890.12345678901234567890"), "12345678901234567890.12345678901234567890"),
        (date(2024, 3, 9), "2024-03-09"), (time(1, 2, 3), "01:02:03"),
        (datetime(2024, 3, 9, 1, 2), "2024-03-09T01:02:00"),
        (datetime(2024, 3, 9, 1, 2, tzinfo=EAST), "2024-03-08T23:02:00+00:00"),
        (pd.Timestamp("2024-03-09 01:02:03.123456789"), "2024-03-09T01:02:03.123456789"),
        (pd.Timestamp("2024-03-09", tz="UTC"), "2024-03-09T00:00:00+00:00"),
        (np.datetime64("2024-03-09"), "2024-03-09"), (timedelta(days=1), "1 day, 0:00:00"),
        (b"\xc3\xa9", "é"), (b"\xff", "\udcff"), (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ([1.0, None, "x"], [1, None, "x"]), ((1, 2), [1, 2]), (np.array([1.5, 2.0]), [1.5, 2]),
        ({"a": {"b": Decimal("1.10")}, 1: "x"}, {"a": {"b": "1.10"}, "1": "x"}),
    ],
)  # fmt: skip
def test_a_value(value: Any, expected: Any) -> None:
    assert json_value(value) == expected
    assert type(json_value(value)) is type(expected)


def test_infinity_is_marked_by_whoever_writes_it() -> None:
    assert json_value(float("inf")) == float("inf")
    assert json_value(Decimal("Infinity")) == float("inf")


@pytest.mark.parametrize("value", [object(), {1, 2}, lambda: None, 1j])
def test_what_no_record_has_is_refused_without_its_value(value: Any) -> None:
    with pytest.raises(NotAValue, match=type(value).__qualname__):
        json_value(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_comes_back(value: float) -> None:
    written = json.loads(json.dumps(json_value(value)))
    assert float(written) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_every_decimal_comes_back(value: Decimal) -> None:
    assert Decimal(json_value(value)) == value


@given(st.datetimes(timezones=st.just(UTC) | st.none()))
def test_every_time_comes_back(value: datetime) -> None:
    assert datetime.fromisoformat(json_value(value)) == value
