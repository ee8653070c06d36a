"""Delta tables and SQL databases that are asked for changes only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession
from support.asked_source import AskedSource

from customer_360.lakehouse import engine_path

MORNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SCHEMA = "id BIGINT, name STRING, changed TIMESTAMP, part STRING"


def at(minute: float) -> datetime:
    return MORNING + timedelta(minutes=minute)


def names(source: AskedSource) -> dict[Any, str]:
    return {key: record["name"] for key, record in source.records().items()}


class Table:
    """A Delta table that others write."""

    def __init__(self, spark: SparkSession, path: Path, *, partition: tuple[str, ...] = ()) -> None:
        self._spark, self.path, self._partition = spark, str(path), partition

    def append(self, *rows: tuple[int, str, float]) -> None:
        made = [(key, name, at(minute), f"p {key % 2}") for key, name, minute in rows]
        frame = self._spark.createDataFrame(made, SCHEMA)
        frame.write.format("delta").mode("append").partitionBy(*self._partition).save(engine_path(self.path))


@pytest.fixture
def table(spark: SparkSession, tmp_path: Path) -> Table:
    made = Table(spark, tmp_path / "elsewhere" / "members")
    made.append((1, "A", 1), (2, "A", 2))
    return made


def of_delta(spark: SparkSession, folder: Path, table: Table, **incremental: Any) -> AskedSource:
    place = {"type": "delta", "filepath": table.path}
    return AskedSource(spark, folder / "lakehouse", **{"from": place}, incremental=incremental)


@pytest.mark.parametrize("partition", [(), ("part",)])
def test_by_commit_only_new_files_are_read(
    spark: SparkSession, tmp_path: Path, partition: tuple[str, ...]
) -> None:
    table = Table(spark, tmp_path / "a b" / "members", partition=partition)
    table.append((1, "A", 1), (2, "A", 2))
    source = of_delta(spark, tmp_path, table, by="commit")
    source.said |= {"columns": {"name": "name", "part": "part", "changed": "changed"}}
    assert source.run() == "asked for all (2 records): nothing is known of an earlier pull"
    assert source.run() == (
        "asked for what was added after version 0, 0 files (0 records); every 20th run asks for all"
    )
    table.append((3, "A", 3))
    table.append((4, "A", 4))
    assert "asked for what was added after version 0, 2 files (2 records)" in source.run()
    assert names(source) == dict.fromkeys(range(1, 5), "A")
    assert {record["part"] for record in source.records().values()} == {"p 0", "p 1"}
    before = source.log()
    assert "asked for all (4 records)" in source.run(full_pull=True)
    assert source.log() == before, "read by file and as a table, a row is the same record"


def test_by_commit_a_row_that_comes_again_is_no_change_and_one_that_changes_is(
    spark: SparkSession, tmp_path: Path, table: Table
) -> None:
    source = of_delta(spark, tmp_path, table, by="commit")
    source.run()
    table.append((3, "A", 3))
    DeltaTable(table.path).optimize.compact()  # moves the old rows, too
    assert "(3 records)" in source.run()
    assert [row for row in source.log() if row[0] == "r2"] == [("r2", "3", "insert")]


CHANGED: dict[str, tuple[Callable[[Table], object], str, dict[int, str]]] = {
    "deleted": (lambda t: DeltaTable(t.path).delete("id = 1"), "asked for all (1 record)", {2: "A"}),
    "updated": (
        lambda t: DeltaTable(t.path).update(updates={"name": "'B'"}, predicate="id = 1"),
        "asked for all (2 records)",
        {1: "B", 2: "A"},
    ),
}


@pytest.mark.parametrize("case", CHANGED.values(), ids=CHANGED)
def test_by_commit_updates_and_deletions_are_read_in_full(
    spark: SparkSession,
    tmp_path: Path,
    table: Table,
    case: tuple[Callable[[Table], object], str, dict[int, str]],
) -> None:
    change, asked, expected = case
    source = of_delta(spark, tmp_path, table, by="commit")
    source.run()
    change(table)
    assert source.run() == f"{asked}: rows were changed or deleted in its version 1"
    assert names(source) == expected
    assert "asked for what was added after version" in source.run()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("TIMESTAMP", at),
        ("TIMESTAMP_NTZ", lambda minute: at(minute).replace(tzinfo=None)),
        ("STRING", lambda minute: at(minute).isoformat(" ")),
        ("STRING", lambda minute: at(minute).strftime("%Y-%m-%dT%H:%M:%S")),
        ("BIGINT", lambda minute: int(at(minute).timestamp() * 1_000)),
        ("DOUBLE", lambda minute: at(minute).timestamp()),
        ("DATE", lambda minute: (at(0) + timedelta(days=minute)).date()),
    ],
)
def test_by_a_column_of_any_type(
    spark: SparkSession, tmp_path: Path, kind: str, value: Callable[[float], Any]
) -> None:
    path = tmp_path / "elsewhere"

    def append(*rows: tuple[int, str, float | None]) -> None:
        made = [(key, name, None if minute is None else value(minute)) for key, name, minute in rows]
        spark.createDataFrame(made, f"id BIGINT, name STRING, changed {kind}").write.format("delta").mode(
            "append"
        ).save(str(path))

    append((1, "A", -100), (2, "A", 30), (3, "A", None))
    place = {"type": "delta", "filepath": str(path)}
    asked = {"field": "changed", "time_zone": "UTC"}
    source = AskedSource(spark, tmp_path / "lakehouse", **{"from": place}, incremental=asked)
    source.run()
    append((4, "A", 31))
    assert "(3 records)" in source.run(), "not the first one, and the one without a time"
    assert names(source) == dict.fromkeys(range(1, 5), "A")
    before = source.log()
    source.run(full_pull=True)
    assert source.log() == before


def test_a_column_that_is_not_there(spark: SparkSession, tmp_path: Path, table: Table) -> None:
    source = of_delta(spark, tmp_path, table, field="chnged")
    with pytest.raises(DatasetError, match=r"has no column 'chnged'.*Did you mean 'changed'"):
        source.run()


KINDS: dict[str, tuple[str, Callable[[float], Any]]] = {
    "times": ("DATETIME", lambda minute: at(minute).strftime("%Y-%m-%d %H:%M:%S.000000")),
    "texts": ("TEXT", lambda minute: at(minute).strftime("%Y-%m-%dT%H:%M:%SZ")),
    "numbers": ("BIGINT", lambda minute: int(at(minute).timestamp())),
    "days": ("DATE", lambda minute: (date(2026, 1, 5) + timedelta(days=minute)).isoformat()),
}


class Database:
    """An SQLite file with a table ``members``."""

    def __init__(self, folder: Path, kind: str, value: Callable[[float], Any]) -> None:
        sqlalchemy = pytest.importorskip(
            "sqlalchemy", reason="pandas.SQLTableDataset needs it, and the project does not"
        )
        self.url = f"sqlite:///{folder / 'shop.db'}"
        self._text, self._engine, self._value = sqlalchemy.text, sqlalchemy.create_engine(self.url), value
        self.do(f"CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT, changed {kind}, points INTEGER)")

    def do(self, sql: str, **values: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(self._text(sql), values)

    def put(self, key: int, name: str, minute: float | None) -> None:
        changed = None if minute is None else self._value(minute)
        self.do("DELETE FROM members WHERE id = :id", id=key)
        self.do("INSERT INTO members VALUES (:id, :name, :changed, NULL)", id=key, name=name, changed=changed)

    def source(self, spark: SparkSession, folder: Path, **place: Any) -> AskedSource:
        where = {**place, "credentials": {"con": self.url}}
        asked = {"field": "changed", "time_zone": "UTC"}
        return AskedSource(spark, folder / "lakehouse", **{"from": where}, incremental=asked)


PLACES = {
    "table": {"type": "pandas.SQLTableDataset", "table_name": "members"},
    "columns": {
        "type": "pandas.SQLTableDataset", "table_name": "members", "load_args": {"columns": ["id", "name"]},
    },
    "query": {
        "type": "pandas.SQLQueryDataset",
        "sql": "SELECT id, name, changed, '12:30' AS clock FROM members WHERE name <> ':gone';",
    },
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_database_compares_the_column(spark: SparkSession, tmp_path: Path, kind: str, place: str) -> None:
    database = Database(tmp_path, *KINDS[kind])
    for row in [(1, "A", -100), (2, "A", 30), (3, "A", None)]:
        database.put(*row)
    source = database.source(spark, tmp_path, **PLACES[place])
    assert source.run() == "asked for all (3 records): nothing is known of an earlier pull"
    database.put(4, "A", 31)
    database.put(2, "B", 32)
    assert "(3 records); every 20th run" in source.run(), "the two, and the one without a time"
    assert names(source) == {1: "A", 2: "B", 3: "A", 4: "A"}
    database.do("DELETE FROM members WHERE id = 1")
    before = source.log()
    assert "asked for all (3 records)" in source.run(full_pull=True)
    assert [row for row in source.log() if row not in before] == [("r3", "1", "delete")]


def test_texts_that_do_not_sort_by_time_are_not_compared(spark: SparkSession, tmp_path: Path) -> None:
    database = Database(tmp_path, *KINDS["texts"])
    database.put(1, "A", 1)
    database.do("INSERT INTO members VALUES (2, 'A', '2026-01-05 08:30:00', NULL)")
    source = database.source(spark, tmp_path, **PLACES["table"])
    source.run()
    assert "the times in 'changed' are texts that are not all written in one way" in source.run()
    assert names(source) == {1: "A", 2: "A"}


def test_times_without_a_zone_need_it_said(spark: SparkSession, tmp_path: Path) -> None:
    database = Database(tmp_path, *KINDS["times"])
    database.put(1, "A", 1)
    source = database.source(spark, tmp_path, **PLACES["table"])
    source.said["incremental"] = {"field": "changed"}
    source.run()
    assert "asked for all (1 record): the times in 'changed' have no time zone, and time_zone" in source.run()
