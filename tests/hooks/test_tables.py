"""Before a run: what is lost stops it. After it: what belongs together is published."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from pyspark.sql import SparkSession

from customer_360.datasets.delta_reader import published_versions, query
from customer_360.datasets.errors import SourceError
from customer_360.hooks.tables import TableHooks, _tables
from customer_360.lakehouse.manifest import MANIFEST_TABLE as MANIFEST
from customer_360.lakehouse.table_survey import LakehouseDamagedError
from customer_360.linking.links import LinkingConfigurationError
from customer_360.parameters.run import RunSettings, RunSettingsError
from customer_360.pipeline_registry import whole_flow
from customer_360.preflight.provided import CHECKED, parameters
from customer_360.quality.rules import RuleError

Spoil = Callable[[Path], object]


@pytest.fixture(scope="module")
def good(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lakehouse with every table of the flow, as if an older version of the program had made it: no manifest."""
    root = tmp_path_factory.mktemp("good")
    tables = _tables(catalog_of(project, root), whole_flow().datasets())
    for name in sorted(set(tables) - {MANIFEST}):
        columns = {"source": ["crm"], "n": [1]}
        write_deltalake(root / "Tables" / name, pa.table(columns), mode="append")
    return root


@pytest.fixture
def lakehouse(good: Path, tmp_path: Path) -> Path:
    """A copy to be published."""
    return shutil.copytree(good, tmp_path / "lake")


@pytest.fixture(scope="module")
def place(project: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DataCatalog]:
    """One folder, and a catalog of it (which takes most of a second to make)."""
    root = tmp_path_factory.mktemp("place") / "lake"
    return root, catalog_of(project, root)


@pytest.fixture
def spoilt(good: Path, place: tuple[Path, DataCatalog]) -> Iterator[Path]:
    """A copy that is never published: nothing stays in the catalog."""
    yield shutil.copytree(good, place[0])
    shutil.rmtree(place[0], ignore_errors=True)


@pytest.fixture
def check(spark: SparkSession, place: tuple[Path, DataCatalog]) -> Callable[[Pipeline], None]:
    """What a run of this pipeline looks at, but for what people provide."""

    def of(pipeline: Pipeline) -> None:
        hooks = TableHooks()
        hooks._check_provided = lambda *_: None  # type: ignore[method-assign]
        hooks.before_pipeline_run(pipeline, place[1])

    return of


def catalog_of(project: Path, lakehouse: Path, **settings: Any) -> DataCatalog:
    bootstrap_project(project)
    given = {"lakehouse": str(lakehouse), "sources": "live", **settings}
    with KedroSession.create(project_path=project, runtime_params=given) as session:
        catalog = session.load_context().catalog
        assert isinstance(catalog, DataCatalog)
        return catalog


def begin(project: Path, lakehouse: Path, pipeline: Pipeline | None = None, **settings: Any) -> None:
    TableHooks().before_pipeline_run(pipeline or whole_flow(), catalog_of(project, lakehouse, **settings))


def publish(project: Path, lakehouse: Path, *pipelines: Pipeline) -> None:
    """Runs of which only the hooks are left."""
    catalog = catalog_of(project, lakehouse)
    for pipeline in pipelines or (whole_flow(),):
        hooks = TableHooks()
        hooks._check_provided = lambda *_: None  # type: ignore[method-assign]
        hooks.before_pipeline_run(pipeline, catalog)
        hooks.after_pipeline_run(pipeline, catalog)


