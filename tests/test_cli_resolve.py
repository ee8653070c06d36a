"""``kedro resolve`` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.runs import PROJECT, kedro

from customer_360.cli_resolve import resolve_file

RECORDS = pd.DataFrame(
    {
        "source": "shop",
        "key": [str(n) for n in range(6)],
        "given_name": ["Anna", "Ana", "Bernd", "Clara", "Clara", "David"],
        "family_name": ["Waldmann", "Waldmann", "Berger", "Lindau", "Lindau", "Horning"],
        "birth_date": ["1980-02-03", "1980-02-03", "1971-01-09", "1990-12-24", "1990-12-24", "1966-06-06"],
        "email": ["anna.waldmann@x.io", "anna.waldmann@x.io", "b@y.io", "clara@z.io", "clara@z.io", None],
        "colour": "red",
    }
)


def resolve(*arguments: str) -> Result:
    """`kedro resolve` in this process, with its engine."""
    bootstrap_project(PROJECT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(PROJECT)
        return CliRunner().invoke(resolve_file, arguments)


@pytest.mark.long  # the same in this process: the next one
def test_a_process(tmp_path: Path) -> None:
    path, output = tmp_path / "people.csv", tmp_path / "clusters.csv"
    RECORDS.to_csv(path, index=False)
    result = kedro("resolve", str(path), "-o", str(output))
    assert result.returncode == 0, result.stderr
    check(result.stdout, pd.read_csv(output, dtype={"key": str}))


def test_a_file_of_persons(spark: SparkSession, tmp_path: Path) -> None:
    path, output = tmp_path / "people.csv", tmp_path / "clusters.csv"
    RECORDS.to_csv(path, index=False)
    result = resolve(str(path), "-o", str(output))
    assert result.exit_code == 0, result.output
    check(result.output, pd.read_csv(output, dtype={"key": str}))


def test_a_parquet_file_of_persons(spark: SparkSession, tmp_path: Path) -> None:
    path, output = tmp_path / "people.parquet", tmp_path / "clusters.parquet"
    RECORDS.to_parquet(path)
    result = resolve(str(path), "-o", str(output))
    assert result.exit_code == 0, result.output
    check(result.output, pd.read_parquet(output))


def check(said: str, found: pd.DataFrame) -> None:
    assert "6 records are 4 persons" in said and "ignoring colour" in said
    assert list(found.columns) == ["source", "key", "cluster_id", "confidence"]
    groups = found.groupby("cluster_id")["key"].apply(lambda keys: "".join(sorted(keys)))
    assert sorted(groups) == ["01", "2", "34", "5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.drop(columns="key"), "must have the columns source and key"),
        (lambda d: d.assign(key="1"), "name each record once"),
        (lambda d: d.assign(key=["1", "2", None, "4", "5", "6"]), "1 records have no key"),
        (lambda d: d[["source", "key", "colour"]], "at least one of given_name"),
        (lambda d: d[:0], "has no records"),
        (lambda d: d.assign(**{"E-Mail": d.email}), "'email' and 'E-Mail' may both be email"),
    ],
)
def test_mistakes(spark: SparkSession, change: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    change(RECORDS).to_csv(path, index=False)  # type: ignore[operator]
    result = resolve(str(path), "-o", str(tmp_path / "clusters.csv"))
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert message in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


@pytest.mark.parametrize("command", [("--map", "email"), ("--map", "email=Nobody"), ("--map", "mail=email")])
def test_what_the_user_says_is_checked(command: tuple[str, ...], tmp_path: Path) -> None:
    RECORDS.to_csv(tmp_path / "people.csv", index=False)
    result = resolve(str(tmp_path / "people.csv"), "-o", str(tmp_path / "clusters.csv"), *command)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert "--map" in result.output or "no column" in result.output


ODD = RECORDS.rename(
    columns={
        "key": "ID",
        "given_name": "First Name",
        "family_name": "Surname",
        "birth_date": "DOB",
        "email": "Contact",
    }
).assign(Street=['5 "Old Mill"\nTop floor, left', "5 Old Mill, Top floor left", "a\\", "b", "b", "c"])


def resolve_odd(folder: Path, engine: str) -> tuple[str, list[str]]:
    """An odd file by name, form and header; what was said, and the groups of keys."""
    path, output = folder / "люди [1] 100%20 #.csv", folder / f"кто [1] {engine}.csv"
    ODD.drop(columns="source").to_csv(path, index=False, sep=";", encoding="utf-16")
    said = ("--source", "shop", "--map", "email=Contact", "--ignore", "colour", "--engine", engine)
    if engine == "sail":
        result = resolve(str(path), "-o", str(output), *said)
        assert result.exit_code == 0, result.output
        text = result.output
    else:
        process = kedro("resolve", str(path), "-o", str(output), *said, PYTHONIOENCODING="cp1252")
        assert process.returncode == 0, process.stderr
        text = process.stdout
    found = pd.read_csv(output, dtype={"key": str})
    assert set(found["source"]) == {"shop"}
    return text, sorted(found.groupby("cluster_id")["key"].apply(lambda keys: "".join(sorted(keys))))


def test_an_odd_file(spark: SparkSession, tmp_path: Path) -> None:
    said, groups = resolve_odd(tmp_path, "sail")
    assert groups == ["01", "2", "34", "5"]
    renamed = (
        "ID as key, First Name as given_name, Surname as family_name, DOB as birth_date, Contact as email"
    )
    assert f"reading {renamed}" in said and "ignoring colour" in said and "separated by semicolons" in said


@pytest.mark.jvm
def test_both_engines_read_the_same(tmp_path: Path) -> None:
    assert resolve_odd(tmp_path, "spark")[1] == ["01", "2", "34", "5"]
