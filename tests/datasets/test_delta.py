from __future__ import annotations

import json
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
