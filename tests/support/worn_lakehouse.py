"""A lakehouse of three small tables, as many small runs leave it: a log, a table upserted by key, one written anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from customer_360.datasets import DeltaTableDataset
from customer_360.lakehouse import Published, manifest_rows
from customer_360.maintenance import MaintenanceJob
from customer_360.parameters import MaintenanceParameters, RunSettings
from customer_360.schemas import RUN_MANIFEST

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOG, KEYED, WHOLE, MANIFEST = (
    "bronze/crm_users",
    "gold/customer_profile_history",
    "gold/customer_360",
    RUN_MANIFEST.name,
)
NAMES = (LOG, KEYED, WHOLE)
AT_ONCE = {"retention_hours": 0, "allow_shorter_retention": True, "log_retention_hours": 0}
Rows = list[dict[str, Any]]


class WornLakehouse:
    """The tables, and what a run does to them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = 0

    def folder(self, name: str) -> Path:
        return self.root / "Tables" / name

    def write(self, name: str) -> None:
        """What a run does to a table: append, upsert, or write it whole."""
        import pyarrow as pa
        from deltalake import DeltaTable, write_deltalake

        self.runs += 1
        number = self.runs
        person = number - 2 if number % 5 == 0 else number  # now and then somebody changes who is known
        folder = str(self.folder(name))
        self.folder(name).parent.mkdir(parents=True, exist_ok=True)
        rows = pa.table(
            {
                "customer_id": [f"C{person:03}-{one}" for one in range(3)],
                "valid_from": pa.array([NOW] * 3, pa.timestamp("us", "UTC")),
                "source_key": [f"{number}-{one}" for one in range(3)],
                "rate": [float("nan"), -0.0, None],
                "tags": [["a", "b"], [], None],
                "evidence": [[{"level": "x", "weight": 1.5}], [], None],
                "number": [number] * 3,
            }
        )
        if name == KEYED and DeltaTable.is_deltatable(folder):
            merge = DeltaTable(folder).merge(
                rows, "t.customer_id = s.customer_id", source_alias="s", target_alias="t"
            )
            merge.when_matched_update_all().when_not_matched_insert_all().execute()
        else:
            write_deltalake(folder, rows, mode="overwrite" if name == WHOLE else "append")

    def publish(self) -> None:
        """As the last step of a run."""
        import pyarrow as pa
        from deltalake import write_deltalake

        tables = {name: Published(self.version(name), len(self.rows(name))) for name in NAMES}
        new = manifest_rows(tables, run_id=f"run-{self.runs}", run_time=NOW, published_at=NOW)
        columns = dict(zip(RUN_MANIFEST.names, zip(*new, strict=True), strict=True))
        kinds = {
            "run_time": pa.timestamp("us", "UTC"), "published_at": pa.timestamp("us", "UTC"), "version": pa.int64(),
            "rows": pa.int64(),
        }  # fmt: skip
        arrays = {name: pa.array(values, kinds.get(name)) for name, values in columns.items()}
        write_deltalake(str(self.folder(MANIFEST)), pa.table(arrays), mode="overwrite")

    def run(self) -> None:
        """All of a run."""
        for name in NAMES:
            self.write(name)
        self.publish()

    def version(self, name: str) -> int:
        from deltalake import DeltaTable

        return DeltaTable(str(self.folder(name))).version()

    def rows(self, name: str, version: int | None = None) -> list[str]:
        """Every row of a version, as text that tells -0.0 from 0.0, in an order of its own."""
        import pyarrow as pa
        from deltalake import DeltaTable

        table = DeltaTable(str(self.folder(name)), version=version)
        return sorted(map(repr, pa.table(table.to_pyarrow_table()).to_pylist()))

    def published(self) -> dict[str, int]:
        """Version of each table, as the manifest says."""
        import pyarrow as pa
        from deltalake import DeltaTable

        rows = pa.table(DeltaTable(str(self.folder(MANIFEST))).to_pyarrow_table()).to_pylist()
        return {row["table"]: row["version"] for row in rows}

    def files(self) -> dict[str, int]:
        """Every file below the tables, with its size."""
        tables = self.root / "Tables"
        return {
            path.relative_to(tables).as_posix(): path.stat().st_size
            for path in sorted(tables.rglob("*"))
            if path.is_file()
        }

    def job(self, *, engine: str = "sail", **parameters: Any) -> MaintenanceJob:
        """Its maintenance. Args: parameters: in place of the defaults."""
        return MaintenanceJob(
            root=str(self.root),
            settings=RunSettings(engine=engine, lease_wait=0),
            parameters=MaintenanceParameters(**parameters),
            manifest=DeltaTableDataset(filepath=str(self.folder(MANIFEST)), empty_if_absent=True),
        )


def worn(root: Path, runs: int = 12) -> WornLakehouse:
    """After so many runs."""
    lakehouse = WornLakehouse(root)
    for _ in range(runs):
        lakehouse.run()
    return lakehouse
