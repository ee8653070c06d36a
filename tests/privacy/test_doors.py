"""One setting, every door: what shows people values obeys `show_personal_values`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog
from pyspark.sql import SparkSession
from rich.console import Console
from support import small_lakehouse
from support.small_lakehouse import ANN

from customer_360.cli.project import cli
from customer_360.console.example import print_customer
from customer_360.datasets.chart import ChartDataset
from customer_360.datasets.delta import DeltaTableDataset
from customer_360.privacy import Setting, obey, shows_personal_values

SECRETS = ("Ann", "Lee", "ann@x.io")


@pytest.fixture(scope="module", params=[True, False], ids=["made-up people", "others"])
def place(
    request: pytest.FixtureRequest, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, DataCatalog, bool]]:
    """A lakehouse, the catalog that a session gives for it, and whether values are to be shown (`auto`)."""
    root = small_lakehouse.write(tmp_path_factory.mktemp("doors"), made_up=request.param)
    bootstrap_project(project)
    with KedroSession.create(project_path=project, runtime_params={"lakehouse": str(root)}) as session:
        yield root, session.load_context().catalog, request.param
    obey(Setting())


def seen(text: str) -> bool:
    return any(secret in text for secret in SECRETS)


def test_commands(
    place: tuple[Path, DataCatalog, bool], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _, shown = place
    monkeypatch.chdir(project)
    commands = [["customer", ANN], ["customer", ANN, "--json"], ["explain-link", "crm:1", "crm:2"]]
    other = "--mask-values" if shown else "--show-values"
    for command, expected in [*((one, shown) for one in commands), ([*commands[0], other], not shown)]:
        result = CliRunner().invoke(cli, [*command, "--lakehouse", str(root)])
        assert result.exit_code == 0, result.output
        assert seen(result.output) == expected, command


def test_kedro_viz(place: tuple[Path, DataCatalog, bool]) -> None:
    root, catalog, shown = place
    for name in ("gold_customer_360", "gold_customer_profile", "silver_crm_users"):
        dataset = catalog.get(name)
        assert isinstance(dataset, DeltaTableDataset)
        assert seen(str(dataset.preview())) == shown, name
    query = "SELECT full_name, count(*) AS customers FROM customer_360 GROUP BY full_name"
    chart = ChartDataset(
        filepath=str(root / "Tables"), tables=["gold/customer_360"], query=query, title="Names", x="full_name",
        y="customers",
    )  # fmt: skip
    assert seen(str(chart.preview())) == shown


def test_steps_and_commands_with_an_engine(place: tuple[Path, DataCatalog, bool]) -> None:
    _, catalog, shown = place
    assert catalog.load("show_values") == shown, "gold/identity_review"
    assert shows_personal_values() == shown, "identity-diff"


def test_the_card_at_the_end_of_a_run(place: tuple[Path, DataCatalog, bool], spark: SparkSession) -> None:
    root, _, shown = place
    names = ("customer_360", "customer_profile", "customer_crosswalk", "customer_marketing_metrics",
             "customer_support_metrics")  # fmt: skip
    tables = {f"gold_{name}": DeltaTableDataset(filepath=str(root / "Tables/gold" / name)) for name in names}
    out = io.StringIO()
    print_customer(Console(file=out, width=120), tables, lakehouse="my lake")
    text = out.getvalue()
    assert seen(text) == shown
    assert f"Customer {ANN}" in text and "One customer, known to 4 systems" in text
    assert f"More: kedro customer {ANN} --lakehouse 'my lake'" in text
