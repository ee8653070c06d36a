"""`kedro customer`, over tables as the pipelines write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from support import small_lakehouse
from support.small_lakehouse import ANN, OLD

from customer_360.cli.project import cli


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_lakehouse.write(tmp_path_factory.mktemp("customer"))


def ask(lakehouse: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["customer", *arguments, "--lakehouse", str(lakehouse)])


@pytest.fixture(autouse=True)
def in_the_project(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (
            [OLD, "--show-values"],
            0,
            [f"Customer {ANN}: Ann Lee", f"{OLD} has become part", "kedro explain-link C"],
        ),
        (["ann", "lee"], 0, [f"Customer {ANN}: A••••••"]),
        (["Ana Lee"], 3, ["No customer has the name Ana Lee.", "Close:", "A••••••"]),
        (["nobody"], 3, ["No customer has the name nobody.", "Ask by customer id, by record (crm:12)"]),
        (["erp:6"], 3, ["No customer has the record erp:6. The record is in quarantine: malformed."]),
    ],
)
def test_answers(lakehouse: Path, arguments: list[str], status: int, words: list[str]) -> None:
    result = ask(lakehouse, *arguments)
    assert result.exit_code == status, result.output
    for text in words:
        assert text in result.output
    assert f"--lakehouse {lakehouse}" in result.output or status == 3


def test_json_for_programs(lakehouse: Path) -> None:
    found = ask(lakehouse, "crm:1", "--json", "--show-values")
    data = json.loads(found.output)
    assert (found.exit_code, data["status"], data["customer_id"]) == (0, "found", ANN)
    nobody = ask(lakehouse, "Ana Lee", "--json")
    data = json.loads(nobody.output)
    assert (nobody.exit_code, data["status"], len(data["close"])) == (3, "nobody", 2)


def test_several_of_one_name(tmp_path: Path) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    names = {"given_name": "Ann", "family_name": "Lee", "full_name": "Ann Lee", "email": None}
    rows = [{"customer_id": name, **names} for name in ("C2", "C1")]
    write_deltalake(str(tmp_path / "Tables/gold/customer_360"), pa.Table.from_pylist(rows))
    result = ask(tmp_path, "ann lee", "--show-values")
    assert result.exit_code == 4
    assert (
        "2 customers have the name ann lee:\n  C1  Ann Lee\n  C2  Ann Lee\nShow one: kedro customer ID"
        in result.output
    )


def test_before_the_first_run(tmp_path: Path) -> None:
    result = ask(tmp_path, "Ann Lee")
    assert (result.exit_code, "kedro run makes them" in result.output) == (1, True)
