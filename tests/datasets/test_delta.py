from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from customer_360.datasets.delta import DeltaTableDataset

SCHEMA = "key STRING, n BIGINT"


def first_commit(table: Path) -> str:
    return (table / "_delta_log" / "00000000000000000000.json").read_text()


def test_overwrite_replaces_and_append_adds(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    rows = spark.createDataFrame([("a", 1)], SCHEMA)
    overwrite = DeltaTableDataset(filepath=path)
    append = DeltaTableDataset(filepath=path, mode="append")
    overwrite.save(rows)
    append.save(rows)
    assert append.load().count() == 2
    overwrite.save(rows)
    assert overwrite.load().count() == 1


def test_every_column_is_nullable_and_the_protocol_is_low(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(2).select("id", F.lit("x").alias("s"))  # neither can be null here
    DeltaTableDataset(filepath=str(tmp_path / "t")).save(frame)
    log = first_commit(tmp_path / "t")
    fields = [line for line in map(json.loads, log.splitlines()) if "metaData" in line]
    schema = json.loads(fields[0]["metaData"]["schemaString"])
    assert [field["nullable"] for field in schema["fields"]] == [True, True]
    protocol = next(line["protocol"] for line in map(json.loads, log.splitlines()) if "protocol" in line)
    assert (protocol["minReaderVersion"], protocol["minWriterVersion"]) == (1, 2)


def test_an_empty_frame_makes_a_table(spark: SparkSession, tmp_path: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), schema=SCHEMA)
    dataset.save(spark.createDataFrame([], SCHEMA))
    assert dataset.exists()
    assert dataset.load().collect() == []
    assert dataset.load().columns == ["key", "n"]


def test_an_absent_table(spark: SparkSession, tmp_path: Path) -> None:
    path = str(tmp_path / "none")
    assert not DeltaTableDataset(filepath=path).exists()
    with pytest.raises(DatasetError, match=r"There is no Delta table at .*none.*Run the pipeline"):
        DeltaTableDataset(filepath=path).load()
    assert DeltaTableDataset(filepath=path, schema=SCHEMA, empty_if_absent=True).load().count() == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("key STRING", "missing column 'n'"),
        ("key STRING, n BIGINT, x INT", "'x' is not declared"),
        ("key STRING, n STRING", "'n' is string, declared bigint"),
    ],
)
def test_a_broken_contract_names_the_column(
    spark: SparkSession, tmp_path: Path, columns: str, message: str
) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), schema=SCHEMA)
    with pytest.raises(DatasetError, match=message):
        dataset.save(spark.createDataFrame([], columns))
    assert not (tmp_path / "t").exists()


def test_types_that_fabric_cannot_read_are_refused(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.sql("select cast('2026-01-01' as timestamp_ntz) as moment")
    with pytest.raises(DatasetError, match="'moment' has type timestamp_ntz, which Fabric cannot read"):
        DeltaTableDataset(filepath=str(tmp_path / "t")).save(frame)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "merge"}, "mode must be"),
        ({"mode": "upsert"}, "'keys' belong to mode 'upsert'"),
        ({"keys": ["key"]}, "'keys' belong to mode 'upsert'"),
        ({"empty_if_absent": True}, "needs a 'schema'"),
    ],
)
def test_bad_configuration_says_what_is_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        DeltaTableDataset(filepath="t", **options)  # type: ignore[arg-type]


def test_upsert_replaces_rows_of_the_same_keys_and_adds_others(spark: SparkSession, tmp_path: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), mode="upsert", keys=["key"], schema=SCHEMA)
    dataset.save(spark.createDataFrame([("a", 1), ("b", 2)], SCHEMA))
    dataset.save(spark.createDataFrame([("b", 3), ("c", None)], SCHEMA))
    dataset.save(spark.createDataFrame([], SCHEMA))
    assert sorted(map(tuple, dataset.load().collect())) == [("a", 1), ("b", 3), ("c", None)]


