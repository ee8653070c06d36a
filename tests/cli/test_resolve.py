"""``kedro resolve`` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession
from support.runs import PROJECT, kedro

from customer_360.cli.project import cli

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
        return CliRunner().invoke(cli, ["resolve", *arguments])


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


def everything(folder: Path, engine: str) -> list[str]:
    """Options that ask for every file."""
    names = {"--golden": "golden.json", "--pairs": "pairs.csv", "--report": "report.html"}
    files = [part for option, name in names.items() for part in (option, str(folder / name))]
    return ["-o", str(folder / "clusters.csv"), *files, "--engine", engine]


def check_everything(folder: Path) -> None:
    clusters = pd.read_csv(folder / "clusters.csv", dtype={"key": str})
    groups = clusters.groupby("cluster_id")["key"].apply(lambda keys: "".join(sorted(keys)))
    golden = pd.read_json(folder / "golden.json", dtype=False).set_index("cluster_id")
    assert list(golden.columns) == ["record_count", *[c for c in RECORDS.columns[2:] if c != "colour"]]
    shown = {groups[cluster]: list(row)[:4] for cluster, row in golden.iterrows()}
    assert shown["01"] == [2, "Anna", "Waldmann", "1980-02-03"]
    assert shown["5"] == [1, "David", "Horning", "1966-06-06"]
    pairs = pd.read_csv(folder / "pairs.csv", dtype={"left_key": str, "right_key": str})
    assert pairs["match_weight"].is_monotonic_decreasing
    linked = pairs[pairs["same_cluster"]]
    assert set(zip(linked["left_key"], linked["right_key"], strict=True)) == {("0", "1"), ("3", "4")}
    bits = [name for name in pairs.columns if name.startswith(("bits_", "before_"))]
    assert linked[bits].sum(axis=1).to_list() == pytest.approx(linked["match_weight"].to_list())
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "crm" not in page and "shop:0" in page and "waldmann" not in page.lower() and "•" in page


def test_all_results_of_an_excel_file(spark: SparkSession, tmp_path: Path) -> None:
    RECORDS.assign(birth_date=pd.to_datetime(RECORDS["birth_date"])).to_excel(
        tmp_path / "people.xlsx", index=False
    )
    result = resolve(str(tmp_path / "people.xlsx"), *everything(tmp_path, "sail"))
    assert result.exit_code == 0, result.output
    assert "reading the sheet 'Sheet1'" in result.output and "pairs.csv and" in result.output
    check_everything(tmp_path)


@pytest.mark.jvm
def test_all_results_on_jvm_spark(tmp_path: Path) -> None:
    RECORDS.to_excel(tmp_path / "people.xlsx", index=False)
    process = kedro("resolve", str(tmp_path / "people.xlsx"), *everything(tmp_path, "spark"))
    assert process.returncode == 0, process.stderr
    check_everything(tmp_path)


@pytest.mark.parametrize(
    ("option", "name", "message"),
    [
        ("--golden", "out.csv", "name the same file"),
        ("--report", "page.pdf", "must end in .html"),
        ("--pairs", "people.csv", "is the file that is read"),
    ],
)
def test_results_that_cannot_be_written_are_refused_before_the_work(
    option: str, name: str, message: str, tmp_path: Path
) -> None:
    RECORDS.to_csv(tmp_path / "people.csv", index=False)
    command = (str(tmp_path / "people.csv"), "-o", str(tmp_path / "out.csv"), option, str(tmp_path / name))
    result = resolve(*command)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit)
    assert message in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def check(said: str, found: pd.DataFrame) -> None:
    assert "6 records are 4 persons" in said and "ignoring colour" in said
    assert list(found.columns) == ["source", "key", "cluster_id", "confidence"]
    groups = found.groupby("cluster_id")["key"].apply(lambda keys: "".join(sorted(keys)))
    assert sorted(groups) == ["01", "2", "34", "5"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.drop(columns="key"), "must have the columns source and key"),
        (lambda d: d.assign(key="1"), "identify each record"),
        (lambda d: d.assign(key=["1", "2", None, "4", "5", "6"]), "1 record has no key"),
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


@pytest.mark.parametrize(
    ("content", "hinted"),
    [
        ("source,key,given_name\nshop,1,Zoë\n".encode("cp1252"), True),
        (b'source,key,"given_name\nshop,1,Anna\n', False),  # no header that can be read
    ],
)
def test_the_setting_is_told_where_the_encoding_is_wrong_whatever_the_file_is_called(
    tmp_path: Path, content: bytes, hinted: bool
) -> None:
    path = tmp_path / "set `encoding` doesn't exist 500.csv"
    path.write_bytes(content)
    result = resolve(str(path), "-o", str(tmp_path / "clusters.csv"))
    assert result.exit_code == 1, result.output
    assert ("the setting is --encoding" in result.output) == hinted
