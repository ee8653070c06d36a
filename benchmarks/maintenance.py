"""What many small runs cost, with `kedro maintain` and without: processor time, files and bytes of the lakehouse.

    python benchmarks/maintenance.py [--runs 40] [--every 10] [--customers 105] [--changes 10]

Two lakehouses read the same sources, in which a few records change before each run; one of them is maintained after
every tenth run. Every run is `kedro run` as a process of its own. Processor time, unlike time on the clock, does not
depend on what else the machine does. All runs take minutes where days lie between them in life, so maintenance is told
to keep nothing but what is published (`retention_hours=0`): what it removes here, it removes a week later there.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from customer_360.sample_sources.api import LoopbackApi
from customer_360.sample_sources.files import SampleFiles
from customer_360.sample_sources.generator import generate

PROJECT = Path(__file__).resolve().parents[1]
AT_ONCE = (
    "maintenance.retention_hours=0,maintenance.allow_shorter_retention=true,maintenance.log_retention_hours=0"
)
PLACES = ("Tables", "Files/state", "Files/work", "Files/staging")
AVERAGED = 3  # runs, of whose processor time the median is shown


@dataclass
class Lakehouse:
    """One of the two, and what its runs took.

    Attributes:
        maintained: whether it is.
        cpu: seconds of processor time of each run.
        sizes: files and bytes by place, after each run.
        maintenance: seconds of processor time of each `kedro maintain`.
    """

    root: Path
    maintained: bool
    cpu: list[float] = field(default_factory=list)
    sizes: list[dict[str, tuple[int, int]]] = field(default_factory=list)
    maintenance: list[float] = field(default_factory=list)

    def run(self, sample: SampleFiles, api: LoopbackApi) -> None:
        """Bring the files, and run."""
        landing = self.root / "Files" / "landing"
        landing.mkdir(parents=True, exist_ok=True)
        for path in (sample.erp_customers, sample.support_tickets):
            shutil.copy(path, landing / path.name)
        given = f"sources=live,crm_url={api.url},marketing_url={api.url},lakehouse={self.root}"
        self.cpu.append(processor_time("run", given))
        self.sizes.append(dict(measured(self.root)))

    def maintain(self) -> None:
        """Keep nothing but what is published."""
        self.maintenance.append(processor_time("maintain", f"lakehouse={self.root},{AT_ONCE}"))
        self.sizes[-1] = dict(measured(self.root))


def processor_time(command: str, params: str) -> float:
    """Seconds of processor time that the command took, with all that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [str(Path(sys.executable).with_name("kedro")), command, "--params", params],
        cwd=PROJECT, env={**os.environ, "DO_NOT_TRACK": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"kedro {command} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(root: Path) -> Iterator[tuple[str, tuple[int, int]]]:
    """Files and bytes of each place."""
    for place in PLACES:
        sizes = [path.stat().st_size for path in (root / place).rglob("*") if path.is_file()]
        yield place, (len(sizes), sum(sizes))


def change(sample: SampleFiles, number: int, changes: int) -> None:
    """Change so many records: four in ten of them users, the others rows, posts and tickets."""
    users = [json.loads(line) for line in sample.crm_users.read_text("utf-8").splitlines()]
    posts = [json.loads(line) for line in sample.marketing_posts.read_text("utf-8").splitlines()]
    tickets = json.loads(sample.support_tickets.read_text("utf-8"))
    with sample.erp_customers.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    kinds = (users, rows, users, posts, tickets)
    for one in range(changes):
        kind = kinds[one % len(kinds)]
        found = kind[(7 * number + 3 * one) % len(kind)]
        if kind is rows:
            found[2] = f"{number} Later Street"
        elif kind is users and isinstance(found.get("address"), dict):
            found["address"]["address"] = f"{number}{one} Later Street"
        elif kind is posts:
            found["views"] = 1000 * number + one
        elif isinstance(found, dict):
            found["status"] = ("open", "closed")[number % 2]
    sample.crm_users.write_text("".join(json.dumps(user) + "\n" for user in users), "utf-8")
    sample.marketing_posts.write_text("".join(json.dumps(post) + "\n" for post in posts), "utf-8")
    sample.support_tickets.write_text(json.dumps(tickets), "utf-8")
    with sample.erp_customers.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def report(lakehouses: list[Lakehouse], every: int) -> None:
    """Print what runs took and left."""
    runs = len(lakehouses[0].cpu)
    shown = sorted({1, 2, *range(every, runs + 1, every), *range(every + 1, runs + 1, every), runs})
    print(f"\n{'':>4}  {'without kedro maintain':^38}  {f'maintained after every {every} runs':^38}")
    head = f"{'CPU s':>6} {'files':>7} {'MB':>6} {'state files':>11}"
    print(f"{'run':>4}  {head:<38}  {head:<38}")
    for run in shown:
        cells = []
        for lakehouse in lakehouses:
            near = lakehouse.cpu[max(0, run - AVERAGED) : run] if run > 1 else lakehouse.cpu[:1]
            sizes = lakehouse.sizes[run - 1]
            files, size = (sum(numbers) for numbers in zip(*sizes.values(), strict=True))
            state = sum(sizes[place][0] for place in PLACES[1:])
            cells.append(f"{statistics.median(near):>6.1f} {files:>7,} {size / 1e6:>6.1f} {state:>11,}")
        print(f"{run:>4}  {cells[0]:<38}  {cells[1]:<38}", flush=True)
    taken = ", ".join(f"{seconds:.1f}" for seconds in lakehouses[1].maintenance)
    print(f"\nkedro maintain took {taken} s of processor time. CPU s: median of {AVERAGED} runs.")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--every", type=int, default=10, help="runs between two `kedro maintain`")
    parser.add_argument("--customers", type=int, default=105, help="105 give about 450 records")
    parser.add_argument("--changes", type=int, default=10, help="records that change before each run")
    parser.add_argument("--keep", action="store_true", help="keep the lakehouses")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="customer_360-maintenance-"))
    lakehouses = [Lakehouse(folder / "plain", False), Lakehouse(folder / "maintained", True)]
    sample = generate(folder / "systems", customers=arguments.customers, seed=360)
    try:
        with LoopbackApi({"users": sample.crm_users, "posts": sample.marketing_posts}) as api:
            for number in range(1, arguments.runs + 1):
                if number > 1:
                    change(sample, number, arguments.changes)
                api.serve({"users": sample.crm_users, "posts": sample.marketing_posts})
                for lakehouse in lakehouses:
                    lakehouse.run(sample, api)
                    if lakehouse.maintained and number % arguments.every == 0:
                        lakehouse.maintain()
                said = ", ".join(f"{one.cpu[-1]:.1f} s" for one in lakehouses)
                print(f"run {number}: {said}", flush=True)
        report(lakehouses, arguments.every)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