def test_upsert_adds_columns_and_leaves_those_it_does_not_have(spark: SparkSession, tmp_path: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), mode="upsert", keys=["key"])
    dataset.save(spark.createDataFrame([("a", 1), ("b", 2)], SCHEMA))
    dataset.save(spark.createDataFrame([("b", "x"), ("c", "y")], "key STRING, word STRING"))
    rows = {row.key: (row.n, row.word) for row in dataset.load().collect()}
    assert rows == {"a": (1, None), "b": (2, "x"), "c": (None, "y")}
    assert [field.nullable for field in dataset.load().schema.fields] == [True] * 3


@pytest.mark.parametrize("kind", ["BIGINT", "DOUBLE", "DATE"])
def test_an_upsert_makes_a_column_a_text_that_comes_as_one(
    spark: SparkSession, tmp_path: Path, kind: str
) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), mode="upsert", keys=["key"])
    first = spark.createDataFrame([("a", "2026"), ("b", None)], "key STRING, n STRING")
    dataset.save(first.withColumn("n", F.col("n").cast("bigint" if kind != "DATE" else "date").cast(kind)))
    kept = {row.key: row.n and str(row.n) for row in dataset.load().collect()}
    dataset.save(spark.createDataFrame([("b", "x")], "key STRING, n STRING"))
    assert {row.key: row.n for row in dataset.load().collect()} == {**kept, "b": "x"}
    with pytest.raises(DatasetError, match="'n' is bigint, in the table string"):
        dataset.save(spark.createDataFrame([("c", 1)], "key STRING, n BIGINT"))


def test_what_a_run_adds_makes_one_file_and_nothing_makes_no_commit(
    spark: SparkSession, tmp_path: Path
) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), mode="append", schema=SCHEMA)
    dataset.save(spark.createDataFrame([], SCHEMA))
    parts = (
        spark.range(40).repartition(4).select(F.col("id").cast("string").alias("key"), F.col("id").alias("n"))
    )
    dataset.save(parts)
    assert len(list((tmp_path / "t").glob("*.parquet"))) == 1
    dataset.save(spark.createDataFrame([], SCHEMA))
    assert len(list((tmp_path / "t" / "_delta_log").glob("*.json"))) == 2


@pytest.mark.parametrize("log", [True, False])
def test_data_files_without_a_commit_are_no_empty_table(
    spark: SparkSession, tmp_path: Path, log: bool
) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), schema=SCHEMA, empty_if_absent=True)
    dataset.save(spark.createDataFrame([("a", 1)], SCHEMA))
    shutil.rmtree(tmp_path / "t" / "_delta_log")
    if log:
        (tmp_path / "t" / "_delta_log").mkdir()
    for look in (dataset.load, dataset.exists):
        with pytest.raises(DatasetError, match=r"t is damaged: there are data files, but no Delta log"):
            look()
    dataset.ignore_leftovers()  # whoever looked at the other tables knows that a killed run left them
    assert dataset.load().count() == 0


@pytest.mark.parametrize("name", ["0" * 20 + ".json", "0" * 19 + "1.json"])
def test_a_lost_or_cut_commit_is_named(spark: SparkSession, tmp_path: Path, name: str) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), schema=SCHEMA, empty_if_absent=True)
    for _ in range(2):
        dataset.save(spark.createDataFrame([("a", 1)], SCHEMA))
    commit = tmp_path / "t" / "_delta_log" / name
    commit.write_bytes(commit.read_bytes()[:100])
    with pytest.raises(DatasetError, match=rf"{tmp_path}/t is damaged: commit _delta_log/{name} is cut"):
        dataset.load()


def test_a_pinned_table_stays_as_it_was(spark: SparkSession, tmp_path: Path) -> None:
    dataset = DeltaTableDataset(filepath=str(tmp_path / "t"), schema=SCHEMA)
    dataset.save(spark.createDataFrame([("a", 1)], SCHEMA))
    dataset.pin(0)
    DeltaTableDataset(filepath=str(tmp_path / "t")).save(spark.createDataFrame([], SCHEMA))
    assert [tuple(row) for row in dataset.load().collect()] == [("a", 1)]
