"""`kedro sql`, as people type it, over a small lakehouse."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support.odd_lakehouse import write_odd_lakehouse

from customer_360.cli.project import cli
from customer_360.engine.session import running_engine

Sql = Callable[..., Result]
QUERY = "SELECT customer_id, full_name FROM gold.customer_360 ORDER BY 1"


@pytest.fixture(scope="module")
def odd_lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_odd_lakehouse(tmp_path_factory.mktemp("cli_sql"))


@pytest.fixture
def sql(project: Path, odd_lakehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Sql:
    monkeypatch.chdir(project)

    def call(*arguments: str, given: str | None = None) -> Result:
        command = ["sql", *arguments, "--lakehouse", str(odd_lakehouse)]
        return CliRunner().invoke(cli, command, input=given)

    return call


def test_a_table_csv_and_json(sql: Sql, tmp_path: Path) -> None:
    before = running_engine()
    printed = sql(QUERY)
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.splitlines()[2] == "C1           Ann Ö"
    assert sql("-", given=f"{QUERY};\n").stdout == printed.stdout
    assert json.loads(sql(QUERY, "--format", "json").stdout)[0] == {"customer_id": "C1", "full_name": "Ann Ö"}
    target = tmp_path / "out.csv"
    target.write_text("before")
    written = sql(QUERY, "-o", str(target))
    assert (written.exit_code, written.stdout) == (0, ""), written.output
    with target.open(encoding="utf-8", newline="") as file:
        assert [row["customer_id"] for row in csv.DictReader(file)] == ["C1", "C2", "C3"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert "gold.customer_360" in sql().stdout
    assert running_engine() == before, "a query starts no engine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([QUERY, "-o", "out.txt"], "out.txt: the name must end in .csv or .json, or say --format."),
        ([QUERY, "-o", "nowhere/out.csv"], "nowhere/out.csv cannot be written: No such file or directory."),
        (["SELECT * FROM gold.customer"], "There is no table gold.customer. Did you mean gold.customer_360?"),
        (["DROP TABLE x"], "DROP is refused: a query only reads."),
    ],
)
def test_a_mistake_is_one_message(sql: Sql, arguments: list[str], message: str) -> None:
    result = sql(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [["sql"], ["explain-link", "crm:1", "erp:2"]])
def test_an_empty_lakehouse_is_not_taken_for_the_configured_one(
    project: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(project)
    result = CliRunner().invoke(cli, [*command, "--lakehouse", ""])
    assert result.exit_code == 1
    assert "lakehouse= is empty" in result.stderr


def test_onelake_says_what_it_needs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    for name in ("ONELAKE_WORKSPACE", "ONELAKE_LAKEHOUSE"):
        monkeypatch.delenv(name, raising=False)
    result = CliRunner().invoke(cli, ["sql", QUERY, "--env", "onelake"])
    assert result.exit_code == 1
    assert "ONELAKE_WORKSPACE and ONELAKE_LAKEHOUSE not set" in result.stderr
