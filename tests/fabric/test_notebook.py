"""The notebook in a real kernel on JVM Spark with Delta, from the wheel only, as a Fabric pipeline would run it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from support.fabric_runtime import (
    PROJECT,
    PYTHON,
    RUNTIMES,
    Environment,
    Package,
    make_environment,
    require_java,
)
from support.notebook import Result, run_notebook
from support.runs import RUN_COLUMNS, read, run_project, tables

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.files import SampleFiles
from customer_360.sample_sources.generator import generate

pytestmark = [pytest.mark.fabric, pytest.mark.timeout(2400)]

NOTEBOOK = PROJECT / "notebooks" / "run_customer_360.ipynb"
FAKE = PROJECT / "tests" / "fabric" / "fake"
WORKSPACE, LAKEHOUSE = "11111111-2222-3333-4444-555555555555", "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
ROOT = f"abfss://{WORKSPACE}@onelake.dfs.fabric.microsoft.com/{LAKEHOUSE}"


@dataclass(frozen=True)
class Fabric:
    """One runtime with its lakehouse, after the notebook ran in it once."""

    environment: Environment
    home: Path
    lakehouse: Path
    parameters: dict[str, Any]
    result: Result

    def run(self, **parameters: Any) -> Result:
        return execute(self.environment, self.home, {**self.parameters, **parameters})


def execute(environment: Environment, home: Path, parameters: dict[str, Any]) -> Result:
    kernel_home = home / "kernel"
    shutil.rmtree(kernel_home, ignore_errors=True)
    kernel_home.mkdir(parents=True)
    variables = {
        "FAKE_ONELAKE": str(home / "onelake"),
        "FAKE_WORKSPACE": WORKSPACE,
        "FAKE_LAKEHOUSE": LAKEHOUSE,
    }
    return run_notebook(
        NOTEBOOK,
        python=environment.python,
        startup=FAKE / "startup.py",
        home=kernel_home,
        parameters=parameters,
        environment=variables,
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleFiles:
    return generate(tmp_path_factory.mktemp("sample"), customers=60, seed=17)


@pytest.fixture(scope="module")
def api(sample: SampleFiles) -> Iterator[LoopbackApi]:
    with LoopbackApi({"users": sample.crm_users, "posts": sample.marketing_posts}) as api:
        yield api


def bring_files(sample: SampleFiles, lakehouse: Path) -> None:
    landing = lakehouse / "Files" / "landing"
    landing.mkdir(parents=True)
    for path in (sample.erp_customers, sample.support_tickets):
        shutil.copy(path, landing / path.name)


@pytest.fixture(scope="module")
def expected(sample: SampleFiles, api: LoopbackApi, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lakehouse that the embedded engine writes from the same sources."""
    root = tmp_path_factory.mktemp("sail")
    bring_files(sample, root)
    run_project(root, sources="live", crm_url=api.url, marketing_url=api.url)
    return root


@pytest.fixture(scope="module", params=["2.0", "1.3"])
def fabric(
    request: pytest.FixtureRequest,
    package: Package,
    sample: SampleFiles,
    api: LoopbackApi,
    tmp_path_factory: pytest.TempPathFactory,
) -> Fabric:
    require_java()
    runtime: str = request.param
    environment = make_environment(
        runtime, python=PYTHON[runtime], requirements=RUNTIMES / f"{runtime}.txt", install=str(package.wheel)
    )
    home = tmp_path_factory.mktemp(f"fabric-{runtime}")
    lakehouse = home / "onelake" / WORKSPACE / LAKEHOUSE
    bring_files(sample, lakehouse)
    (lakehouse / "Files" / "customer_360").mkdir()
    shutil.copy(package.configuration, lakehouse / "Files" / "customer_360" / package.configuration.name)
    parameters = {"parameters": json.dumps({"crm_url": api.url, "marketing_url": api.url})}
    return Fabric(environment, home, lakehouse, parameters, execute(environment, home, parameters))


def test_the_notebook_ends_with_a_summary(fabric: Fabric) -> None:
    assert fabric.result.error is None, f"{fabric.result.error}\n{fabric.result.text}"
    summary = json.loads(fabric.result.exit_value or "")
    assert summary["status"] == "succeeded"
    assert summary["lakehouse"] == ROOT
    assert summary["rows"]["gold/customer_360"] >= 60
    assert {line["metric"] for line in summary["report"]} >= {"linked", "customers", "quarantined"}
    assert len(fabric.result.exit_value or "") < 8_000


def test_the_notebook_shows_the_customers_last(fabric: Fabric) -> None:
    [shown] = fabric.result.displayed
    summary = json.loads(fabric.result.exit_value or "")
    assert shown["rows"] == summary["rows"]["gold/customer_360"]
    assert {"customer_id", "full_name", "ticket_count"} <= set(shown["columns"])


def test_the_log_can_be_read_in_the_notebook(fabric: Fabric) -> None:
    for words in ("ingest_crm_users", "on engine active", "gold/customer_360", "Done in"):
        assert words in fabric.result.text
    assert "\x1b[" not in fabric.result.text
    assert "kedro viz" not in fabric.result.text


def test_the_tables_are_those_of_the_embedded_engine(
    fabric: Fabric, expected: Path, spark: SparkSession
) -> None:
    names = tables(expected, "silver", "gold")
    assert names == tables(fabric.lakehouse, "silver", "gold")
    assert "gold/customer_360" in names
    for name in names:
        assert rows(spark, fabric.lakehouse, name) == rows(spark, expected, name), name


def rows(spark: SparkSession, lakehouse: Path, table: str) -> list[str]:
    frame = read(spark, lakehouse, table)
    columns = [name for name in frame.columns if name not in RUN_COLUMNS]
    # the numpy of another runtime adds up in another order: the last digits of a weight are its own
    return sorted(
        re.sub(r"-?\d+\.\d{7,}(?:e-?\d+)?", lambda number: f"{float(number[0]):.9g}", repr(row))
        for row in frame.select(*columns).collect()
    )


def test_no_table_has_deletion_vectors(fabric: Fabric) -> None:
    """Although the session would make some, as that of Runtime 2.0 does."""
    names = tables(fabric.lakehouse)
    assert "gold/customer_360" in names
    for name in names:
        log = fabric.lakehouse / "Tables" / name / "_delta_log" / f"{0:020}.json"
        assert '"minReaderVersion":1,"minWriterVersion":2' in log.read_text(), name


def test_staging_is_empty_after_the_run(fabric: Fabric) -> None:
    assert list((fabric.lakehouse / "Files").rglob("*.jsonl")) == []


@pytest.mark.parametrize("fabric", ["2.0"], indirect=True)
def test_a_failed_run_fails_the_notebook(fabric: Fabric) -> None:
    """The message stands in the notebook's error, which a pipeline hands on; no exit value says success."""
    result = fabric.run(
        pipelines="ingestion",
        parameters=json.dumps({"crm_url": "http://127.0.0.1:9", "marketing_url": "http://127.0.0.1:9"}),
    )
    assert result.exit_value is None
    assert result.error is not None
    assert result.error.startswith("RunFailedError: ")
    assert "127.0.0.1:9" in result.error
    assert result.displayed == []
