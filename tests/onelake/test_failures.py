"""What is told of an error: by what it is, never by words that a path, a name or a value may hold, too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from support.runs import PROJECT
from support.storage_answers import CUT, StorageAnswers, answering, nobody

from customer_360.datasets.delta import DeltaTableDataset
from customer_360.datasets.errors import SourceError
from customer_360.expected_errors import expected_message
from customer_360.onelake import object_store
from customer_360.onelake.failures import explain_failure, use_onelake
from customer_360.onelake.filesystem import register_onelake
from customer_360.onelake.object_store import ObjectStore
from customer_360.onelake.storage_errors import RefusedError, UnreachableError

REFUSED, SILENT = "OneLake refused the sign-in", "OneLake stopped answering"
HOST = "onelake.dfs.fabric.microsoft.com"
WORDS = [
    "500",
    "503",
    "401",
    "403",
    "404",
    "timeout",
    "timed-out",
    "forbidden",
    "doesnt-exist",
    "unauthorized",
]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("-".join)


@pytest.fixture(scope="module")
def server() -> Iterator[StorageAnswers]:
    with answering() as server:
        yield server


@pytest.fixture
def onelake(server: StorageAnswers, monkeypatch: pytest.MonkeyPatch) -> Iterator[StorageAnswers]:
    """This process works on a lakehouse in OneLake, and the server is that."""
    for name, value in server.storage.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(object_store._RETRIES, "max_retries", 1)
    object_store._store.cache_clear()
    use_onelake(True)
    yield server
    use_onelake(False)
    object_store._store.cache_clear()


def root(workspace: str, lakehouse: str = "lake") -> str:
    return f"abfss://{workspace}@{HOST}/{lakehouse}.Lakehouse"


def raised(action: Callable[[], Any]) -> Exception:
    with pytest.raises(Exception) as error:
        action()
    return error.value


def kind(message: str | None) -> str | None:
    return next((one for one in (REFUSED, SILENT) if message and message.startswith(one)), message)


# ---- our own file access
ANSWERS = [(401, REFUSED), (403, REFUSED), (404, None), (400, None), (409, None), (412, None), (429, SILENT),
           (500, SILENT), (503, SILENT), (CUT, SILENT)]  # fmt: skip
ACTIONS: dict[str, Callable[[ObjectStore, str], Any]] = {
    "read": lambda store, place: store.read(f"{place}/one"),
    "list": lambda store, place: store.list(place),
    "write": lambda store, place: store.write(f"{place}/one", b""),
    "remove": lambda store, place: store.remove(place),
}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("status", "told"), ANSWERS)
def test_files(onelake: StorageAnswers, action: str, status: int, told: str | None) -> None:
    onelake.status = status
    error = raised(lambda: ACTIONS[action](ObjectStore(), f"{root('ws')}/Files/state/lease"))
    assert isinstance(error, OSError)
    assert isinstance(error, RefusedError) == (told == REFUSED)
    assert isinstance(error, UnreachableError) == (told == SILENT)
    assert isinstance(error, FileNotFoundError) == (status == 404)
    message = explain_failure(error)
    assert kind(message) == told
    if message:
        assert "at Files/state/lease" in message
        assert "run again" in message.lower()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    workspace=NAMES,
    lakehouse=NAMES,
    file=NAMES,
    answer=st.sampled_from([(403, REFUSED), (404, None), (409, None)]),
)
def test_names_change_nothing(
    onelake: StorageAnswers, workspace: str, lakehouse: str, file: str, answer: tuple[int, str | None]
) -> None:
    onelake.status, told = answer
    onelake.code = file  # what the answer's body says does not count either
    place = f"{root(f'ws-{workspace}', lakehouse)}/Files/{file}"
    for action in ("read", "list"):
        error = raised(lambda a=action: ACTIONS[a](ObjectStore(), place))
        assert kind(explain_failure(error)) == told
        assert isinstance(error, FileNotFoundError) == (onelake.status == 404)


def test_the_sign_in(server: StorageAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Microsoft answers 400 for a wrong tenant and 401 for a secret that has expired."""
    for name, value in server.sign_in.items():
        monkeypatch.setenv(name, value)
    object_store._store.cache_clear()
    monkeypatch.setitem(object_store._RETRIES, "max_retries", 1)
    for status, told in ((400, REFUSED), (401, REFUSED), (CUT, SILENT)):
        server.status = status
        assert kind(explain_failure(raised(lambda: ObjectStore().list(root("ws"))))) == told
    object_store._store.cache_clear()


# ---- the embedded engine
def read_table(spark: SparkSession, place: str) -> Any:
    return spark.read.format("delta").load(f"{place}/Tables/gold/customer_360").schema


def write_files(spark: SparkSession, place: str) -> Any:
    return spark.range(1).write.mode("overwrite").parquet(f"{place}/Files/work/one")


@pytest.mark.parametrize(
    ("status", "action", "told"),
    [
        (403, read_table, REFUSED), (401, write_files, REFUSED), (409, read_table, None), (404, write_files, None),
        (500, read_table, SILENT), (503, write_files, SILENT), (CUT, read_table, SILENT), (CUT, write_files, SILENT),
    ],
)  # fmt: skip
def test_sail(
    spark: SparkSession, onelake: StorageAnswers, status: int, action: Any, told: str | None
) -> None:
    onelake.status = status
    place = root(f"sail-500-timeout-{status}-{action.__name__}".replace("_", "-"))
    error = raised(lambda: action(spark, place))
    assert type(error).__module__ == "pyspark.errors.exceptions.connect"
    assert kind(explain_failure(error)) == told
    wrapped = DatasetError(
        f"Failed while loading DeltaTableDataset(filepath={place}/Tables/gold/customer_360)"
    )
    wrapped.__cause__ = error
    message = expected_message(wrapped)
    assert kind(message) == told or (told is None and message == str(wrapped))
    if told:
        assert "at Tables/gold/customer_360: " in str(message)


