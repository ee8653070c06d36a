from __future__ import annotations

import json
from pathlib import Path

import pytest
from kedro.pipeline import node
from rich.console import Console

from benchmarks.growth.spark_jobs import configure_event_log, job_times, jobs_by_step
from benchmarks.growth.steps import BEFORE, BEHIND, BETWEEN, Step, seconds_by_step, step_at, steps_of
from customer_360.console import ConsoleHooks

LINES = [
    (100.0, "customer_360: 3 steps on engine sail, reading live systems"),
    (103.0, "  ✓  1/3 ingest_crm_users              2.0 s"),
    (103.5, "    crm_users: 2,000 of 3,000 records"),
    (106.0, "  ok 2/3 clean_crm_users               1.5 s"),
    (106.5, "  ✗ customer_360 failed"),
    (110.0, "  ✓ 30/30 customer_360                  4.0 s"),
    (112.0, "Done in 11.0 s on sail."),
]


def test_steps_are_the_lines_that_say_so() -> None:
    assert steps_of(LINES) == [
        Step("ingest_crm_users", 2.0, 103.0), Step("clean_crm_users", 1.5, 106.0), Step("customer_360", 4.0, 110.0),
    ]  # fmt: skip


def test_all_of_the_time_of_a_process_is_somewhere() -> None:
    times = seconds_by_step(steps_of(LINES), began=97.0, seconds=16.0)
    assert times == {
        "ingest_crm_users": 2.0, "clean_crm_users": 1.5, "customer_360": 4.0,
        BEFORE: 4.0, BETWEEN: pytest.approx(1.5), BEHIND: 3.0,
    }  # fmt: skip
    assert seconds_by_step([], began=97.0, seconds=16.0) == {}


@pytest.mark.parametrize(
    ("time", "name"),
    [
        (99.0, BEFORE), (100.95, "ingest_crm_users"), (102.0, "ingest_crm_users"), (103.7, BETWEEN),
        (105.0, "clean_crm_users"), (109.9, "customer_360"), (111.0, BEHIND),
    ],
)  # fmt: skip
def test_which_step_was_at_work(time: float, name: str) -> None:
    assert step_at(time, steps_of(LINES)) == name
    assert step_at(time, []) == BEFORE


def test_the_console_still_prints_such_lines(tmp_path: Path) -> None:
    """The benchmark reads what people read."""
    with (tmp_path / "out").open("w+", encoding="utf-8") as out:
        hooks = ConsoleHooks(Console(file=out, width=200))
        step = node(lambda: 1, inputs=None, outputs="silver_crm_users", name="clean_crm_users")
        hooks.before_dataset_loaded(step)
        hooks.after_dataset_saved("silver_crm_users", step)
        out.seek(0)
        assert [step.name for step in steps_of((0.0, line.rstrip("\n")) for line in out)] == [
            "clean_crm_users"
        ]


def test_spark_jobs_are_counted_by_the_step_that_started_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "spark-defaults.conf").write_text("spark.executor.memory 1g")
    monkeypatch.setenv("SPARK_CONF_DIR", str(given))
    options = (
        Path(configure_event_log(tmp_path)["SPARK_CONF_DIR"], "spark-defaults.conf").read_text().splitlines()
    )
    assert options[0] == "spark.executor.memory 1g" and "spark.eventLog.enabled true" in options
    events = [
        {"Event": "SparkListenerApplicationStart"},
        *(
            {"Event": "SparkListenerJobStart", "Job ID": number, "Submission Time": time}
            for number, time in STARTED
        ),
    ]
    text = "\n".join(json.dumps(event, separators=(",", ":")) for event in events)
    (tmp_path / "events" / "local-1").write_text(text)
    times = job_times(tmp_path)
    assert times == [99.0, 102.0, 102.5, 105.0, 105.0]
    assert jobs_by_step(times, steps_of(LINES)) == {BEFORE: 1, "ingest_crm_users": 2, "clean_crm_users": 2}


STARTED = [(0, 99_000), (1, 102_000), (2, 102_500), (4, 105_000)]  # the log lost number 3
