from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.growth.__main__ import main
from benchmarks.growth.plan import Plan, why_not
from benchmarks.growth.report import as_markdown
from benchmarks.growth.results import Key, Measurements, Result, Skipped

MACHINE = {
    "measured_at": "2026-01-01T00:00+00:00", "processors": 2, "memory_mb": 24576, "system": "Linux x86_64",
    "python": "3.11.7", "packages": {"pysail": "0.7.2"}, "load_at_begin": 0.1,
}  # fmt: skip


def result(engine: str, customers: int, scenario: str, seconds: float, **more: object) -> Result:
    totals = {"posts": 1, "views": 2, "tickets": 3, "customers": customers}
    made = Result(
        Key(customers, engine, scenario), seconds, seconds / 2, 1000.0, {"clean": seconds / 4}, totals=totals
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def measurements() -> Measurements:
    return Measurements(
        MACHINE,
        [
            result("sail", 500, "full", 10.0), result("sail", 500, "full", 14.0), result("sail", 500, "full", 90.0),
            result("sail", 500, "changed", 7.0), result("sail", 5000, "full", 28.0),
            result("spark", 500, "full", 100.0, jobs={"clean": 7, "(between steps)": 2}),
            result("floor", 500, "full", 2.0), result("floor", 500, "changed", 2.0),
            result("spark", 500, "unchanged", 9.0, failure="exit code 1", last_lines="Out of memory"),
        ],
        [Skipped(Key(5000, "spark", "full"), "too many")],
    )  # fmt: skip


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def test_medians_and_ratios(measurements: Measurements) -> None:
    table = {tuple(row[:3]): row[3:] for row in rows(as_markdown(measurements)) if len(row) == 10}
    mb = "1,000 MB"
    assert table["500", "Sail", "full"] == ["14.0", "7.0", mb, "", "", "", "7.0 x / 7.0 x"]
    assert table["500", "Sail", "changed"] == ["7.0", "3.5", mb, "", "", "50 % / 50 %", "3.5 x / 3.5 x"]
    assert table["5,000", "Sail", "full"] == ["28.0", "14.0", mb, "", "2.0 x / 2.0 x (10 x)", "", ""]
    assert table["500", "JVM Spark", "full"] == ["100.0", "50.0", mb, "9", "", "", "50.0 x / 50.0 x"]
    assert ("500", "JVM Spark", "unchanged") not in table


def test_what_failed_and_what_was_not_run_is_told(measurements: Measurements) -> None:
    text = as_markdown(measurements)
    assert "500 customers, JVM Spark, unchanged: exit code 1" in text and "Out of memory" in text
    assert "5,000 customers, JVM Spark, full: too many" in text


def test_a_busy_machine_is_told_with_the_results(measurements: Measurements) -> None:
    assert "Idle but for the runs" in as_markdown(measurements)
    measurements.results[3] = replace(measurements.results[3], others=1.5)
    text = as_markdown(measurements)
    assert "**The machine was busy**: during 1 of 9 runs" in text and "| 7.0 * |" in text


def test_every_number_is_in_the_json(measurements: Measurements) -> None:
    written = json.loads(json.dumps(measurements.as_json()))
    assert [run["seconds"] for run in written["results"][:3]] == [10.0, 14.0, 90.0]
    assert written["results"][0]["key"] == {"customers": 500, "engine": "sail", "scenario": "full"}


def test_nothing_measured_is_a_report_too() -> None:
    assert "Whole runs" not in as_markdown(Measurements(MACHINE))


def test_jvm_spark_is_not_run_beyond_its_limit() -> None:
    plan = Plan((500,), ("spark",), spark_up_to=1000)
    assert "--spark-up-to" in why_not(Key(1001, "spark", "full"), plan)
    assert why_not(Key(1001, "sail", "full"), plan) == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--engines", "sail,flink"], "no such name: flink; there are sail, spark"),
        (["--scenarios", "changed"], "goes on from a full run"),
        (["--changed", "2"], "between 0 and 1"),
        (["--sizes", "0"], "1 or more"),
        (["--folder", "not/there"], "no such folder"),
    ],
)
def test_wrong_arguments_are_explained(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2 and said in capsys.readouterr().err
