"""`kedro maintain` between runs of the whole flow: the same tables, and the next run finds nothing wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from support.runs import content, kedro, tables
from support.sample import SETTINGS, SampleRun
from support.worn_lakehouse import WornLakehouse

BRONZE = "bronze/crm_users"
GIVEN = ",".join(f"{name}={value}" for name, value in SETTINGS.items())
AT_ONCE = (
    "maintenance.retention_hours=0,maintenance.allow_shorter_retention=true,maintenance.log_retention_hours=0"
)


def call(command: str, lakehouse: Path, *more: str) -> str:
    done = kedro(command, "--params", ",".join([f"lakehouse={lakehouse}", GIVEN, *more]))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.timeout(600)
def test_tables_stay_and_the_next_run_goes_on(
    spark: SparkSession, sample_run: SampleRun, tmp_path: Path
) -> None:
    import pyarrow as pa
    from deltalake import DeltaTable, write_deltalake

    lakehouse = Path(shutil.copytree(sample_run.lakehouse, tmp_path / "lake"))
    worn = WornLakehouse(lakehouse)
    folder = str(worn.folder(BRONZE))
    log = pa.table(DeltaTable(folder).to_pyarrow_table())
    write_deltalake(folder, log.slice(0, 20), mode="overwrite")
    for start in range(20, log.num_rows, 20):  # as if many runs had brought the records
        write_deltalake(folder, log.slice(start, 20), mode="append")
    call("run", lakehouse)
    before, files = content(spark, lakehouse), worn.files()
    published = worn.published()
    said = call("maintain", lakehouse, AT_ONCE)
    assert "small files joined" in said and "gold/run_manifest names the new versions of " in said
    assert sum(worn.files().values()) < sum(files.values())
    assert content(spark, lakehouse) == before
    now = worn.published()
    assert now.keys() == published.keys() and now[BRONZE] > published[BRONZE]
    reader = spark.read.format("delta")
    for name in tables(lakehouse):
        frame = reader.option("versionAsOf", str(now[name])).load(str(worn.folder(name)))
        assert sorted(map(tuple, frame.collect()), key=repr) == before[name], name
    assert call("maintain", lakehouse, AT_ONCE).startswith("Nothing to do in ")
    said = call("run", lakehouse)
    assert "Nothing has changed since the run of " in said and "Found in the lakehouse" not in said
