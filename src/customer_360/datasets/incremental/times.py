"""Times as the field of a source writes them: read as points in time, and written the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from customer_360.datasets.incremental.settings import ParameterFormat

# A number of 12 digits or more is not of seconds, one of 15 or more not of milliseconds: until the year 5138.
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3), (0, 1))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"-?\d{9,20}(\.\d+)?")
_SHIFT = timedelta(hours=3)  # clocks go back by less
_TEXT = re.compile(
    r"(?P<date>\d{4}(?P<dash>-?)\d\d-?\d\d)"
    r"(?:(?P<t>[T ])(?P<time>\d\d(?P<colon>:?)\d\d(?::?\d\d)?)(?P<fraction>[.,]\d+)?)?"
    r"(?P<blank> ?)(?P<zone>Z|z|[+-]\d\d(?::?\d\d)?)?"
)
Raw = str | int | float


@dataclass(frozen=True)
class Reading:
    """A value of the field.

    Attributes:
        at: the point in time, UTC; None where it cannot be told.
        lacks_zone: it cannot, since the text has no time zone and nobody says which one it is in.
    """

    at: datetime | None = None
    lacks_zone: bool = False


def read_time(value: object, zone: tzinfo | None) -> Reading:
    """A value as a point in time.

    Args:
        value: ISO 8601 text, or seconds, milli-, micro- or nanoseconds since 1970 (its size tells which).
        zone: of texts without one. A time that clocks show twice is the earlier one.
    """
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            return _of_text(text, zone)
        value = float(text) if "." in text else int(text)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 (NaN)
        return Reading()
    try:
        unit = counts_a_second(value)
        whole, rest = divmod(value, unit)
        return Reading(_EPOCH + timedelta(seconds=whole, microseconds=int(rest * 1_000_000 // unit)))
    except (OverflowError, ValueError):
        return Reading()


def _of_text(text: str, zone: tzinfo | None) -> Reading:
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None and zone is None:
            return Reading(lacks_zone=True)
        return Reading((found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC))
    except (ValueError, OverflowError):
        return Reading()


def counts_a_second(number: float) -> int:
    """How many of what a number counts are a second."""
    return next(unit for least, unit in _UNITS if abs(number) >= least)


def wall_clock(at: datetime, zone: tzinfo | None) -> datetime:
    """What a clock of this zone shows, without the zone: never more than it shows at any later time.

    Where clocks are about to go back, that is up to an hour less than what they show now: what changes after that is
    not to be missed.
    """
    zone = zone or UTC
    offsets = [moment.astimezone(zone).utcoffset() or timedelta() for moment in (at, at + _SHIFT)]
    return at.astimezone(UTC).replace(tzinfo=None) + min(offsets)


def write_time(at: datetime, form: ParameterFormat, *, example: Raw | None, zone: ZoneInfo | None) -> str:
    """A point in time as a parameter has it, never later than it is.

    Args:
        at: what is to be written.
        form: ``iso`` (``2026-11-27T22:00:00Z``), ``seconds`` or ``milliseconds`` since 1970, or ``field``.
        example: for ``field``: a value as the field writes it.
        zone: of texts without one.
    """
    if form == "field" and example is not None:
        return str(like(example, at, zone))
    if form in ("seconds", "milliseconds"):
        return str(_count(at, 1 if form == "seconds" else 1_000))
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def like(example: Raw, at: datetime, zone: ZoneInfo | None) -> Raw:
    """A point in time, written as an example is: a number for a number, a text for a text."""
    if not isinstance(example, str):
        return _count(at, counts_a_second(example))
    text = example.strip()
    if _NUMBER.fullmatch(text):
        return str(_count(at, counts_a_second(float(text))))
    found = _TEXT.fullmatch(text)
    if found is None:  # another form of ISO 8601
        return at.astimezone(UTC).isoformat(timespec="seconds")
    shown = _shown(at, found["zone"], text, zone)
    dash, colon = found["dash"], found["colon"] or ""
    date = shown.strftime(f"%Y{dash}%m{dash}%d")
    if not found["t"]:
        return date
    seconds = f"{colon}%S" if len(found["time"]) > len(f"00{colon}00") else ""
    fraction = found["fraction"] or ""
    noughts = fraction[:1] + "0" * (len(fraction) - 1)
    time = shown.strftime(f"%H{colon}%M{seconds}") + noughts
    return f"{date}{found['t']}{time}{found['blank'] if found['zone'] else ''}{found['zone'] or ''}"


def style_of(text: str) -> str:
    """What two texts must have in common so that the later one is also the greater text; blank: nothing is."""
    found = _TEXT.fullmatch(text.strip())
    return "" if found is None else f"{found['dash']}{found['t']}{found['colon']}{found['zone']}"


def _shown(at: datetime, mark: str | None, text: str, zone: ZoneInfo | None) -> datetime:
    if mark is None:
        return wall_clock(at, zone)
    return at.astimezone(datetime.fromisoformat(text).tzinfo)


def _count(at: datetime, unit: int) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1) * unit // 1_000_000
