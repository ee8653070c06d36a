"""The sources' files as Kedro's configuration sees them, in whatever way it is read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from support.configuration import loader_of
from support.runs import PROJECT

from customer_360.cli.packaging import write_configuration
from customer_360.source_files import SourceFilesLoader
from customer_360.sources import SOURCES, SourceDeclarationError
from customer_360.sources.base import ONLY_SOURCES
from customer_360.sources.registry import Registry

LOYALTY = """
loyalty:
  from: loyalty.csv
  key: member_id
  columns:
    email: {field: mail, as: email}
    tier:
  keep: [notes]
  link_by: [{column: email, normalise: email}]
"""
FOUR = ["crm", "erp", "marketing", "support"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the project's configuration and a fifth source; what is in force afterwards is put back."""
    monkeypatch.delenv(ONLY_SOURCES)
    monkeypatch.setattr(Registry, "_reader", Registry._reader)
    shutil.copytree(PROJECT / "conf", tmp_path / "conf")
    (tmp_path / "conf" / "base" / "sources" / "loyalty.yml").write_text(LOYALTY)
    return tmp_path


def names(loader: SourceFilesLoader) -> list[str]:
    return [one.name for one in loader.declared()]


def test_the_four_come_in_their_order_and_others_after_them(project: Path) -> None:
    loader = loader_of(project)
    assert names(loader) == [*FOUR, "loyalty"]
    assert [source.name for source in SOURCES] == [*FOUR, "loyalty"]
    assert len(SOURCES) == 5
    assert SOURCES[-1].table == "loyalty"
    assert [source.table for source in SOURCES[:2]] == ["crm_users", "erp_customers"]


def test_catalog_and_parameters_have_what_the_file_says(project: Path) -> None:
    loader = loader_of(project, lakehouse="/elsewhere")
    entry = loader["catalog"]["source_loyalty"]
    assert entry["filepath"] == "/elsewhere/Files/landing/loyalty.csv"
    assert entry["staging"] == {"path": "/elsewhere/Files/staging/loyalty"}
    assert entry["columns"] == entry["fields"] == ["member_id", "mail", "tier", "notes"]
    assert "password" in entry["blocked_fields"]
    parameters = loader["parameters"]
    assert parameters["ingestion"]["sources"]["loyalty"]["key_field"] == "member_id"
    assert {rule["name"] for rule in parameters["linking"]["rules"]} == {"post_author", "loyalty_email"}


def test_run_settings_that_come_later_are_seen(project: Path) -> None:
    """Hooks complete them when parameters, and so the sources, have been read already."""
    loader = loader_of(project)
    assert loader["parameters"]["ingestion"]
    loader.runtime_params = {"lakehouse": "/later", "crm_url": "http://crm.example"}
    catalog = loader["catalog"]
    assert catalog["source_loyalty"]["filepath"].startswith("/later/")
    assert catalog["source_crm_users"]["base_url"] == "http://crm.example"
    assert catalog["bronze_{table}"]["filepath"].startswith("/later/")


def test_an_environment_changes_what_it_names(project: Path) -> None:
    there = project / "conf" / "local" / "sources"
    there.mkdir()
    (there / "loyalty.yml").write_text(
        "loyalty:\n  from: {type: csv, filepath: '${_lakehouse}/other.csv'}\n  columns: {tier: level}\n"
    )
    loader = loader_of(project, "local", lakehouse="/lake")
    entry = loader["catalog"]["source_loyalty"]
    assert (entry["filepath"], entry["columns"]) == (
        "/lake/other.csv",
        ["member_id", "mail", "level", "notes"],
    )
    [loyalty] = [one for one in loader.declared() if one.name == "loyalty"]
    assert loyalty.file == "conf/base/sources/loyalty.yml and conf/local/sources/loyalty.yml"


