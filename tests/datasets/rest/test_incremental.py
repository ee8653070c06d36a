"""What a REST API is asked for: the parameter as it wants it, the field of change, and nothing of it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from datasets.rest.conftest import Api
from deltalake import write_deltalake
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession

from customer_360.datasets import IncompletePull, RestSourceDataset, WatermarkDataset
from customer_360.engine import Pull


class Asked:
    """A REST source with its watermark."""

    def __init__(self, api: Api, folder: Path, **incremental: Any) -> None:
        state, bronze = str(folder / "state"), folder / "bronze"
        if not bronze.exists():
            write_deltalake(str(bronze), pa.table({"source_key": ["1"]}))
        self._watermark = WatermarkDataset(folder=state, bronze=str(bronze))
        asked = {"parameter": "updated_since", "field": "meta.changed", **incremental}
        self._source = RestSourceDataset(
            base_url=api.url,
            resource="users",
            pagination={"style": "offset", "page_size": 30},
            key_field="id",
            fields=["id", "name"],
            staging=str(folder / "staging"),
            blocked_fields=["password"],
            incremental={**asked, "state": state, "bronze": str(bronze)},
        )

    def pull(self) -> Pull:
        pull = self._source.load()
        assert isinstance(pull, Pull)
        self._watermark.save(pull.watermark or {})
        return pull

    def release(self) -> None:
        self._source.release()


@pytest.fixture
def changing(api: Api) -> Iterator[Api]:
    for number, user in enumerate(api.users):
        user["meta"] = {"changed": f"2026-01-05T08:00:{number:02d}.5Z"}
    yield api


FORMS: list[tuple[dict[str, Any], Any, str]] = [
    ({}, "2026-01-05T08:05:00Z", "2026-01-05T08:00:00Z"),
    ({"overlap": 1}, "2026-01-05T09:05:00.900+01:00", "2026-01-05T08:04:59Z"),
    ({"format": "seconds"}, "2026-01-05T08:05:00Z", "1767600000"),
    ({"format": "milliseconds"}, "2026-01-05T08:05:00Z", "1767600000000"),
    ({"format": "field"}, 1767600300000, "1767600000000"),
    ({"format": "field", "time_zone": "Europe/Berlin"}, "2026-01-05 09:05:00", "2026-01-05 09:00:00"),
    ({"format": "field"}, "2026-01-05T09:05:00+01:00", "2026-01-05T09:00:00+01:00"),
    ({"time_zone": "Europe/Berlin"}, "2026-01-05 09:05:00", "2026-01-05T08:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize("case", FORMS)
def test_the_parameter_is_as_the_api_wants_it(
    spark: SparkSession, changing: Api, tmp_path: Path, case: tuple[dict[str, Any], Any, str]
) -> None:
    said, last, parameter = case
    changing.users[7]["meta"]["changed"] = last
    source = Asked(changing, tmp_path, **said)
    first, second = source.pull(), source.pull()
    assert [asked.query.get("updated_since") for asked in changing.asked] == [None, parameter]
    assert all(asked.query["select"] == "id,name,meta" for asked in changing.asked)
    assert (first.is_complete, second.is_complete) == (True, False)
    assert set(json.loads(first.records.first().payload)) == {"id", "name"}
    source.release()


def test_another_process_goes_on_from_there(spark: SparkSession, changing: Api, tmp_path: Path) -> None:
    source, again = Asked(changing, tmp_path), Asked(changing, tmp_path, full_every=5, overlap=60)
    source.pull()
    assert "asked for changes since 2026-01-05 07:59 UTC" in again.pull().why
    other = Asked(changing, tmp_path, parameter="since")
    assert "what is asked of it" in other.pull().why
    for one in (source, again, other):
        one.release()


def test_what_is_read_twice_is_counted_once(spark: SparkSession, changing: Api, tmp_path: Path) -> None:
    source = Asked(changing, tmp_path)
    source.pull()
    changing.then(edit=lambda asked, body: {**body, "total": 26})
    assert "(25 records)" in source.pull().why
    source.release()


def test_an_answer_that_is_not_whole_moves_nothing(
    spark: SparkSession, changing: Api, tmp_path: Path
) -> None:
    source = Asked(changing, tmp_path)
    source.pull()
    changing.always(edit=lambda asked, body: {**body, "total": 26})
    with pytest.raises(IncompletePull):
        source.pull()
    changing.always()
    assert "asked for changes since 2026-01-05 07:55 UTC" in source.pull().why
    source.release()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"parameter": None}, "needs the keys parameter and field"),
        ({"by": "commit"}, "needs the keys parameter and field"),
        ({"overlap": "long"}, "incremental of users: overlap: "),
    ],
)
def test_a_catalog_that_says_it_wrongly(tmp_path: Path, api: Api, said: dict[str, Any], message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        Asked(api, tmp_path, **said)
