"""Sources that are asked for changes only: bronze is what it would be had they been asked for all."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyspark.sql import SparkSession
from support.asked_source import AskedSource

from customer_360.sample_sources.api import LoopbackApi

MORNING = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
ASKED = {"parameter": "updated_since", "field": "updatedAt"}


def at(minute: float) -> str:
    return (MORNING + timedelta(minutes=minute)).isoformat().replace("+00:00", "Z")


class Members:
    """A REST API over records that tests change."""

    def __init__(self, folder: Path) -> None:
        self.rows: dict[int, dict[str, Any]] = {}
        self._file, self._api = folder / "members.json", None
        self._file.write_text("[]")
        self._api = LoopbackApi({"members": self._file}, rate_limit=None).start()

    def put(self, key: int, name: str, changed: Any, **more: Any) -> None:
        self.rows[key] = {"id": key, "name": name, "updatedAt": changed, **more}

    def served(self) -> dict[str, Any]:
        assert self._api is not None
        self._file.write_text(json.dumps(list(self.rows.values())))
        self._api.serve({"members": self._file})
        place = {
            "base_url": self._api.url,
            "resource": "members",
            "pagination": {"style": "offset", "page_size": 3},
        }
        return {"type": "rest", **place}

    def expected(self) -> dict[int, dict[str, Any]]:
        return {key: {"id": key, "name": row["name"]} for key, row in self.rows.items()}

    def stop(self) -> None:
        assert self._api is not None
        self._api.stop()


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Members]:
    api = Members(tmp_path)
    for key in range(1, 6):
        api.put(key, "A", at(key))
    yield api
    api.stop()


@pytest.fixture
def source(spark: SparkSession, members: Members, tmp_path: Path) -> AskedSource:
    return AskedSource(spark, tmp_path / "lakehouse", **{"from": members.served()}, incremental=ASKED)


def test_a_second_run_asks_for_changes_only(source: AskedSource, members: Members) -> None:
    assert source.run() == "asked for all (5 records): nothing is known of an earlier pull"
    assert source.records() == members.expected()
    members.put(2, "B", at(60))
    members.put(9, "New", at(61))
    source.said["from"] = members.served()
    assert source.run() == (
        "asked for changes since 2026-01-05 08:00 UTC (6 records); every 20th run asks for all"
    )
    assert not source.pull.is_complete
    assert source.run() == (
        "asked for changes since 2026-01-05 08:56 UTC (2 records); every 20th run asks for all"
    )
    assert source.records() == members.expected()
    assert [row for row in source.log() if row[0] != "r1"] == [("r2", "2", "update"), ("r2", "9", "insert")]


@pytest.mark.parametrize("style", ["page", "cursor", "link"])
def test_every_way_to_page_is_asked_for_changes(source: AskedSource, members: Members, style: str) -> None:
    def served() -> dict[str, Any]:
        place = {**members.served(), "resource": f"{style}/members", "total_key": None}
        return place | {"pagination": {"style": style, "page_size": 2}}

    source.said["from"] = served()
    source.run()
    for key in range(2, 6):
        members.put(key, "B", at(60 + key))
    source.said["from"] = served()
    assert "(4 records)" in (source.run(), source.run())[1]
    assert source.records() == members.expected()


def test_what_is_gone_is_seen_by_a_full_pull_only(source: AskedSource, members: Members) -> None:
    source.said["incremental"] = {**ASKED, "full_every": 3}
    source.run()
    del members.rows[1]
    source.said["from"] = members.served()
    for _ in range(2):
        assert "asked for changes" in source.run()
        assert 1 in source.records()
    assert source.run() == "asked for all (4 records): every 3rd run does"
    assert source.records() == members.expected()
    assert "asked for changes" in source.run()


def test_a_run_may_be_told_to_ask_for_all(source: AskedSource, members: Members) -> None:
    source.run()
    del members.rows[1]
    source.said["from"] = members.served()
    assert source.run(full_pull=True) == "asked for all (4 records): this run was told to (full_pull)"
    assert source.records() == members.expected()


def test_a_record_that_says_it_is_deleted_is(source: AskedSource, members: Members) -> None:
    source.said["deleted_field"] = "deleted"
    source.run()
    members.put(3, "A", at(60), deleted=True)
    members.put(7, "A", at(60), deleted=True)  # nobody knew it
    source.said["from"] = members.served()
    assert "asked for changes" in source.run()
    assert sorted(source.records()) == [1, 2, 4, 5]
    assert [row for row in source.log() if row[0] == "r2"] == [("r2", "3", "delete")]
    members.put(3, "back", at(70))
    source.said["from"] = members.served()
    assert "asked for changes" in source.run()
    assert source.records()[3]["name"] == "back"


def remove_watermark(source: AskedSource) -> None:
    shutil.rmtree(Path(source.bronze).parents[2] / "Files" / "state")


def keep_more(source: AskedSource) -> None:
    source.said["keep"] = ["updatedAt"]


def ask_another(source: AskedSource) -> None:
    source.said["from"]["params"] = {"region": "north"}


IN_FULL: dict[str, tuple[Callable[[AskedSource], object], str]] = {
    "more is kept": (keep_more, "what is asked of it, or kept of its records, is not what it was"),
    "other parameters": (ask_another, "what is asked of it, or kept of its records, is not what it was"),
    "bronze is gone": (
        lambda s: shutil.rmtree(s.bronze),
        "its bronze table is not what it was: there is no table",
    ),
    "the watermark is gone": (remove_watermark, "nothing is known of an earlier pull"),
}


@pytest.mark.parametrize(("change", "why"), IN_FULL.values(), ids=IN_FULL)
def test_a_watermark_counts_for_what_it_was_made_of(
    source: AskedSource, members: Members, change: Callable[[AskedSource], object], why: str
) -> None:
    source.run()
    change(source)
    assert f"asked for all (5 records): {why}" in source.run()
    assert source.records().keys() == members.expected().keys()


def test_a_time_that_cannot_be_is_never_gone_on_from(
    source: AskedSource, members: Members, caplog: pytest.LogCaptureFixture
) -> None:
    """One wrong date of the year 2062 must not end the deliveries until then."""
    members.put(4, "A", "2062-01-01T00:00:00Z")
    source.said["from"] = members.served()
    source.run()
    assert "1 record has a time in 'updatedAt' later than the clock of this machine" in caplog.text
    members.put(2, "B", at(60))
    source.said["from"] = members.served()
    assert "asked for changes since 2026-01-05 08:00 UTC" in source.run()
    assert source.records() == members.expected()


@pytest.mark.parametrize(
    ("times", "why"),
    [
        (None, "no record had a time in 'updatedAt' that can be read"),
        ("long ago", "no record had a time in 'updatedAt' that can be read"),
        ("2026-01-05T08:00:00", "the times in 'updatedAt' have no time zone, and time_zone does not say it"),
    ],
)
def test_without_times_it_is_always_asked_for_all(
    source: AskedSource, members: Members, caplog: pytest.LogCaptureFixture, times: Any, why: str
) -> None:
    for key in members.rows:
        members.put(key, "A", times)
    source.said["from"] = members.served()
    source.run()
    assert f"asked for all (5 records): {why}" in source.run()
    assert "5 of 5 records have no time in 'updatedAt' that can be read" in caplog.text


def test_records_without_a_time_do_not_move_it_and_are_told(
    source: AskedSource, members: Members, caplog: pytest.LogCaptureFixture
) -> None:
    members.put(8, "A", None)
    source.said["from"] = members.served()
    source.run()
    assert (
        "1 of 6 records have no time in 'updatedAt' that can be read: what changes in them shows when"
        in caplog.text
    )
    assert "asked for changes since 2026-01-05 08:00 UTC (5 records)" in source.run()


def test_an_answer_without_the_last_known_change_is_not_believed(
    source: AskedSource, members: Members, caplog: pytest.LogCaptureFixture
) -> None:
    """It was deleted, or the API takes the parameter for something else and would never deliver again."""
    source.run()
    del members.rows[5]
    source.said["from"] = members.served()
    with caplog.at_level(logging.WARNING):
        assert "asked for all (4 records): its answer lacks the record that changed last" in source.run()
    assert source.records() == members.expected()
    assert "asked for changes" in source.run()


def test_an_api_that_does_not_know_the_parameter_is_told(
    source: AskedSource, members: Members, caplog: pytest.LogCaptureFixture
) -> None:
    members.put(1, "A", at(-10_000))
    source.said |= {"from": members.served(), "incremental": {**ASKED, "parameter": "since"}}
    source.run()
    assert "(5 records)" in source.run()
    assert "1 of 5 records changed long before what was asked for" in caplog.text
    assert source.records() == members.expected()


def test_a_source_that_is_no_longer_asked_for_changes_keeps_nothing(
    source: AskedSource, members: Members
) -> None:
    source.run()
    said = source.said.pop("incremental")
    assert source.run() == ""
    source.said["incremental"] = said
    assert "nothing is known of an earlier pull" in source.run()


steps = st.lists(
    st.tuples(
        st.sampled_from(["insert", "update", "late", "delete", "run", "run", "killed", "full"]),
        st.integers(1, 4),
    ),
    max_size=7,
)


@given(steps=steps)
@example(steps=[("insert", 1), ("run", 0), ("late", 2)])
@example(steps=[("insert", 1), ("run", 0), ("update", 1), ("killed", 0), ("late", 2)])
@example(steps=[("insert", 1), ("insert", 2), ("full", 0), ("delete", 2), ("run", 0), ("insert", 2)])
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bronze_is_what_full_pulls_make_of_it(spark: SparkSession, steps: list[tuple[str, int]]) -> None:
    """Whatever happens between runs, and wherever one is killed; deletions show with the next full pull."""
    with tempfile.TemporaryDirectory() as folder:
        api = Members(Path(folder))
        source = AskedSource(spark, Path(folder) / "lakehouse", incremental={**ASKED, "overlap": 300})
        unseen = False
        try:
            for minute, (step, key) in enumerate([*steps, ("run", 0), ("full", 0)], start=1):
                if step in ("insert", "update"):
                    api.put(key, f"{step} {minute}", at(minute))
                elif step == "late":  # committed now, with a time of four minutes ago
                    api.put(key, f"late {minute}", at(minute - 4))
                elif step == "delete":
                    unseen = api.rows.pop(key, None) is not None or unseen
                else:
                    source.said["from"] = api.served()
                    source.run(full_pull=step == "full", killed=step == "killed")
                    unseen = unseen and not source.pull.is_complete
                    assert unseen or source.records() == api.expected()
        finally:
            api.stop()
    assert not unseen