def test_catalog_files_and_run_settings_lie_over_it(project: Path) -> None:
    own = {"type": "MemoryDataset"}
    (project / "conf" / "base" / "catalog_loyalty.yml").write_text("source_loyalty: {type: MemoryDataset}\n")
    loader = loader_of(
        project,
        linking={"unlinked": {"loyalty": "own_customer"}},
        cleaning={"sources": {"loyalty": {"rules": []}}},
    )
    assert loader["catalog"]["source_loyalty"] == own
    parameters = loader["parameters"]
    assert parameters["linking"]["unlinked"] == {
        "erp": "own_customer", "marketing": "stay_unlinked", "support": "stay_unlinked", "loyalty": "own_customer",
    }  # fmt: skip
    assert parameters["cleaning"]["sources"]["loyalty"]["rules"] == []


def test_only_the_chosen_sources_are_part_of_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ONLY_SOURCES, ",".join(FOUR))
    loader = loader_of(project)
    assert "source_loyalty" not in loader["catalog"]
    assert "loyalty" not in loader["parameters"]["cleaning"]["sources"]
    assert [source.name for source in SOURCES] == FOUR


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("shop.yml", LOYALTY, "conf/base/sources/shop.yml: a source's file has one key, its own name"),
        ("shop.yml", "from: x.csv\nkey: id\n", r"`shop:`. It has from, key"),
        ("shop.yml", "shop:\n  from: [x\n", r"Invalid YAML or JSON file .*shop.yml, unable to read line"),
        ("loyalty.yaml", LOYALTY, "there is another file for the source loyalty beside it"),
        ("shop.yml", "shop: 5\n", "everything about the source stands below its name"),
    ],
)
def test_a_file_of_another_form(project: Path, name: str, text: str, message: str) -> None:
    (project / "conf" / "base" / "sources" / name).write_text(text)
    with pytest.raises(SourceDeclarationError, match=message):
        loader_of(project).declared()


def test_a_configuration_without_sources_says_so(project: Path) -> None:
    shutil.rmtree(project / "conf" / "base" / "sources")
    assert loader_of(project).declared() == ()
    with pytest.raises(SourceDeclarationError, match="No source is declared: conf/base/sources has no file"):
        list(SOURCES)


def test_the_archive_beside_the_wheel_has_them(project: Path) -> None:
    archive = project / "conf.tar.gz"
    assert "conf/base/sources/loyalty.yml" in write_configuration(project / "conf", archive)
    loader = SourceFilesLoader(str(archive), base_env="base", default_run_env="local")
    assert names(loader) == [*FOUR, "loyalty"]
    assert loader["catalog"]["source_loyalty"]["format"] == "csv"
    assert loader.declared()[-1].file == "conf/base/sources/loyalty.yml"


def test_pipelines_are_those_of_the_session(project: Path) -> None:
    """Also where they were looked at before, for the project as it is."""
    bootstrap_project(PROJECT)

    def steps(conf: Path) -> set[Any]:
        settings = {"lakehouse": str(project / "lakehouse"), "sources": "live"}
        with KedroSession.create(
            project_path=PROJECT, conf_source=str(conf), runtime_params=settings
        ) as session:
            assert session.load_context().catalog
            return {node.name for node in pipelines["ingestion"].nodes}

    four = {"ingest_crm_users", "ingest_erp_customers", "ingest_marketing_posts", "ingest_support_tickets"}
    assert steps(PROJECT / "conf") == four
    assert steps(project / "conf") == {*four, "ingest_loyalty"}
    assert steps(PROJECT / "conf") == four


@pytest.mark.parametrize(
    ("folder", "said"), [(PROJECT, "crm erp marketing support"), (Path("/"), "crm erp marketing support")]
)
def test_without_a_session_they_are_those_of_the_project(folder: Path, said: str) -> None:
    """`kedro registry list`, a script, a notebook: where nothing has read the configuration yet."""
    code = "from customer_360.sources import SOURCES; print(*[source.name for source in SOURCES])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.stdout.splitlines()[-1:] == [said], result.stderr
