"""Kills at random moments, and runs two at a time: what comes out is what an undisturbed run gives, and nothing else.

How many: the environment variables KILLS and PAIRS (`make safety-test KILLS=100 PAIRS=20`), SEED for other moments.
On this disk, and with `-m azurite` in an emulated OneLake.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.azurite import Azurite
from support.places import Place, Places, changed

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.files import SampleFiles
from customer_360.sample_sources.generator import generate

KILLS = int(os.environ.get("KILLS", "4"))
PAIRS = int(os.environ.get("PAIRS", "2"))
SEED = int(os.environ.get("SEED", "0")) or random.randrange(1, 10**6)
KILLS_IN_A_ROW = 5
LIMIT = 900

pytestmark = pytest.mark.timeout(60 * (10 + 2 * KILLS + 4 * PAIRS))


@dataclass
class World:
    """Sources on two days, and what a lakehouse holds after undisturbed runs on the first and on both."""

    places: Places
    api: LoopbackApi
    days: tuple[SampleFiles, SampleFiles]
    after: list[dict[str, Any]]
    seconds: list[float]  # what a day's run takes when nothing disturbs it, on this machine as it is now

    def set_day(self, place: Place, day: int) -> None:
        sample = self.days[day]
        self.api.serve({"users": sample.crm_users, "posts": sample.marketing_posts})
        place.give(sample)

    def place_before(self, day: int) -> Place:
        """A lakehouse that has seen the days before, and what the sources say on this day."""
        place = self.places.new()
        for earlier in range(day):
            self.set_day(place, earlier)
            finish(place.start(self.api))
        self.set_day(place, day)
        return place


@pytest.fixture(
    scope="module",
    params=[pytest.param(False, marks=pytest.mark.long), pytest.param(True, marks=pytest.mark.azurite)],
    ids=["disk", "onelake"],
)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("safety")
    first = generate(folder / "sample", customers=60, seed=5)
    onelake = Azurite(folder / "onelake", "customer-360-test") if request.param else None
    if onelake is not None:
        onelake.start()
        onelake.make_workspace()
    with LoopbackApi({}, rate_limit=None) as api:
        world = World(Places(folder, onelake), api, (first, changed(first, folder / "changed")), [], [])
        place = world.places.new()
        for day in (0, 1):
            world.set_day(place, day)
            world.seconds.append(finish(place.start(api)))
            world.after.append(place.look())
        print(f"SEED={SEED}")
        yield world
    if onelake is not None:
        onelake.kill()


def finish(process: subprocess.Popen[str]) -> float:
    """Let a run end well; the seconds from its first line to its end."""
    began = started(process)
    assert process.stdout
    output = process.stdout.read()
    assert process.wait(timeout=LIMIT) == 0, output[-3000:]
    return time.monotonic() - began


def started(process: subprocess.Popen[str]) -> float:
    """Wait for the first line of a run: before it there are imports only."""
    assert process.stdout
    assert any("steps on engine" in line for line in process.stdout)
    return time.monotonic()


def kill(process: subprocess.Popen[str], seconds: float) -> float | None:
    """Kill a run so long after its first line; where it was done before, the seconds that it took."""
    began = started(process)
    assert process.stdout
    reader = threading.Thread(target=process.stdout.read, daemon=True)
    reader.start()
    try:
        code = process.wait(timeout=max(0.0, began + seconds - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        if process.wait(timeout=60):
            return None
        code = 0  # it ended in the same moment
    assert code == 0
    return time.monotonic() - began


def output_of(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=LIMIT)[0]


def assert_undisturbed(place: Place, expected: dict[str, Any]) -> None:
    found = place.look()
    assert found["tables"].keys() == expected["tables"].keys()
    for name, rows in expected["tables"].items():
        assert found["tables"][name] == rows, name
    assert sorted({*found["files"]} - {"origin.json"}) == [
        "landing",
        "state",
    ]  # on disk, it says whose records these are
    assert [claim["held"] for claim in found["lease"]] == [False]
    assert len(found["state"]["identity"]) == len(expected["state"]["identity"])


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
def test_kills_at_random_moments(world: World, day: int) -> None:
    """Several in a row on one lakehouse, then a run to its end. A run that was done before its moment is no kill."""
    moments = random.Random(SEED + day)
    wished, killed = max(1, KILLS // 2), 0
    while killed < wished:
        place = world.place_before(day)
        for _ in range(min(KILLS_IN_A_ROW, wished - killed)):
            took = kill(place.start(world.api), moments.uniform(0, world.seconds[day]))
            if took is not None:  # all is written: a run that finds nothing to do is not worth a kill
                world.seconds[day] = max(took, 0.9 * world.seconds[day])
                break
            killed += 1
        finish(place.start(world.api))
        assert_undisturbed(place, world.after[day])
    print(f"{killed} runs killed")


@pytest.mark.parametrize("day", [0, 1], ids=["first day", "second day"])
def test_pairs_of_runs_at_once(world: World, day: int) -> None:
    """One waits for the other, whichever comes first; then it finds nothing to do."""
    moments = random.Random(SEED + 10 + day)
    for _ in range(max(1, PAIRS // 2)):
        place = world.place_before(day)
        first = place.start(world.api, lease_wait=LIMIT)
        time.sleep(moments.uniform(0, 2))
        second = place.start(world.api, lease_wait=LIMIT)
        with ThreadPoolExecutor(2) as pool:
            outputs = list(pool.map(output_of, (first, second)))
        assert [first.returncode, second.returncode] == [0, 0], outputs
        assert sum("is being written by" in output for output in outputs) == 1
        assert_undisturbed(place, world.after[day])


def test_a_second_run_that_may_not_wait_is_told_who_writes(world: World, tmp_path: Path) -> None:
    place = world.place_before(0)
    first = place.start(world.api)
    started(first)
    second = place.start(world.api, lease_wait=0)
    output, _ = second.communicate(timeout=LIMIT)
    assert first.stdout
    first.stdout.read()
    assert first.wait(timeout=LIMIT) == 0
    if second.returncode:  # on a slow machine the first was done before the second began
        assert f"process {first.pid} on" in output
        assert "Traceback" not in output
    assert_undisturbed(place, world.after[0])
