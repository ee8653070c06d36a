"""One customer with all that the lakehouse knows: profile and provenance, records, links, figures, history."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from customer_360.serving.reader import Reader, TableRow

_PROFILE, _CROSSWALK, _EVENTS = "gold/customer_profile", "gold/customer_crosswalk", "gold/identity_events"
_LINKS = "gold/identity_links"
_FIGURES = {"marketing": "gold/customer_marketing_metrics", "support": "gold/customer_support_metrics"}
_COUNTED = 10_000  # records of one customer that are looked at


@dataclass(frozen=True)
class Attribute:
    """A value of the profile, and the source that gave it."""

    name: str
    value: Any
    source: str | None


@dataclass(frozen=True)
class CustomerRecord:
    """A record that belongs to the customer: how it was linked, and how surely."""

    source: str
    key: str
    method: str
    confidence: float | None


@dataclass(frozen=True, kw_only=True)
class Customer:
    """One customer, as the last run that published has it.

    Attributes:
        customer_id: of today.
        asked_id: the id that was asked for, where it has become part of this customer.
        attributes: of the profile, those that have a value, in the profile's order.
        records: by source and key.
        links: rows of ``gold/identity_links`` between them, the surest first.
        figures: by ``marketing`` and ``support``, what ``gold/customer_<name>_metrics`` says; blank without a row.
        events: rows of ``gold/identity_events`` about the customer, the oldest first.
    """

    customer_id: str
    asked_id: str | None = None
    attributes: list[Attribute] = field(default_factory=list)
    records: list[CustomerRecord] = field(default_factory=list)
    links: list[TableRow] = field(default_factory=list)
    figures: dict[str, TableRow] = field(default_factory=dict)
    events: list[TableRow] = field(default_factory=list)

    @property
    def sources(self) -> list[str]:
        """Systems that know the customer."""
        return sorted({record.source for record in self.records})

    def value(self, name: str) -> Any:
        """Of an attribute of the profile; None where it has none."""
        return next((item.value for item in self.attributes if item.name == name), None)


def read_customer(
    reader: Reader, customer_id: str, *, asked_id: str | None = None, history: bool = True
) -> Customer:
    """Read a customer.

    Args:
        reader: of the lakehouse.
        customer_id: an id of today, or one that was given once; then there is only its history.
        asked_id: the id that was asked for, if it is another one.
        history: read links and events, too.
    """
    mine = {"customer_id": [customer_id]}
    found = reader.rows(_CROSSWALK, mine, limit=_COUNTED)
    records = sorted(
        (CustomerRecord(row["source"], row["source_key"], row["method"], row["confidence"]) for row in found),
        key=lambda record: (record.source, len(record.key), record.key),
    )
    figures = {name: reader.rows(table, mine)[:1] for name, table in _FIGURES.items()}
    return Customer(
        customer_id=customer_id,
        asked_id=asked_id if asked_id != customer_id else None,
        attributes=_attributes(reader.rows(_PROFILE, mine)[:1]),
        records=records,
        links=_links(reader, records) if history else [],
        figures={name: rows[0] for name, rows in figures.items() if rows},
        events=events_of(reader, customer_id) if history else [],
    )


def events_of(reader: Reader, customer_id: str) -> list[TableRow]:
    """What happened to a customer, the oldest first."""
    rows = {
        row["event_id"]: row
        for column in ("customer_id", "other_customer_id")
        for row in reader.rows(_EVENTS, {column: [customer_id]})
    }
    return sorted(rows.values(), key=lambda row: (row["sequence"], row["event_id"]))


def _attributes(profile: list[TableRow]) -> list[Attribute]:
    """What has a value and a column that says where it is from."""
    return [
        Attribute(name, value, row[f"{name}_source"])
        for row in profile
        for name, value in row.items()
        if f"{name}_source" in row and value not in (None, "")
    ]


def _links(reader: Reader, records: list[CustomerRecord]) -> list[TableRow]:
    mine = {(record.source, record.key) for record in records}
    keys = sorted({key for _, key in mine})
    if not keys:
        return []
    found = [
        row
        for row in reader.rows(_LINKS, {"left_key": keys, "right_key": keys}, limit=_COUNTED)
        if {(row["left_source"], row["left_key"]), (row["right_source"], row["right_key"])} <= mine
    ]
    return sorted(found, key=_surest_first)


def _surest_first(row: TableRow) -> tuple[Any, ...]:
    names = [row[f"{side}_{part}"] for side in ("left", "right") for part in ("source", "key")]
    return -float(row["probability"] or 0), -float(row["match_weight"] or 0), names
