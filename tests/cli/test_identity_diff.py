"""`kedro identity-diff`, over a lakehouse as a run leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pyspark.sql import SparkSession
from support.runs import read
from support.sample import SampleRun

from customer_360.cli.project import cli


@pytest.fixture
def lakehouse(spark: SparkSession, sample_run: SampleRun) -> Path:
    return sample_run.lakehouse


def diff(project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.chdir(project)
    return CliRunner().invoke(cli, ["identity-diff", *arguments, "--lakehouse", str(lakehouse)])


def files(root: Path) -> set[tuple[str, int]]:
    return {(str(path), path.stat().st_mtime_ns) for path in root.rglob("*")}


def test_the_same_model_changes_nothing(
    spark: SparkSession, project: Path, lakehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crosswalk = read(spark, lakehouse, "gold/customer_crosswalk")
    customers = crosswalk.select("customer_id").distinct().count()
    result = diff(project, lakehouse, monkeypatch)
    assert result.exit_code == 0, result.output
    heading, unchanged, *rest = result.output.splitlines()
    assert heading == f"Customers: {customers} today, {customers} then."
    assert unchanged.split()[:5] == [
        "unchanged",
        str(customers),
        "customers",
        str(crosswalk.count()),
        "records",
    ]
    assert rest == ["", "Nothing was written."]


def test_a_changed_model(
    spark: SparkSession, project: Path, lakehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file takes the rule away that links posts; --params count more than the file."""
    model = tmp_path / "model.yml"
    model.write_text("identity: {thresholds: {link: 0.5}}\nlinking: {rules: []}\n")
    before = files(lakehouse)
    result = diff(
        project, lakehouse, monkeypatch, "--model", str(model), "--params", "identity.thresholds.link=0.9999",
        "--mask-values",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert files(lakehouse) == before
    lines = result.output.splitlines()
    kinds = {line.split()[0] for line in lines if " customers " in line and " records " in line}
    assert {"split", "shrunk"} <= kinds
    posts = [line for line in lines if line.startswith("    marketing:")]
    assert posts, "without its rule, every post goes to nobody"
    for row in read(spark, lakehouse, "silver/crm_users").select("email", "phone").collect():
        assert not any(value in result.output for value in row if value)


def test_before_the_first_run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = diff(project, tmp_path, monkeypatch)
    assert result.exit_code == 1
    where = tmp_path / "Tables" / "gold" / "customer_crosswalk"
    assert f"no customers yet to compare with: no table at {where}. kedro run writes it" in result.output
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("identity: {threshold: {link: 0.9}}", "threshold"),
        ("thresholds: {link: 0.9}", "under identity or linking; it has: thresholds"),
        ("[1]", "it has: nothing of the kind"),
        ("a: [", "is not valid YAML"),
    ],
)
def test_mistakes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    model = tmp_path / "model.yml"
    model.write_text(text)
    result = diff(project, tmp_path, monkeypatch, "--model", str(model))
    assert (result.exit_code, message in result.output) == (1, True), result.output
