from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from customer_360.privacy import Setting, obey


@pytest.fixture
def values_shown() -> Iterator[None]:
    """As `show_personal_values: true` has it."""
    obey(Setting(value=True))
    yield
    obey(Setting())


@pytest.fixture(scope="session")
def small_lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables that the charts read, with the columns that they need, written without an engine."""
    from deltalake import write_deltalake

    tables = {
        "gold/customer_360": pa.table(
            {
                "customer_id": ["C1", "C2", "C3"],
                "given_name": ["Ann", None, "Cy"],
                "birth_date": [date(1990, 5, 1), None, date(1985, 1, 31)],
                "engagement_rate": [0.123456, None, float("nan")],
                "source_count": pa.array([1, 4, 1], pa.int64()),
            }
        ),
        "silver/support_tickets": pa.table(
            {
                "category": ["billing", "billing", "technical", "billing"],
                "status": ["open", "closed", "open", "open"],
            }
        ),
        "silver/marketing_posts": pa.table(
            {
                "tags": [["crime", "love"], ["love"], [], ["mystery"]],
                "like_count": [10, 5, 1, 2],
                "dislike_count": pa.array([0, 1, None, 0], pa.int64()),
                "view_count": [100, 50, 10, 0],
            }
        ),
        "gold/run_report": pa.table(
            {
                "source": ["crm", "crm", "erp", "support", "erp"],
                "metric": ["bronze", "error", "warning", "warning", "warning"],
                "reason": [None, "malformed", "missing_customer_number", "unknown_status", "never_broken"],
                "records": [3, 1, 2, 5, 0],
            }
        ),
        "gold/identity_report": pa.table(
            {
                "kind": ["match_weight", "match_weight", "match_weight", "estimate"],
                "name": ["email", "email", "birth_date", "records"],
                "detail": ["different", "equal", "equal", None],
                "value": [-2.66, 11.44, 9.0, 40.0],
            }
        ),
        "gold/run_report_history": run_history(),
        "gold/identity_links": pa.table(
            {
                "match_weight": [0.7, 0.2, -1.5, None],  # null: a rule's
                "joined_by": ["own_evidence", "own_evidence", "pooled_evidence", "rule"],
                "evidence": [
                    [
                        {"comparison": "birth_date", "level": "equal", "weight": 9.00004},
                        {"comparison": "email", "level": None, "weight": None},
                    ],
                    *[[]] * 3,
                ],
            }
        ),
        "gold/identity_review": pa.table(
            {"match_weight": [0.7, -3.9, 0.5], "together": [True, False, False]}
        ),
        "bronze/crm_users": pa.table(
            {
                "payload": ["x" * 1000],
                "deleted": [False],
                "ingested_at": [datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)],
            }
        ),
        "silver/quarantine": pa.table({"source": pa.array([], pa.string())}),
    }
    lakehouse = tmp_path_factory.mktemp("small_lakehouse")
    for name, table in tables.items():
        write_deltalake(lakehouse / "Tables" / name, table)
    return lakehouse


def run_history() -> pa.Table:
    """Two runs of one source; nothing had changed when the second one began."""
    first, second = datetime(2026, 3, 1, 4, tzinfo=UTC), datetime(2026, 3, 2, 4, tzinfo=UTC)
    rows = [
        ("r1", first, "crm", "bronze", None, 10),
        ("r1", first, "crm", "silver", None, 8),
        ("r1", first, "crm", "quarantined", None, 2),
        ("r1", first, "crm", "linked", None, 6),
        ("r1", first, "crm", "new", None, 11),
        ("r1", first, "crm", "deleted", None, 1),
        ("r1", first, "all", "counted_from", None, 0),
        ("r2", second, "crm", "bronze", None, 10),
        ("r2", second, "crm", "silver", None, 10),
        ("r2", second, "all", "counted_from", "r1", 0),
    ]
    names = ("run_id", "run_time", "source", "metric", "reason", "records")
    return pa.table({name: [row[number] for row in rows] for number, name in enumerate(names)})