def content(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def gone(*names: str) -> Spoil:
    return lambda root: [shutil.rmtree(root / "Tables" / name) for name in names]


def without_log(*names: str) -> Spoil:
    return lambda root: [shutil.rmtree(root / "Tables" / name / "_delta_log") for name in names]


def empty_log(name: str) -> Spoil:
    def spoil(root: Path) -> None:
        gone(name)(root)
        (root / "Tables" / name / "_delta_log").mkdir(parents=True)

    return spoil


def temporary_commit(name: str) -> Spoil:
    def spoil(root: Path) -> None:
        empty_log(name)(root)
        (root / "Tables" / name / "_delta_log" / "_commit_1b2c.json.tmp").touch()

    return spoil


def empty_commit(name: str) -> Spoil:
    return lambda root: (root / "Tables" / name / "_delta_log" / f"{1:020d}.json").touch()


def no_data_file(name: str) -> Spoil:
    return lambda root: next((root / "Tables" / name).glob("*.parquet")).unlink()


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (empty_log("bronze/crm_users"), "bronze/crm_users"),
        (gone("bronze/crm_users"), "bronze/crm_users"),
        (gone("bronze/support_tickets"), "bronze/support_tickets"),
        (gone("bronze/crm_users", "silver/crm_users"), "bronze/crm_users"),
        (without_log("bronze/erp_customers"), "bronze/erp_customers"),
        (empty_commit("bronze/crm_users"), "bronze/crm_users"),
        (no_data_file("bronze/marketing_posts"), "bronze/marketing_posts"),
        (empty_log("gold/identity_events"), "gold/identity_events"),
        (gone("gold/identity_events"), "gold/identity_events"),
        (gone("gold/identity_events", "gold/customer_crosswalk"), "gold/identity_events"),
        (gone("gold/identity_events", "gold/customer_profile_history", "gold/customer_crosswalk"),
         "gold/identity_events"),
        (without_log("gold/identity_events"), "gold/identity_events"),
        (empty_commit("gold/identity_events"), "gold/identity_events"),
        (no_data_file("gold/customer_crosswalk"), "gold/customer_crosswalk"),
        (without_log("silver/crm_users"), "silver/crm_users"),
        (empty_commit("gold/customer_360"), "gold/customer_360"),
    ],
)  # fmt: skip
def test_what_is_lost_stops_a_run_before_it_writes(
    check: Callable[[Pipeline], None], spoilt: Path, spoil: Spoil, named: str
) -> None:
    spoil(spoilt)
    before = content(spoilt)
    with pytest.raises(LakehouseDamagedError, match="Nothing was written") as raised:
        check(whole_flow())
    assert f"{named} ({spoilt}/Tables/{named})" in str(raised.value)
    assert content(spoilt) == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: None,
        temporary_commit("silver/crm_users"),
        gone("silver/crm_users", "gold/customer_crosswalk", "gold/customer_360"),
        shutil.rmtree,
        lambda root: shutil.rmtree(root / "Tables"),
    ],
)
def test_what_nobody_knows_or_what_follows_from_others_begins_anew(
    check: Callable[[Pipeline], None], spoilt: Path, spoil: Spoil
) -> None:
    spoil(spoilt)
    check(whole_flow())


def test_a_lost_log_is_begun_anew_when_the_run_is_told_so(
    place: tuple[Path, DataCatalog], spark: SparkSession, spoilt: Path
) -> None:
    gone("bronze/crm_users", "gold/identity_events")(spoilt)
    hooks = TableHooks()
    hooks._check_provided = lambda *_: None  # type: ignore[method-assign]
    hooks._anew = RunSettings(begin_anew="bronze/crm_users").begun_anew
    with pytest.raises(LakehouseDamagedError, match=r"begin_anew=gold/identity_events;") as raised:
        hooks.before_pipeline_run(whole_flow(), place[1])
    assert "bronze/crm_users" not in str(raised.value)
    hooks._anew = RunSettings(begin_anew="bronze/crm_users + gold/identity_events").begun_anew
    hooks.before_pipeline_run(whole_flow(), place[1])
    hooks._anew = frozenset({"bronze/crm"})
    with pytest.raises(RunSettingsError, match="begin_anew names bronze/crm, but there is no such table"):
        hooks.before_pipeline_run(whole_flow(), place[1])


def test_what_a_killed_first_run_left_is_no_loss(check: Callable[[Pipeline], None], spoilt: Path) -> None:
    """Bronze is there, the first write of a silver table was killed before its commit."""
    shutil.rmtree(spoilt / "Tables")
    write_deltalake(spoilt / "Tables/bronze/crm_users", pa.table({"n": [1]}))
    write_deltalake(spoilt / "Tables/silver/crm_users", pa.table({"n": [1]}))
    without_log("silver/crm_users")(spoilt)
    check(whole_flow())


def test_a_run_is_not_stopped_by_tables_that_it_does_not_touch(
    check: Callable[[Pipeline], None], spoilt: Path
) -> None:
    empty_commit("gold/customer_360")(spoilt)
    check(whole_flow().only_nodes_with_tags("ingestion"))


