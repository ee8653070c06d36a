"""Frames of any dataset as records of a source."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession

from customer_360.datasets.errors import SourceError
from customer_360.datasets.frame_source import FrameSourceDataset

FILE = "conf/base/sources/loyalty.yml"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes datasets, and releases what they staged."""
    datasets: list[FrameSourceDataset] = []

    def make(dataset: dict[str, Any], **given: Any) -> FrameSourceDataset:
        datasets.append(
            FrameSourceDataset(
                dataset=dataset,
                staging=str(tmp_path / "staging"),
                blocked_fields=["password"],
                declared_in=FILE,
                **given,
            )
        )
        return datasets[-1]

    yield make
    for dataset in datasets:
        dataset.release()


def records(dataset: FrameSourceDataset) -> list[Any]:
    return [json.loads(row.payload) for row in dataset.load().collect()]


def excel(folder: Path, frame: pd.DataFrame, name: str = "members.xlsx", **how: Any) -> dict[str, Any]:
    frame.to_excel(folder / name, index=False, **how)
    return {"type": "pandas.ExcelDataset", "filepath": str(folder / name)}


MEMBERS = pd.DataFrame(
    {
        "id": ["007", "8"], "points": [12, None], "joined": [pd.Timestamp("2024-03-09"), None], "share": [0.1, 2.5],
        "active": [True, False], "password": ["s", "t"], "shoe": [43, 44],
    }
)  # fmt: skip
EXPECTED = [
    {"id": "007", "points": 12, "joined": "2024-03-09T00:00:00", "share": 0.1, "active": True},
    {"id": "8", "points": None, "joined": None, "share": 2.5, "active": False},
]
FIELDS = ["id", "points", "joined", "share", "active"]


