"""The files that a generated sample consists of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

# Goes up whenever the same seed would give other bytes: files of an older generator are then not reused.
GENERATOR_VERSION = 2

ERP_COLUMNS = ("cust_number", "full_name", "street", "city", "postal_code", "lat_lng", "tax_id")
TRUTH_COLUMNS = ("source", "source_key", "person_id", "household_id", "kind", "noise", "position")


@dataclass(frozen=True)
class SampleFiles:
    """Paths of one generated sample.

    Attributes:
        crm_users: JSON lines, one DummyJSON user per line.
        marketing_posts: JSON lines, one DummyJSON post per line.
        erp_customers: CSV with the header :data:`ERP_COLUMNS`.
        support_tickets: one JSON array.
        truth: CSV with the header :data:`TRUTH_COLUMNS`, one row per record of the four files.
            ``source_key`` is the trimmed key of the record: blank where it has none, and not always unique
            in the ERP. ``position``, the record's number in its file from 1, is. ``kind`` says what the
            record or its person is (``single``, ``twin``, ``duplicate``...), ``noise`` lists, separated by
            ``;``, the fields of :class:`~customer_360.sample_sources.noise.Noise` that struck it.
    """

    crm_users: Path
    marketing_posts: Path
    erp_customers: Path
    support_tickets: Path
    truth: Path

    @classmethod
    def within(cls, folder: Path) -> SampleFiles:
        """The paths that a sample has in ``folder``."""
        return cls(
            crm_users=folder / "crm_users.jsonl",
            marketing_posts=folder / "marketing_posts.jsonl",
            erp_customers=folder / "erp_customers.csv",
            support_tickets=folder / "support_tickets.json",
            truth=folder / "truth.csv",
        )

    def paths(self) -> dict[str, Path]:
        """All paths by the name of their attribute."""
        return {field.name: getattr(self, field.name) for field in fields(self)}
