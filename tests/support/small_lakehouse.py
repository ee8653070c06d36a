"""A lakehouse of a few customers, as a run leaves it, written without an engine."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

OLD, ANN, BOB, ANNE, GONE = (f"C{letter * 20}" for letter in "0ABCD")


def _person(customer: str, name: str, email: str | None, systems: int) -> dict[str, Any]:
    given, family = name.split()
    return {
        "customer_id": customer, "given_name": given, "family_name": family, "full_name": name, "email": email,
        "source_count": systems, "post_count": 1,
    }  # fmt: skip


def _owned(customer: str, record: str, method: str = "match_weight") -> dict[str, Any]:
    source, key = record.split(":")
    return {"customer_id": customer, "source": source, "source_key": key, "method": method, "confidence": 0.9}


def _event(
    number: int, event: str, customer: str, other: str | None = None, key: str | None = None
) -> dict[str, Any]:
    return {
        "event_id": f"e{number}", "sequence": number, "event": event, "run_id": "r", "customer_id": customer,
        "run_time": datetime(2026, 3, number, tzinfo=UTC), "other_customer_id": other, "source": key and "crm",
        "source_key": key, "other_source": None, "other_source_key": None, "reason": "because",
    }  # fmt: skip


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows by ``<layer>/<table>``."""
    people = [
        _person(ANN, "Ann Lee", "ann@x.io", 4), _person(BOB, "Bob O'Neil", None, 1), _person(ANNE, "Anne Lee", None, 1),
    ]  # fmt: skip
    profile = []
    for row in people:
        values = {name: row[name] for name in ("given_name", "family_name", "full_name", "email")}
        given = {f"{name}_source": "crm" if value else None for name, value in values.items()}
        profile.append({"customer_id": row["customer_id"], **values, **given})
    profile[0] |= {"country_code": "US", "country_code_source": "erp"}
    link = {
        "left_source": "crm", "left_key": "1", "right_source": "erp", "right_key": "7", "method": "match_weight",
        "match_weight": 9.0, "probability": 0.998, "joined_by": "own_evidence",
        "evidence": [{"comparison": "email", "level": "equal", "weight": 9.0},
                     {"comparison": "family_name", "level": "equal", "weight": 2.0}],
    }  # fmt: skip
    user = {
        "source_key": "1",
        "key_kind": "given",
        "given_name": "Ann",
        "full_name": "Ann Lee",
        "email": "ann@x.io",
    }
    return {
        "gold/customer_360": people,
        "gold/customer_profile": profile,
        "gold/customer_crosswalk": [
            _owned(ANN, "crm:1", "anchor"), _owned(ANN, "erp:7"), _owned(ANN, "marketing:5", "post_author"),
            _owned(ANN, "support:t'1"), _owned(BOB, "crm:2", "anchor"), _owned(ANNE, "crm:3", "anchor"),
        ],
        "gold/unlinked_records": [{"source": "support", "source_key": "9", "reason": "no_match"}],
        "gold/identity_links": [link],
        "gold/identity_events": [
            _event(1, "created", ANN, key="1"), _event(2, "absorbed", ANN, other=OLD, key="4"),
            _event(3, "merged", OLD, other=ANN), _event(4, "created", GONE, key="8"), _event(5, "retired", GONE),
        ],
        "gold/customer_marketing_metrics": [
            {"customer_id": ANN, "post_count": 1, "view_count": 1200, "like_count": 3, "dislike_count": 0,
             "engagement_rate": 0.0025, "top_tags": "love"},
        ],
        "gold/customer_support_metrics": [
            {"customer_id": ANN, "ticket_count": 2, "open_ticket_count": 1, "high_priority_ticket_count": 0,
             "first_ticket_date": date(2025, 1, 2), "last_ticket_date": date(2025, 3, 4)},
        ],
        "silver/crm_users": [
            user, user | {"source_key": "2", "given_name": "Bob", "email": None, "full_name": "Bob O'Neil"},
        ],
        "silver/erp_customers": [{"source_key": "7"}],
        "silver/marketing_posts": [{"source_key": "5", "user_key": "1"}],
        "silver/support_tickets": [
            {"source_key": "t'1", "email": "a.lee@work.io"}, {"source_key": "12", "email": None},
        ],
        "silver/quarantine": [{"source": "erp", "source_key": "6", "reasons": ["malformed"]}],
    }  # fmt: skip


def write(root: Path, *, made_up: bool = False) -> Path:
    """Write the tables; ``made_up``: as the sample sources do, with what tells that their people are made up."""
    import pyarrow as pa
    from deltalake import write_deltalake

    from customer_360.sample_sources.landing import MANIFEST

    for name, rows in tables().items():
        folder = root / "Tables" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        names = list(dict.fromkeys(key for row in rows for key in row))
        table = pa.Table.from_pylist([{key: row.get(key) for key in names} for row in rows])
        text = [
            pa.field(one.name, pa.string() if pa.types.is_null(one.type) else one.type)
            for one in table.schema
        ]
        write_deltalake(str(folder), table.cast(pa.schema(text)))
    if made_up:
        (root / "Files" / "landing").mkdir(parents=True)
        (root / "Files" / "landing" / MANIFEST).write_text("{}")
    return root
