"""Times of change: read whatever the field writes, and written back never later than they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_360.datasets.incremental.times import (
    counts_a_second,
    like,
    read_time,
    style_of,
    wall_clock,
    write_time,
)

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
SECONDS = int(AT.timestamp())

READ: list[tuple[object, ZoneInfo | None, datetime | None]] = [
    ("2026-11-27T22:00:00Z", None, AT),
    (" 2026-11-27T22:00:00.000+00:00 ", None, AT),
    ("2026-11-27T23:00:00+01:00", None, AT),
    ("2026-11-27 23:00:00+0100", None, AT),
    ("2026-11-27T23:00:00", BERLIN, AT),
    ("2026-11-27 23:00", BERLIN, AT),
    ("2026-11-28", ZoneInfo("UTC"), datetime(2026, 11, 28, tzinfo=UTC)),
    ("20261127T220000Z", None, AT),
    (SECONDS, None, AT),
    (SECONDS * 1_000, None, AT),
    (SECONDS * 1_000_000, None, AT),
    (SECONDS * 1_000_000_000, None, AT),
    (float(SECONDS), None, AT),
    (str(SECONDS), None, AT),
    (f"{SECONDS}.0", None, AT),
    # clocks go back at 3:00 on this day: of the two it is the earlier one
    ("2026-10-25T02:30:00", BERLIN, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ("2026-11-27T23:00:00", None, None),
    ("yesterday", BERLIN, None),
    ("", BERLIN, None),
    ("2026-02-30T00:00:00Z", None, None),
    ("0001-01-01T00:00:00+14:00", None, None),
    (None, BERLIN, None),
    (True, BERLIN, None),
    ([SECONDS], BERLIN, None),
    (float("nan"), BERLIN, None),
    (float("inf"), BERLIN, None),
    (10**40, BERLIN, None),
]


@pytest.mark.parametrize(("value", "zone", "at"), READ)
def test_a_value_is_read(value: object, zone: ZoneInfo | None, at: datetime | None) -> None:
    reading = read_time(value, zone)
    assert reading.at == at
    assert reading.lacks_zone == (value == "2026-11-27T23:00:00" and zone is None)


WRITTEN: list[tuple[str, Any, ZoneInfo | None, str]] = [
    ("iso", None, None, "2026-11-27T22:00:00Z"),
    ("seconds", None, None, str(SECONDS)),
    ("milliseconds", None, None, str(SECONDS * 1_000)),
    ("field", "2024-01-01T00:00:00Z", None, "2026-11-27T22:00:00Z"),
    ("field", "2024-01-01 00:00:00.123456", BERLIN, "2026-11-27 23:00:00.000000"),
    ("field", "2024-01-01T00:00:00,5+05:30", None, "2026-11-28T03:30:00,0+05:30"),
    ("field", "2024-01-01T00:00:00-0200", None, "2026-11-27T20:00:00-0200"),
    ("field", "2024-01-01", ZoneInfo("UTC"), "2026-11-27"),
    ("field", "20240101T0000Z", None, "20261127T2200Z"),
    ("field", "20240101T000000Z", None, "20261127T220000Z"),
    ("field", "2024-01-01 00:00", BERLIN, "2026-11-27 23:00"),
    ("field", 1_700_000_000, None, str(SECONDS)),
    ("field", 1_700_000_000_000, None, str(SECONDS * 1_000)),
    ("field", "1700000000", None, str(SECONDS)),
    ("field", "2024-W01-1T00:00:00Z", None, "2026-11-27T22:00:00+00:00"),
    ("field", None, None, "2026-11-27T22:00:00Z"),
]


@pytest.mark.parametrize(("form", "example", "zone", "text"), WRITTEN)
def test_a_time_is_written(form: Any, example: Any, zone: ZoneInfo | None, text: str) -> None:
    moment = AT + timedelta(microseconds=999)  # what is left over makes it no later
    assert write_time(moment, form, example=example, zone=zone) == text


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("2026-11-27T22:00:00Z", "-T:Z"),
        ("2026-11-27 22:00:00.5", "- :None"),
        ("2026-11-27", "-NoneNoneNone"),
        ("Friday", ""),
    ],
)
def test_texts_that_sort_by_time_are_of_one_style(text: str, style: str) -> None:
    assert style_of(text) == style


moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
zones = st.sampled_from(
    [BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
)
examples = st.sampled_from([one[1] for one in WRITTEN if one[0] == "field" and one[1] is not None])


@given(at=moments, example=examples, zone=zones)
def test_what_is_asked_for_is_never_later(at: datetime, example: Any, zone: ZoneInfo) -> None:
    written = read_time(like(example, at, zone), zone).at
    assert written is not None
    assert written <= at
    assert at - written < timedelta(days=2)


@given(at=moments, later=st.timedeltas(timedelta(), timedelta(days=2)), zone=zones)
def test_no_clock_shows_less_later(at: datetime, later: timedelta, zone: ZoneInfo) -> None:
    """Clocks go back once a year: what changes in that hour must be asked for, too."""
    shown = (at + later).astimezone(zone).replace(tzinfo=None)
    assert wall_clock(at, zone) <= shown


@given(at=moments, unit=st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_numbers_tell_their_unit(at: datetime, unit: int) -> None:
    assert counts_a_second(int(at.timestamp() * unit)) == unit