def test_what_was_published_is_missed(spark: SparkSession, project: Path, lakehouse: Path) -> None:
    events = lakehouse / "Tables" / "gold" / "identity_events"
    write_deltalake(events, pa.table({"source": ["crm"], "n": [2]}), mode="append")
    publish(project, lakehouse)
    for other in ("silver/crm_users", "gold/customer_360", "gold/customer_crosswalk"):
        gone(other)(lakehouse)  # nobody but the manifest knows
    logs = ["bronze/crm_users", "gold/customer_profile_history", "gold/identity_model"]
    for name in logs:
        gone(name)(lakehouse)
    (events / "_delta_log" / f"{1:020d}.json").unlink()
    with pytest.raises(LakehouseDamagedError) as raised:
        begin(project, lakehouse)
    lines = [
        line for line in str(raised.value).splitlines() if "is gone, and version 0 was published" in line
    ]
    assert sorted(line.split()[0] for line in lines) == logs
    assert "its log ends at version 0, and version 1 was published" in str(raised.value)


def test_people_read_what_the_last_whole_run_has_published(
    spark: SparkSession, project: Path, lakehouse: Path
) -> None:
    folder = str(lakehouse / "Tables" / "gold" / "customer_360")

    def seen() -> int:
        rows = query({"c": folder}, "SELECT count(*) AS n FROM c")
        assert rows is not None
        return int(rows[0]["n"])

    publish(project, lakehouse)
    assert (seen(), published_versions([folder])) == (1, {folder: 0})
    write_deltalake(folder, pa.table({"source": ["crm", "erp"], "n": [1, 2]}), mode="overwrite")
    assert seen() == 1, "a run in progress was seen"
    parts = [whole_flow().only_nodes_with_tags(part) for part in ("ingestion", "cleaning")]
    publish(project, lakehouse, *parts, whole_flow().from_nodes("build_profile"))
    assert seen() == 1, "a run of some steps has published"
    publish(project, lakehouse, whole_flow().only_nodes_with_tags("enrichment"))
    assert (seen(), published_versions([folder])) == (2, {folder: 1})


def test_the_manifest_names_every_table_its_version_and_its_rows(
    spark: SparkSession, project: Path, lakehouse: Path
) -> None:
    publish(project, lakehouse, whole_flow(), whole_flow())
    table = DeltaTable(lakehouse / "Tables" / "gold" / "run_manifest")
    rows = pa.table(table.to_pyarrow_table()).to_pylist()
    names = {str(path.parent.relative_to(lakehouse / "Tables")) for path in lakehouse.rglob("_delta_log")}
    assert {row["table"] for row in rows} == names - {"gold/run_manifest"}
    assert {(row["version"], row["rows"]) for row in rows} == {(0, 1)}
    assert len({row["run_id"] for row in rows}) == 1
    assert all(row["run_time"] <= row["published_at"] <= datetime.now(UTC) for row in rows)
    assert table.version() == 1


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            {
                "cleaning": {
                    "sources": {"crm": {"rules": [{"name": "x", "check": "a > 1", "severity": "error"}]}}
                }
            },
            (RuleError, "rule 'x' has a check"),
        ),
        (
            {"linking": {"persons": {"crm": {"email": "nothing"}}}},
            (LinkingConfigurationError, "has no column nothing"),
        ),
    ],
)
def test_settings_are_tried_before_anything_is_written(
    spark: SparkSession,
    project: Path,
    tmp_path: Path,
    settings: dict[str, Any],
    expected: tuple[type[Exception], str],
) -> None:
    with pytest.raises(expected[0], match=expected[1]):
        begin(project, tmp_path, **settings)
    assert not (tmp_path / "Tables").exists()


def test_the_decisions_are_read_before_anything_is_written(
    spark: SparkSession, project: Path, tmp_path: Path
) -> None:
    file = tmp_path / "Files" / "landing" / "identity_decisions.csv"
    file.parent.mkdir(parents=True)
    file.write_text("decision,left_source\nsame,crm\n")
    with pytest.raises(SourceError, match="identity_decisions"):
        begin(project, tmp_path)
    assert not list(tmp_path.rglob("*.jsonl"))
    begin(project, tmp_path, whole_flow().only_nodes_with_tags("ingestion"))  # does not read them


@pytest.mark.parametrize("name", CHECKED)
def test_a_part_of_the_flow_is_checked_with_the_parameters_of_all(project: Path, name: str) -> None:
    """Kedro makes models only of those that the pipelines of a run take; the others come as they are written."""
    bootstrap_project(project)
    with KedroSession.create(project_path=project) as session:
        written = session.load_context().config_loader["parameters"][name]
    found = parameters(DataCatalog({f"params:{name}": MemoryDataset(written)}), name, CHECKED[name])
    assert isinstance(found, CHECKED[name])