def test_a_sheet_of_excel(
    spark: SparkSession, made: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = made(excel(tmp_path, MEMBERS), key_field="id", fields=FIELDS)
    with caplog.at_level(logging.WARNING):
        assert records(dataset) == EXPECTED
    [told] = [record.getMessage() for record in caplog.records if "nobody declared" in record.getMessage()]
    assert told.startswith(f"{tmp_path / 'members.xlsx'}: fields that nobody declared were left out: shoe.")
    assert dataset.load().first().origin == str(tmp_path / "members.xlsx")


@pytest.mark.parametrize("kind", ["excel", "csv"])
def test_texts_stay_texts(spark: SparkSession, made: Any, tmp_path: Path, kind: str) -> None:
    texts = pd.DataFrame({"id": ["007", "1e5"], "country": ["NA", "null"], "blank": [None, "x"]})
    dataset = excel(tmp_path, texts)
    if kind == "csv":
        texts.to_csv(tmp_path / "members.csv", index=False)
        dataset = {"type": "pandas.CSVDataset", "filepath": str(tmp_path / "members.csv")}
    assert records(made(dataset)) == [
        {"id": "007", "country": "NA", "blank": None},
        {"id": "1e5", "country": "null", "blank": "x"},
    ]


def test_a_blocked_column_is_not_stored_even_where_all_others_are(
    spark: SparkSession, made: Any, tmp_path: Path
) -> None:
    dataset = made(excel(tmp_path, MEMBERS), key_field="id", fields=["id"], keep_other_fields=True)
    assert [set(record) for record in records(dataset)] == [{*FIELDS, "shoe"}] * 2


def test_the_same_values_whatever_the_other_rows_are(spark: SparkSession, made: Any, tmp_path: Path) -> None:
    """A blank makes doubles of a column of whole numbers; a record must not change for that."""
    both = records(made(excel(tmp_path, MEMBERS), fields=FIELDS))
    one = records(made(excel(tmp_path, MEMBERS.head(1), "one.xlsx"), fields=FIELDS))
    assert one == both[:1]


ROWS = [
    (1, Decimal("12345678901234567890.12"), datetime(2024, 3, 9, 1, 2, 3, tzinfo=UTC), date(2024, 3, 9), [1, 2],
     {"city": "Bonn", "zip": None}, {"k": "v"}, "é", True, 0.1, float("nan"), b"abc"),
    (2, *[None] * 11),
]  # fmt: skip
SCHEMA = (
    "id BIGINT, money DECIMAL(38,2), at TIMESTAMP, day DATE, list ARRAY<INT>, place STRUCT<city: STRING, zip: STRING>, "
    "map MAP<STRING, STRING>, text STRING, flag BOOLEAN, share DOUBLE, nan DOUBLE, bytes BINARY"
)


def test_a_delta_table_of_another_folder(spark: SparkSession, made: Any, tmp_path: Path) -> None:
    """A shortcut to Dataverse, or a mirrored table, is just that."""
    path = str(tmp_path / "elsewhere" / "members")
    spark.createDataFrame(ROWS, SCHEMA).write.format("delta").save(path)
    table = {"type": "customer_360.datasets.delta.DeltaTableDataset", "filepath": path}
    found = sorted(records(made(table, key_field="id")), key=lambda record: int(record["id"]))
    assert found[0] | {"at": None, "place": None} == {
        "id": 1, "money": "12345678901234567890.12", "at": None, "day": "2024-03-09", "list": [1, 2], "place": None,
        "map": {"k": "v"}, "text": "é", "flag": True, "share": 0.1, "nan": None, "bytes": "abc",
    }  # fmt: skip
    assert found[0]["at"].startswith("2024-03-09 01:02:03")
    assert found[0]["place"]["city"] == "Bonn"
    assert {name for name, value in found[1].items() if value is not None} == {"id"}


def test_a_parquet_file_with_a_named_index(spark: SparkSession, made: Any, tmp_path: Path) -> None:
    path = tmp_path / "members.parquet"
    pd.DataFrame({"n": [1, 2]}, index=pd.Index(["a", "b"], name="id")).to_parquet(path)
    dataset = made({"type": "pandas.ParquetDataset", "filepath": str(path)}, key_field="id")
    assert records(dataset) == [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


def test_an_sql_table(spark: SparkSession, made: Any, tmp_path: Path) -> None:
    sqlalchemy = pytest.importorskip(
        "sqlalchemy", reason="pandas.SQLTableDataset needs it, and the project does not"
    )
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    engine = sqlalchemy.create_engine(url)
    MEMBERS.to_sql("members", engine, index=False)
    engine.dispose()
    table = {"type": "pandas.SQLTableDataset", "table_name": "members", "credentials": {"con": url}}
    dataset = made(table, key_field="id", fields=["id", "points"])
    assert records(dataset) == [{"id": "007", "points": 12}, {"id": "8", "points": None}]
    assert dataset.origin == "members"


def test_an_empty_sheet_is_told(
    spark: SparkSession, made: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert records(made(excel(tmp_path, MEMBERS.head(0)), key_field="id")) == []
    assert "has no rows: as it is, this source has no records" in caplog.text


@pytest.mark.parametrize(
    ("frame", "given", "message"),
    [
        (pd.DataFrame(), {}, "has no columns"),
        (
            pd.DataFrame([[1, 2]], columns=["Id", "n"]),
            {"key_field": "id"},
            "has no column 'id', which is to tell its rows apart (key). Did you mean 'Id'? It has: Id, n",
        ),
        (
            MEMBERS,
            {"fields": ["id", "point", "shoe.size"]},
            "lacks the columns point. Did you mean 'points'?",
        ),
    ],
)
def test_a_sheet_that_is_not_what_was_declared(
    made: Any, tmp_path: Path, frame: pd.DataFrame, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(SourceError) as error:
        made(excel(tmp_path, frame), **given).load()
    assert message in str(error.value)
    assert f"Nothing was staged. Declared in {FILE}." in str(error.value)


def test_columns_of_one_name(made: Any, tmp_path: Path) -> None:
    path = tmp_path / "twice.pkl"
    pd.DataFrame([[1, 2]], columns=["id", "id"]).to_pickle(path)
    with pytest.raises(SourceError, match="has columns of the same name: id"):
        made({"type": "pickle.PickleDataset", "filepath": str(path)}).load()


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ({"type": "pandas.ExcelDatset", "filepath": "x.xlsx"}, "ExcelDatset"),
        ({"type": "pandas.ExcelDataset", "filepth": "x.xlsx"}, "filepth"),
    ],
)
def test_a_dataset_that_cannot_be_made_names_the_file(
    made: Any, dataset: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError) as error:
        made(dataset)
    assert f"{FILE}, from: " in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("dataset", "message"),
    [
        ({"filepath": "{folder}/absent.xlsx"}, "cannot be read (FileNotFoundError"),
        (
            {"filepath": "{folder}/members.xlsx", "load_args": {"sheet_name": "Sheet9"}},
            "has no sheet 'Sheet9'. Did you mean 'Sheet1'? It has: Sheet1",
        ),
        ({"filepath": "{folder}/members.xlsx", "load_args": {"sheet_name": None}}, "name one sheet"),
    ],
)
def test_a_file_that_cannot_be_read(made: Any, tmp_path: Path, dataset: dict[str, Any], message: str) -> None:
    excel(tmp_path, MEMBERS)
    path = dataset["filepath"].format(folder=tmp_path)
    with pytest.raises(SourceError) as error:
        made({"type": "pandas.ExcelDataset", **dataset, "filepath": path}).load()
    assert message in str(error.value)


def test_values_that_no_record_has_are_refused_without_being_shown(made: Any, tmp_path: Path) -> None:
    path = tmp_path / "odd.pkl"
    pd.DataFrame({"id": [1], "odd": [{"Emily"}]}).to_pickle(path)
    with pytest.raises(SourceError, match=r"holds values of type builtins\.set") as error:
        made({"type": "pickle.PickleDataset", "filepath": str(path)}).load()
    assert "Emily" not in str(error.value)