@pytest.mark.parametrize(("status", "told"), [(403, REFUSED), (409, None), (503, SILENT)])
def test_sail_writes_a_table(
    spark: SparkSession,
    onelake: StorageAnswers,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    told: str | None,
) -> None:
    monkeypatch.setattr(onelake, "empty", True)
    onelake.status = status
    place = f"{root(f'sail-writes-{status}')}/Tables/gold/customer_360"
    error = raised(lambda: spark.range(3).write.format("delta").save(place))
    assert str(error).startswith("Failed to write file: ")
    assert kind(explain_failure(error)) == told


def test_sail_without_a_server(
    spark: SparkSession, onelake: StorageAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURITE_BLOB_STORAGE_URL", nobody())
    error = raised(lambda: read_table(spark, root("sail-nobody")))
    assert kind(explain_failure(error)) == SILENT
    use_onelake(False)
    assert explain_failure(error) is None


def test_what_a_source_met_is_not_the_lakehouse(spark: SparkSession, onelake: StorageAnswers) -> None:
    onelake.status = 403
    error = SourceError("abfss://other@account/x (spark.SparkDataset) cannot be read. Nothing was staged.")
    error.__cause__ = raised(lambda: read_table(spark, root("sail-of-others")))
    assert expected_message(error) == str(error)
    error.__cause__ = RefusedError("abfss://ws@x/lake.Lakehouse/Files/landing/erp_customers.csv: refused")
    assert kind(expected_message(error)) == REFUSED


def test_a_table_that_is_not_there_is_told_by_its_folder(
    spark: SparkSession, onelake: StorageAnswers
) -> None:
    """The engine cannot read it, and neither can we: that is no first day."""
    register_onelake()
    onelake.status = 403
    table = DeltaTableDataset(
        filepath=f"{root('sail-absent')}/Tables/gold/doesnt_exist", schema="a STRING", empty_if_absent=True,
        credentials={"account_name": "onelake"},
    )  # fmt: skip
    assert kind(expected_message(raised(table.load))) == REFUSED


# ---- what is none of these
ODD = "abfss 500 timeout doesn't exist onelake. microsoftazure 403 forbidden"


def cast(spark: SparkSession, _: Path) -> Any:
    return spark.range(1).select(F.lit(f"{ODD} (os error 111)").cast("int")).collect()


def absent(spark: SparkSession, folder: Path) -> Any:
    return spark.read.format("delta").load(str(folder / ODD)).schema


def column(spark: SparkSession, _: Path) -> Any:
    return spark.range(1).select(f"`{ODD}`").schema


def own_error(spark: SparkSession, _: Path) -> Any:
    return spark.range(1).select(F.expr("raise_error('OneLake: HTTP error: timed out 500')")).collect()


def no_folder(_: SparkSession, folder: Path) -> Any:
    return (folder / ODD / "Tables").read_text()


def no_right(_: SparkSession, folder: Path) -> Any:
    raise PermissionError(13, "Permission denied", str(folder / ODD))


def of_python(_: SparkSession, folder: Path) -> Any:
    raise ValueError(f"abfss://ws@{HOST}/x.Lakehouse/Tables/gold/t: AbfsRestOperationException, 403, timeout")


@pytest.mark.parametrize("action", [cast, absent, column, own_error, no_folder, no_right, of_python])
def test_other_errors_are_left_alone(
    spark: SparkSession, onelake: StorageAnswers, tmp_path: Path, action: Any
) -> None:
    assert explain_failure(raised(lambda: action(spark, tmp_path))) is None


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES)
def test_a_local_table_is_told_by_its_folder_whatever_it_is_called(
    spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("lake") / f"{name} doesn't exist"
    table = DeltaTableDataset(filepath=str(folder), schema="a STRING", empty_if_absent=True)
    assert table.load().count() == 0
    log = folder / "_delta_log" / f"{0:020d}.json"
    log.parent.mkdir(parents=True)
    log.write_text("doesn't exist")
    assert "is damaged" in str(raised(table.load))


# ---- deltalake, in its own process
DELTALAKE = """
import json, os, sys
from support.storage_answers import CUT, answering
from customer_360.datasets.delta_reader import open_table, query
from customer_360.expected_errors import expected_message
from customer_360.lakehouse_sql.tables import LakehouseTable

found = {}
with answering() as server:
    os.environ.update(server.storage)
    for status in (401, 403, 404, 409, 500, CUT):
        server.status = status
        folder = f"abfss://ws-500-{status}@onelake.dfs.fabric.microsoft.com/timeout.Lakehouse/Tables/gold/t"
        for ask in (lambda: open_table(folder, None), lambda: LakehouseTable("gold", "t", folder).open()):
            try:
                ask()
            except Exception as error:
                found.setdefault(str(status), []).append(expected_message(error))
print(json.dumps(found), flush=True)
os._exit(0)
"""


def test_deltalake(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DELTALAKE], capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "tests")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {status: [kind(one) for one in told] for status, told in json.loads(done.stdout).items()}
    assert found["401"] == found["403"] == [REFUSED] * 2
    assert found["500"] == found[str(CUT)] == [SILENT] * 2
    for status in ("404", "409"):  # no sentence of OneLake; kedro sql names the table
        assert not {REFUSED, SILENT} & set(found[status])
