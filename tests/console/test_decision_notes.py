"""Rows of the decision file that are not obeyed, from the file to the sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from enrichment_frames import crosswalk, linking, silver
from kedro.io import DataCatalog, MemoryDataset
from pyspark.sql import SparkSession

from customer_360.console.decision_notes import MAX_LINES, DecisionHooks, checked_lines, obeyed_lines
from customer_360.datasets.file_source import FileSourceDataset
from customer_360.engine import DerivedTables
from customer_360.pipelines.enrichment.registry_nodes import check_decisions
from customer_360.schemas import IDENTITY_DECISIONS

HEADER = "decision,left_source,left_key,right_source,right_key,decided_by,decided_at,reason\n"
GOOD = "different,crm,1,crm,2,ann,2026-03-01,"


@pytest.fixture(scope="module")
def sources(spark: SparkSession) -> dict[str, Any]:
    crm = [{"source_key": key, "given_name": "Ann"} for key in ("1", "2", "3")]
    return silver(spark, crm=crm, erp=[], marketing=[{"source_key": "5", "user_key": "1"}], support=[])


def checked(spark: SparkSession, sources: dict[str, Any], folder: Path, *rows: str) -> DataCatalog:
    """A catalog with the file, and the table that the step makes of it."""
    file = folder / "identity_decisions.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    source = FileSourceDataset(
        filepath=str(file), format="csv", staging=str(folder / "staging"), blocked_fields=(), number_lines=True,
        columns=HEADER.strip().split(","), quiet_seconds=0,
    )  # fmt: skip
    given = {
        "before": spark.createDataFrame([], IDENTITY_DECISIONS.ddl),
        "tables": DerivedTables(str(folder)),
    }
    table = check_decisions(linking(), decision_rows=source.load(), sources=(), **given, **sources).rows
    owners = crosswalk(spark, ("A", "crm", "1"), ("A", "crm", "2"), ("B", "crm", "3"))
    tables = {"gold_identity_decisions": table, "gold_customer_crosswalk": owners}
    frames = {name: MemoryDataset(frame, copy_mode="assign") for name, frame in tables.items()}
    return DataCatalog({"identity_decisions_source": source, **frames})


ROWS = {
    "sam,crm,1,crm,2,,,": "the decision 'sam' is not same or different; did you mean same?",
    ",crm,1,crm,2,,,": "no decision; it must be same or different",
    "same,crm,1,crm,99,,,": "there is no record crm 99; write source and source_key as they are in silver",
    "same,crm,1,shop,2,,,": "there is no source shop; the sources are crm, erp, marketing, support",
    "same,crm,1,crm,1,,,": "both sides are the same record",
    "same,crm,1,crm,,,,": "right_key is blank",
    "same,crm,1,crm,3,,yesterday,": "decided_at is not a date or time such as 2026-03-01",
    "same,crm,1": "the row has too few or too many fields",
    "same,crm,1,marketing,5,,,": "records of marketing are not compared, but linked by post_author; decide about",
    "same,crm,1,crm,2,ann,2026-02-01,": "a later row decides about the same two records (line 2)",
}


def test_each_bad_row_is_told_with_its_line_and_the_good_one_is_obeyed(
    spark: SparkSession, sources: dict[str, Any], tmp_path: Path
) -> None:
    catalog = checked(spark, sources, tmp_path, GOOD, *ROWS)
    heading, *lines = checked_lines(catalog)
    assert heading == f"Decisions that are not obeyed: 10 of 11 rows of {tmp_path}/identity_decisions.csv"
    for number, (line, problem) in enumerate(zip(lines, ROWS.values(), strict=True), start=3):
        assert line.startswith(f"  line {number}: {problem}")
    said: list[str] = []
    hooks = DecisionHooks(said.append)
    hooks.before_pipeline_run(catalog)
    hooks.after_dataset_saved("gold_run_report")
    assert said == []
    hooks.after_dataset_saved("gold_identity_decisions")
    assert said == [heading, *lines]


def test_what_counts_and_was_not_followed_is_told_at_the_end(
    spark: SparkSession, sources: dict[str, Any], tmp_path: Path
) -> None:
    catalog = checked(spark, sources, tmp_path, "same,crm,1,crm,3,,,", GOOD, "different,crm,2,crm,3,,,")
    assert checked_lines(catalog) == []
    assert obeyed_lines(catalog)[1:] == [
        "  line 2: the records are not one customer: A and B (rules keep them apart)",
        "  line 3: both records belong to customer A",
    ]


def test_nothing_is_said_where_all_is_good(
    spark: SparkSession, sources: dict[str, Any], tmp_path: Path
) -> None:
    for rows in ([], ["different,crm,1,crm,3,,,"]):
        catalog = checked(spark, sources, tmp_path, *rows)
        assert (checked_lines(catalog), obeyed_lines(catalog)) == ([], [])


def test_many_bad_rows_are_counted(spark: SparkSession, sources: dict[str, Any], tmp_path: Path) -> None:
    catalog = checked(spark, sources, tmp_path, *[f"no,crm,{n},crm,2,,," for n in range(MAX_LINES + 5)])
    assert checked_lines(catalog)[-1] == "  and 5 more: column problem of gold/identity_decisions"
