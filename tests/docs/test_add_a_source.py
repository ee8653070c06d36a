"""Follows docs/add-a-source.md, on a copy of the project, with a fifth made-up source."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from kedro.io import DataCatalog
from kedro.io.core import DatasetError
from pyspark.sql import SparkSession
from support.declared import ROOT, make_tested_project
from support.declared import SOURCES as DECLARED
from support.kept_tables import check, rows_of
from support.runs import kedro, read

from customer_360.datasets.staged_source import StagedSourceDataset
from customer_360.sources import REGISTERED
from customer_360.sources.base import ONLY_SOURCES
from customer_360.sources.compiled import DeclaredSource
from customer_360.sources.declaration import read_declaration
from customer_360.sources.entries import catalog_entry

STEP = re.compile(r"<!-- new file: (\S+) -->\n```\w+\n(.*?)```", re.DOTALL)
EXAMPLE = re.compile(r"```yaml\n(from:.*?)```", re.DOTALL)
PAGE = ROOT / "docs" / "add-a-source.md"
# Tests of each kind that a further source could concern: its code, its parameters, the flow's shape, and whole runs.
CONCERNED = (
    "tests/test_architecture.py",
    "tests/hooks/test_tables.py",
    "tests/parameters",
    "tests/pipelines",
    "tests/sources/test_sources.py",
    "tests/viz/test_charts.py",
    "tests/end_to_end/test_changed_sources.py",
)

pytestmark = pytest.mark.skipif(
    {source.name for source in REGISTERED} != DECLARED.keys(),
    reason="the page changes the project as it comes, and this one has sources of its own",
)


def follow(page: Path, project: Path) -> list[Path]:
    """Write what the page says, and nothing else."""
    made = []
    for name, block in STEP.findall(page.read_text()):
        path = project / name
        assert not path.exists(), f"{name} is there already"
        path.write_text(block)
        made.append(path)
    return made


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The project without its data, as a clone of it."""
    left = shutil.ignore_patterns(
        "__pycache__", "credentials*", ".git", ".*_cache", ".venv*", "data", "dist", "build"
    )
    shutil.copytree(ROOT, tmp_path / "project", ignore=left)
    (tmp_path / "project" / "data").mkdir()
    return tmp_path / "project"


def test_what_the_page_adds_is_not_in_the_project_that_tests_run(copied: Path, tmp_path: Path) -> None:
    follow(PAGE, copied)
    tested = tmp_path / "tested"
    tested.mkdir()
    make_tested_project(copied, tested)
    for path in sorted((ROOT / "conf").glob("*/parameters*.yml")):
        there = tested / path.relative_to(ROOT)
        assert yaml.safe_load(there.read_text()) == yaml.safe_load(path.read_text()), path.name
    assert {path.stem for path in (tested / "conf" / "base" / "sources").iterdir()} == DECLARED.keys()


@pytest.mark.parametrize("example", EXAMPLE.findall(PAGE.read_text()))
def test_the_other_places_that_the_page_shows_can_be_declared(example: str) -> None:
    written = {
        **yaml.safe_load(example.replace("${_lakehouse}", "/lakehouse")),
        "key": "member_id",
        "columns": {"email": None},
    }
    found = DeclaredSource("loyalty", "loyalty.yml", read_declaration("loyalty", written, file="loyalty.yml"))
    entry = catalog_entry(found, lakehouse="/lakehouse", blocked_fields=[])
    secrets = {"loyalty_api": {"type": "bearer", "token": "t"}, "loyalty_database": {"con": "sqlite://"}}
    try:
        catalog = DataCatalog.from_config({"source_loyalty": entry}, secrets)
        assert isinstance(catalog.get("source_loyalty"), StagedSourceDataset)
    except DatasetError as error:
        assert found.declaration.place.type.startswith("pandas.SQL"), (
            error
        )  # needs SQLAlchemy, which the project does without
        assert "needs the Python package sqlalchemy, which is not installed" in str(error)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_page_adds_a_fifth_source_and_takes_it_back(
    spark: SparkSession, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(ONLY_SOURCES)
    lakehouse = copied / "data" / "lakehouse-60-5"  # each sample has its own
    sample = "sample_customers=60,sample_seed=5"
    first = kedro("run", "--params", sample, project=copied)
    assert first.returncode == 0, first.stdout + first.stderr

    before = rows_of(spark, lakehouse)

    users = next((copied / "data" / "sample_sources").rglob("crm_users.jsonl")).read_text().splitlines()
    emails = [str(json.loads(line).get("email")).strip().lower() for line in users]
    known = next(
        email for email in emails if emails.count(email) == 1 and re.fullmatch(r"[\w.]+@[\w.-]+", email)
    )
    [made] = follow(PAGE, copied)
    assert made == copied / "conf" / "base" / "sources" / "loyalty.yml"
    (lakehouse / "Files" / "landing" / "loyalty_members.csv").write_text(
        f"member_id,mail,tier,points,shoe_size\nL-1, {known.upper()},GOLD,1200,43\n"
        "L-2,stranger@example.org,silver,5,44\n,x@example.org,silver,1,45\n"
    )
    second = kedro("run", "--params", sample, project=copied)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "loyalty_members.csv: fields that nobody declared were left out: shoe_size." in second.stderr
    bronze = read(spark, lakehouse, "bronze/loyalty").collect()
    assert len(bronze) == 3
    assert all("shoe_size" not in row.payload for row in bronze)

    [member] = read(spark, lakehouse, "gold/customer_360").where("loyalty_tier is not null").collect()
    assert (member.loyalty_tier, member.loyalty_points) == ("gold", 1200)
    links = read(spark, lakehouse, "gold/customer_crosswalk").where("source = 'loyalty'").collect()
    assert [(link.source_key, link.method) for link in links] == [("L-1", "loyalty_email")]
    left = read(spark, lakehouse, "gold/unlinked_records").where("source = 'loyalty'").collect()
    assert [(record.source_key, record.reason) for record in left] == [("L-2", "no_match")]
    [bad] = read(spark, lakehouse, "silver/quarantine").where("source = 'loyalty'").collect()
    assert bad.reasons == ["missing_key"]

    steps = kedro("registry", "describe", "ingestion", project=copied).stdout
    assert "- ingest_loyalty (ingest_records)" in steps

    made.unlink()
    third = kedro("run", "--params", sample, project=copied)
    assert third.returncode == 0, third.stdout + third.stderr
    left = frozenset({"bronze/loyalty", "silver/loyalty"})
    check(before, rows_of(spark, lakehouse), left=left)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_tests_hold_in_a_project_with_a_source_of_its_own(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(PAGE, copied)
    for name in [name for name in os.environ if name.startswith(("CUSTOMER_360_", "PYTEST_"))]:
        monkeypatch.delenv(name)  # or it would test this project and not the copy
    monkeypatch.setenv("PYTHONPATH", str(copied / "src"))
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *CONCERNED],
        cwd=copied, capture_output=True, text=True, timeout=1700, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-5000:] + result.stderr[-2000:]
    assert "passed" in result.stdout
