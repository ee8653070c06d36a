"""A configuration that is changed and changed back: both runs end well, and the tables are those of before."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.configuration import PARAMETERS
from support.kept_tables import check, rows_of
from support.runs import PROJECT

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

SAMPLE = {"sources": "sample", "sample_customers": 40, "sample_seed": 5}

# What a source's file says of its records; all else can be said by parameters.
OF_RECORDS = ("order", "table", "from", "key", "keep", "columns")

Parameters = dict[str, Any]


class Project:
    """The project's configuration, to be changed, and one lakehouse."""

    def __init__(self, folder: Path) -> None:
        self.conf, self.lakehouse = folder / "conf", folder / "lakehouse"
        shutil.copytree(PROJECT / "conf", self.conf, ignore=shutil.ignore_patterns("credentials*"))

    def run(self, **settings: Any) -> None:
        bootstrap_project(PROJECT)
        given = {"lakehouse": str(self.lakehouse), **SAMPLE, **settings}
        with KedroSession.create(
            project_path=PROJECT, conf_source=str(self.conf), runtime_params=given
        ) as session:
            session.run()

    def change(self, edit: Callable[[Parameters], object]) -> None:
        """Change all parameters at once, as they are merged: the sources' files say no more than columns then."""
        base = self.conf / "base"
        everything = copy.deepcopy(PARAMETERS)
        edit(everything)
        for path in base.glob("parameters_*.yml"):
            content = {name: everything[name] for name in yaml.safe_load(path.read_text())}
            path.write_text(yaml.safe_dump(content, sort_keys=False))
        for path in base.glob("sources/*.yml"):
            [(name, said)] = yaml.safe_load(path.read_text()).items()
            kept = {key: said[key] for key in said if key in OF_RECORDS}
            path.write_text(yaml.safe_dump({name: kept}, sort_keys=False))

    def restore(self) -> None:
        shutil.copytree(PROJECT / "conf" / "base", self.conf / "base", dirs_exist_ok=True)


@pytest.fixture(scope="module")
def first(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = Project(tmp_path_factory.mktemp("there"))
    project.run()
    yield project


@pytest.fixture
def copied(first: Project, tmp_path: Path) -> Project:
    shutil.copytree(first.lakehouse, tmp_path / "lakehouse")
    return Project(tmp_path)


def profile(parameters: Parameters) -> None:
    """Attributes removed, added, of another type and in another order; other winners; a key less."""
    found = parameters["profile"]
    del found["attributes"]["department"]
    found["attributes"]["maiden_name"] = [{"source": "crm", "column": "latitude"}]
    found["groups"]["person"] = found["groups"].pop("name")
    found["attributes"] = {"ticket_email": [{"source": "support", "column": "email"}], **found["attributes"]}
    found["groups"]["address"]["sources"] = ["crm", "erp"]
    found["keys"] = ["crm"]


def metrics(parameters: Parameters) -> None:
    """Columns of customer_360 that come and go."""
    parameters["cleaning"]["settings"]["vocabularies"]["ticket_status"]["values"].append("reopened")
    parameters["cleaning"]["settings"]["vocabularies"]["ticket_status"]["synonyms"].pop("reopened")
    parameters["metrics"] = {
        "top_tags": 1,
        "statuses": ["open", "closed", "reopened"],
        "categories": ["billing"],
        "high_priorities": ["high", "medium"],
    }


def rules_of_quality(parameters: Parameters) -> None:
    """A rule added that sends rows to quarantine, rules removed, a term less in a vocabulary."""
    cleaning = parameters["cleaning"]
    cleaning["shape"]["on_change"] = "warn"
    cleaning["sources"]["crm"]["rules"].append(
        {"name": "of_1990_on", "severity": "error", "check": "year(birth_date) >= 1990"}
    )
    cleaning["sources"]["erp"]["rules"] = []
    cleaning["settings"]["vocabularies"]["ticket_status"]["values"].append("reopened")
    cleaning["settings"]["vocabularies"]["ticket_status"]["synonyms"] = {}
    cleaning["settings"]["vocabularies"]["gender"] = {"values": ["female"]}


def rules_of_linking(parameters: Parameters) -> None:
    """A rule removed, a source that is linked otherwise, records that make no customers any more."""
    linking = parameters["linking"]
    del linking["persons"]["support"]
    linking["rules"] = [
        {"name": "mail", "source": "support", "column": "email", "target": "crm", "target_column": "email",
         "normalise": "email"}
    ]  # fmt: skip
    linking["unlinked"] = {
        "erp": "stay_unlinked",
        "marketing": "own_customer",
        "support": "own_customer",
    }


def persons(parameters: Parameters) -> None:
    """A source less among the persons, an attribute less of another one."""
    linking = parameters["linking"]
    del linking["persons"]["erp"], linking["persons"]["crm"]["phone"]
    linking["unlinked"]["erp"] = "own_customer"


def anchor(parameters: Parameters) -> None:
    """Other records make the customers."""
    parameters["linking"]["anchor"] = "erp"
    parameters["linking"]["unlinked"] = {
        "crm": "own_customer",
        "marketing": "stay_unlinked",
        "support": "stay_unlinked",
    }


def identity(parameters: Parameters) -> None:
    """Another model of who is who, and another threshold."""
    model = parameters["identity"]
    model["comparisons"] = [item for item in model["comparisons"] if item["name"] != "phone"]
    model["thresholds"]["link"] = 0.95
    parameters["review"]["show_values"] = True


def key_column(parameters: Parameters) -> None:
    """All records of a source get other keys."""
    parameters["ingestion"]["sources"]["erp_customers"]["key_field"] = "tax_id"


CASES: list[tuple[Callable[[Parameters], None], dict[str, Any]]] = [
    (profile, {}),
    (metrics, {}),
    (rules_of_quality, {}),
    (rules_of_linking, {}),
    (persons, {}),
    (anchor, {}),
    (identity, {}),
    (key_column, {"ingestion": {"max_deleted_share": 1}}),
]


@pytest.mark.parametrize(("edit", "settings"), CASES, ids=[edit.__name__ for edit, _ in CASES])
def test_there_and_back(
    spark: SparkSession,
    copied: Project,
    edit: Callable[[Parameters], None],
    settings: dict[str, Any],
) -> None:
    before = rows_of(spark, copied.lakehouse)
    copied.change(edit)
    copied.run(**settings)
    changed = rows_of(spark, copied.lakehouse)
    assert changed != before, "the change changed nothing"
    copied.restore()
    copied.run(**settings)
    check(before, rows_of(spark, copied.lakehouse))
