"""The REST dataset as Kedro uses it: over HTTP into a Spark frame, with nothing left behind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kedro.io import AbstractDataset
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession

from customer_360.datasets.errors import IncompletePull, SourceError
from customer_360.datasets.rest import RestSourceDataset

TOKEN = "t0ken-never-shown"
QUICK = {"max_attempts": 2, "backoff_initial": 0.001, "backoff_max": 0.002}


def dataset(api: Any, staging: Path, /, **config: Any) -> RestSourceDataset:
    given = {
        "type": "customer_360.datasets.rest.RestSourceDataset",
        "base_url": api.url,
        "resource": "users",
        "pagination": {"style": "offset", "page_size": 10},
        "staging": {"path": str(staging)},
        "blocked_fields": ["Password"],
        "credentials": {"type": "bearer", "token": TOKEN},
        "retries": QUICK,
        **config,
    }
    made = AbstractDataset.from_config("source_users", given)
    assert isinstance(made, RestSourceDataset)
    return made


def test_a_pull_becomes_a_frame_and_release_removes_it(spark: SparkSession, api: Any, tmp_path: Path) -> None:
    users = dataset(api, tmp_path / "staging")
    told: list[tuple[int, int | None]] = []
    users.progress = lambda received, total: told.append((received, total))
    frame = users.load()
    assert frame.schema.simpleString() == "struct<payload:string,origin:string>"
    assert all(field.nullable for field in frame.schema)
    rows = frame.collect()
    assert sorted((json.loads(row.payload) for row in rows), key=lambda user: user["id"]) == [
        {"id": n, "name": f"user {n}"} for n in range(25)
    ]
    assert {row.origin for row in rows} == {f"{api.url}/users"}
    assert told[-1] == (25, 25)
    staged = list((tmp_path / "staging").rglob("*.jsonl"))
    assert staged and all(b"secret-" not in path.read_bytes() for path in staged)
    users.load()
    assert len(list((tmp_path / "staging").iterdir())) == 2  # each load has its own; the first frame lives on
    assert frame.count() == 25
    users.release()
    assert list((tmp_path / "staging").iterdir()) == []
    users.release()  # nothing to do is fine


def test_no_records_are_an_empty_frame(spark: SparkSession, api: Any, tmp_path: Path) -> None:
    api.users = []
    frame = dataset(api, tmp_path).load()
    assert frame.schema.simpleString() == "struct<payload:string,origin:string>"
    assert frame.collect() == []


FAULTS: dict[str, dict[str, Any]] = {
    "5xx": {"status": 500},
    "401": {"status": 401},
    "empty body": {"body": b""},
    "429": {"status": 429},
    "cut body": {"missing": 50},
    "not JSON": {"body": b"<html>"},
    "time-out": {"delay": 0.3},
    "wrong total": {"edit": lambda _, body: {**body, "total": 24}},
    "repeated page": {"edit": lambda _, body: {**body, "users": [{"id": n} for n in range(10)]}},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_leaves_nothing_and_passes(
    spark: SparkSession, api: Any, tmp_path: Path, fault: dict[str, Any]
) -> None:
    users = dataset(api, tmp_path / "staging", timeouts={"read": 0.1})
    api.then()  # the first page is fine
    api.always(**fault)
    with pytest.raises(SourceError, match=rf"^{api.url}/users: .* Nothing of this pull was kept\.$"):
        users.load()
    assert list((tmp_path / "staging").rglob("*")) == []
    api.always()
    assert users.load().count() == 25
    users.release()


def test_a_source_is_read_only(api: Any, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="read only"):
        dataset(api, tmp_path).save("x")


def test_neither_description_nor_errors_show_secrets(
    api: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    users = dataset(api, tmp_path, params={"tenant": "s3cret"}, headers={"X-Team": "s3cret"})
    api.always(edit=lambda _, body: {**body, "total": 3})
    with pytest.raises(IncompletePull) as caught:
        users.load()
    for text in (str(users), repr(users), str(users._describe()), str(caught.value)):
        assert TOKEN not in text and "s3cret" not in text
    assert TOKEN not in caplog.text
    assert "tenant" in str(users) and f"{api.url}/users" in str(users)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"base_url": "ftp://host"}, "base_url: .*expected an http:// or https:// URL"),
        ({"base_url": "https://user:t0ken-never-shown@host"}, "give them as credentials"),
        (
            {"resource": "users?key=t0ken-never-shown"},
            "RestSourceDataset for 'users': resource: .*expected a path",
        ),
        ({"pagination": {"style": "scroll"}}, "pagination: .*'offset', 'page', 'cursor', 'link'"),
        ({"pagination": {"style": "page", "skip": 1}}, "pagination.page.skip: "),
        ({"timeouts": {"read": -1}}, "timeouts.read: .*greater than 0"),
        ({"retries": {"attempts": 1}}, "retries.attempts: "),
        ({"credentials": {"token": TOKEN}}, "need a type"),
        ({"fields": ["id", "PASSWORD"]}, "blocked fields: PASSWORD"),
        ({"fields": ["id", "bank.password"]}, "blocked fields: bank.password"),
        ({"fields": "id"}, "fields of .* must be a list"),
        ({"blocked_fields": "password"}, "blocked_fields .* must be a list"),
        ({"staging": ""}, "staging must name a folder"),
        ({"staging": {"folder": "x"}}, "staging has unknown keys: folder"),
        ({"record_key": "users"}, "unexpected keyword argument"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused(
    api: Any, tmp_path: Path, config: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError, match=message) as caught:
        dataset(api, tmp_path, **config)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("keep_other_fields", [False, True])
def test_an_api_is_asked_for_declared_fields_only_unless_all_are_kept(
    spark: SparkSession, api: Any, tmp_path: Path, keep_other_fields: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """This one sends all fields whatever it is asked for."""
    users = dataset(api, tmp_path / "staging", fields=["id"], keep_other_fields=keep_other_fields)
    payloads = [json.loads(row.payload) for row in users.load().collect()]
    assert {frozenset(payload) for payload in payloads} == {
        frozenset({"id", "name"} if keep_other_fields else {"id"})
    }
    told = f"{users.origin}: fields that nobody declared were left out: name." in caplog.text
    assert told is not keep_other_fields
    users.release()
