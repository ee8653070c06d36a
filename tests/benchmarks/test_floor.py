"""The script by hand does the work that it is compared for: its totals are those of the sources, before and after."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from benchmarks import floor
from benchmarks.growth.expected import expected_totals
from benchmarks.growth.results import Key
from benchmarks.growth.runs import Place, run_floor
from benchmarks.growth.systems import AFTER, BEFORE, Systems, SystemsError


@pytest.fixture(scope="module")
def systems(tmp_path_factory: pytest.TempPathFactory) -> Systems:
    return Systems(1100, tmp_path_factory.mktemp("systems"))  # more than a page


def test_totals_are_those_of_the_sources_and_another_day_others(systems: Systems, tmp_path: Path) -> None:
    place = Place(tmp_path, timeout=60.0)
    made, urls = {}, set()
    for state in (BEFORE, AFTER):
        with systems.served(state) as served:
            urls.add(served.url)
            result = run_floor(Key(1100, "floor", "full"), place, served, systems.totals(state))
        assert not result.failure, result.last_lines
        assert "gold.customer_360" in result.steps
        made[state] = result.totals
        assert result.totals == asdict(systems.totals(state))
    assert made[BEFORE] != made[AFTER]
    assert len(urls) == 1, "the address is a setting of the run: another one is another run"


def test_every_record_is_with_a_customer_or_with_none(systems: Systems, tmp_path: Path) -> None:
    landing, out = tmp_path / "landing", tmp_path / "out"
    with systems.served(BEFORE) as served:
        served.place_files(landing)
        assert floor.main(["--url", served.url, "--landing", str(landing), "--out", str(out)]) == 0
    table = str(out / "gold" / "customer_360.parquet")
    counts = duckdb.sql(
        "SELECT count(*), count(DISTINCT customer_id), count(email), count(phone), count(birth_date), "
        f"count(top_tags), sum(ticket_count), min(open_ticket_count) FROM '{table}'"
    ).fetchall()[0]
    assert counts[0] == counts[1] == expected_totals(served.files.crm_users.parent).customers
    assert min(counts[2:5]) > 0.8 * counts[0] and counts[5] > 0.5 * counts[0]
    assert counts[6] > 0.7 * systems.totals(BEFORE).tickets and counts[7] == 0


def test_systems_that_cannot_be_made_say_why(tmp_path: Path) -> None:
    with pytest.raises(SystemsError, match="0 or more"):
        Systems(-1, tmp_path / "systems").files(BEFORE)
