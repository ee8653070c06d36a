"""What the records of one reading say about when they changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from customer_360.datasets.incremental.times import Raw, read_time, style_of

# A time may be asked for as a day, or as what a clock shows that is about to go back.
_MUCH = timedelta(days=1)


@dataclass
class Seen:
    """Counts records by their time of change, and finds the last of these times.

    Attributes:
        zone: of texts without one.
        latest: what is later than this is no time of change: somebody's clock, or the value, is wrong. UTC.
        since: what was asked for; None: all.
        known: the last change that was known before; None where nothing was.
        at: the last time of change, None where there is none.
        example: that value, as it was written.
        records: how many there were.
        unreadable: how many of them had no time that can be read.
        lacking_zone: how many of these for lack of a time zone.
        ahead: how many had a time later than ``latest``.
        much_older: how many were a day or more older than what was asked for.
        has_known: whether one was as late as the last change that was known, as it must be unless that was deleted.
        styles: the ways in which texts were written.
    """

    zone: tzinfo | None
    latest: datetime
    since: datetime | None = None
    known: datetime | None = None
    at: datetime | None = None
    example: Raw | None = None
    records: int = 0
    unreadable: int = 0
    lacking_zone: int = 0
    ahead: int = 0
    much_older: int = 0
    has_known: bool = False
    styles: set[str] = field(default_factory=set)

    def add(self, value: object) -> None:
        """Count a record in. Args: value: of its field; None where it has none."""
        self.records += 1
        reading = read_time(value, self.zone)
        if isinstance(value, str):
            self.styles.add(style_of(value) if reading.at is not None else "")
        at = reading.at
        if at is None:
            self.unreadable += 1
            self.lacking_zone += reading.lacks_zone
            return
        self.has_known = self.has_known or (self.known is not None and at >= self.known)
        self.much_older += self.since is not None and at < self.since - _MUCH
        if at > self.latest:
            self.ahead += 1
        elif self.at is None or at > self.at:
            assert isinstance(value, str | int | float)
            self.at, self.example = at, value
