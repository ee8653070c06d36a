from __future__ import annotations

from pathlib import Path

from support.sample import SampleRun

from benchmarks.growth.expected import Totals
from benchmarks.growth.machine import watched_machine
from benchmarks.growth.results import Key, Result
from benchmarks.growth.runs import checked, reported_totals


def test_totals_of_a_run_are_in_its_report(sample_run: SampleRun) -> None:
    totals = reported_totals(Path(sample_run.lakehouse))
    assert set(totals) == {"posts", "views", "tickets", "customers"}
    assert min(totals.values()) > 100


def test_a_run_with_other_totals_than_its_sources_has_failed() -> None:
    result = Result(Key(500, "sail", "full"), 1.0, 1.0, 1.0)
    made = {"posts": 6, "views": 9, "tickets": 7, "customers": 5}
    names = ("posts", "views", "tickets")
    assert checked(result, made, Totals(posts=6, views=9, tickets=7, customers=8), names).failure == ""
    failure = checked(result, made, Totals(posts=6, views=1000, tickets=7, customers=5), names).failure
    assert failure == "views: 9 in its tables, 1,000 in the sources"


def test_what_others_do_is_what_is_not_ours() -> None:
    with watched_machine() as meanwhile:
        sum(range(3_000_000))  # of this process, so not counted
    assert meanwhile.load >= 0
    meanwhile.busy_seconds = 30.0
    assert meanwhile.others(own_cpu_seconds=10.0, seconds=40.0) == 0.5
    assert meanwhile.others(own_cpu_seconds=50.0, seconds=40.0) == 0.0
