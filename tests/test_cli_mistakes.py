"""What people mistype on the command line: one sentence, no traceback, and nothing is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from kedro.framework.startup import bootstrap_project
from pyspark.sql import SparkSession

from customer_360.cli.project import cli

THRESHOLD = "identity.thresholds.link"
MISTAKES = [
    (["run", "--pipelines", "ingestoin"], "There is no pipeline ingestoin. Did you mean 'ingestion'?"),
    (["run", "--pipeline", "gold"], "There is no pipeline gold."),
    (
        ["run", "--nodes", "link_record"],
        "--nodes: there is no step link_record. Did you mean 'link_records'?",
    ),
    (["run", "--tags", "golden"], "--tags: there is no tag golden. Did you mean 'gold'?"),
    (["run", "--env", "onelak"], "There is no environment 'onelak'"),
    (["run", "--conf-source", "nowhere"], "nowhere"),
    (["run", "--params", "sampel_customers=5"], "Did you mean 'sample_customers'?"),
    (
        ["run", "--params", f"{THRESHOLD}=2"],
        f"stopped: {THRESHOLD}: input should be less than 1 (given: 2).\n",
    ),
    (["run", "--params", f"{THRESHOLD}=high"], f"{THRESHOLD}: input should be a valid number"),
    (["run", "--params", "identity.thresholds=0.9"], "identity.thresholds: input should be"),
    (
        ["run", "--params", "identity.treshold.link=0.9"],
        "identity.treshold: there is no such setting. Did you mean 'thresholds'?",
    ),
    (["run", "--params", "identity=7"], "identity"),
    (["run", "--pipelines", "ingestion", "--params", f"{THRESHOLD}=2"], "less than 1"),
    (
        ["run", "--params", "metrics.top_tags=0"],
        "metrics.top_tags: input should be greater than or equal to 1",
    ),
    (["run", "--params", "linking.anchor=crmm"], "the anchor 'crmm' must be among them"),
    (["run", "--params", "sources=live"], "address is not given: crm_url and marketing_url"),
    (["run", "--params", "sources=live,crm_url=http://127.0.0.1:9"], "address is not given: marketing_url."),
    (["explain-link", "crm:1", "crm:2", "--env", "nope"], "There is no environment 'nope'"),
    (["explain-link", "crm:1"], "There is no table gold_identity_events in"),
    (["identity-diff"], "There are no customers yet"),
    (["identity-diff", "--env", "nope"], "There is no environment 'nope'"),
    (["identity-diff", "--params", "identiti.x=1"], "Did you mean 'identity'?"),
    (["identity-diff", "--params", f"{THRESHOLD}=2"], f"{THRESHOLD}: input should be less than 1"),
    (["resolve", "{bad}", "-o", "{out}"], "bad.parquet is not a Parquet file, or is damaged"),
    (["resolve", "{text}", "-o", "{out}"], "text.parquet is not a Parquet file, or is damaged"),
    (["resolve", "{absent}", "-o", "{out}"], "does not exist"),
    (["resolve", "{folder}", "-o", "{out}"], "is a folder without a Parquet file. Name a file"),
    (["resolve", "{mixed}", "-o", "{out}"], "holds more than Parquet files (people.csv)"),
    (["resolve", "{bad}", "-o", "{out}", "--env", "nope"], "There is no environment 'nope'"),
    (["resolve", "{people}", "-o", "{out}", "--engine", "duck"], "duck"),
]


def called(project: Path, arguments: list[str], folder: Path) -> Result:
    bootstrap_project(project)
    (folder / "empty").mkdir(exist_ok=True)
    (folder / "bad.parquet").write_bytes(b"PAR1 but nothing of the kind PAR1")
    (folder / "text.parquet").write_text("source,key,email\na,1,a@example.org\n")
    (folder / "people.csv").write_text("source,key,email\na,1,a@example.org\n")
    (folder / "mixed.csv").mkdir(exist_ok=True)  # as engines call the folders that they write
    (folder / "mixed.csv" / "people.csv").write_text("source,key,email\na,1,a@example.org\n")
    names = {name: folder / f"{name}.parquet" for name in ("bad", "text", "absent", "out")}
    names |= {"folder": folder / "empty", "people": folder / "people.csv", "mixed": folder / "mixed.csv"}
    given = [argument.format(**names) for argument in arguments]
    lakehouse = str(folder / "lakehouse")
    if given[0] == "run":
        if "--params" in given:
            given[given.index("--params") + 1] += f",lakehouse={lakehouse}"
        else:
            given += ["--params", f"lakehouse={lakehouse}"]
    elif given[0] != "resolve":
        given += ["--lakehouse", lakehouse]
    before = Path.cwd()
    os.chdir(project)
    try:
        return CliRunner().invoke(cli, given)
    finally:
        os.chdir(before)


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(a) for a, _ in MISTAKES])
def test_a_mistake_is_told_in_one_message(
    spark: SparkSession, project: Path, tmp_path: Path, arguments: list[str], message: str
) -> None:
    result = called(project, arguments, tmp_path)
    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit), f"a traceback of {result.exception!r}"
    assert message in result.output
    assert "Traceback" not in result.output
    assert "pydantic" not in result.output
    assert not (tmp_path / "lakehouse" / "Tables").exists()
    assert not (tmp_path / "out.parquet").exists()


def test_a_sample_in_a_lakehouse_of_its_own_is_found(project: Path, tmp_path: Path) -> None:
    (tmp_path / "lakehouse-60-7" / "Tables").mkdir(parents=True)
    result = called(project, ["explain-link", "crm:1", "crm:2"], tmp_path)
    assert f"There is no table gold_identity_links in {tmp_path / 'lakehouse'} yet" in result.output
    assert f"There are other lakehouses: --lakehouse {tmp_path / 'lakehouse'}-60-7." in result.output


VERBOSE = [
    ["run", "--env", "onelak"],
    ["customer", "crm:1"],
    ["sql", "SELECT 1 FROM gold.nothing"],
    ["explain-link", "crm:1"],
    ["explain-link", "crm:1", "crm:2", "--env", "nope"],
    ["identity-diff", "--params", "identiti.x=1"],
    ["resolve", "{bad}", "-o", "{out}"],
]


@pytest.mark.parametrize("arguments", VERBOSE, ids=[" ".join(arguments) for arguments in VERBOSE])
def test_verbose_shows_the_traceback(
    spark: SparkSession, project: Path, tmp_path: Path, arguments: list[str]
) -> None:
    brief = called(project, arguments, tmp_path)
    assert (brief.exit_code, "Traceback" in brief.output) == (1, False)
    result = called(project, [*arguments, "--verbose"], tmp_path)
    assert result.exit_code == 1
    if arguments[0] == "run":  # Kedro's own way: what was raised, which Python shows
        assert result.exception is not None and not isinstance(result.exception, SystemExit)
    else:
        assert "Traceback" in result.output
        assert brief.output.strip().splitlines()[-1] in result.output
