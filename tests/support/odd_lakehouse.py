"""A lakehouse of a few small tables, in a folder with an odd name, one of them written to after its publication."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def write_odd_lakehouse(root: Path) -> Path:
    """Write it and give its root, in a folder of its own."""
    import pyarrow as pa
    from deltalake import write_deltalake

    root /= "My Lake #1 ü"
    customers = pa.table(
        {
            "customer_id": ["C1", "C2", "C3"],
            "full_name": ["Ann Ö", "Bob\x1b[2J", None],
            "city": ["", 'Say "hi"', None],
            "tags": [["a", "b"], [], None],
            "rate": [0.5, float("nan"), None],
            "seen": pa.array([NOW, None, None], pa.timestamp("us", "UTC")),
        }
    )
    users = pa.table({"source_key": ["1"], "payload": ['{"email": "a@x.io"}']})
    for name, table in {
        "gold/customer_360": customers, "bronze/crm_users": users, "silver/crm_users": users,
    }.items():  # fmt: skip
        folder = root / "Tables" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_deltalake(str(folder), table)
    manifest = pa.table(
        {
            "run_id": ["r"], "run_time": [NOW], "published_at": [NOW], "table": ["gold/customer_360"],
            "version": [0], "rows": [3],
        }
    )  # fmt: skip
    write_deltalake(str(root / "Tables/gold/run_manifest"), manifest)
    write_deltalake(str(root / "Tables/gold/customer_360"), customers, mode="append")  # a run in progress
    (root / "Tables/gold/being_made").mkdir()
    return root
