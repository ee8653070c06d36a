"""The source systems of one size in each of their states, generated and served by processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from benchmarks.growth.expected import Totals, expected_totals
from customer_360.sample_sources.files import SampleFiles

PROJECT = Path(__file__).resolve().parents[2]
BEFORE, AFTER, LATER = "before", "after", "later"
_GENERATED = "generated"
_EARLIER = {BEFORE: _GENERATED, AFTER: BEFORE, LATER: AFTER}
# A day after the other; all records have a time from the first on.
_DAY = {BEFORE: 1, AFTER: 2, LATER: 3}


class SystemsError(RuntimeError):
    """The source systems could not be made or served; the message says what their process said."""


@dataclass
class Served:
    """Source systems that answer: base URL of both APIs, id of the process, folder of their files."""

    url: str
    process_id: int
    files: SampleFiles

    def place_files(self, landing: Path) -> None:
        """Put the two files where a run looks for them, with their times: one that is just written is waited for."""
        landing.mkdir(parents=True, exist_ok=True)
        for source in (self.files.erp_customers, self.files.support_tickets):
            shutil.copy2(source, landing / source.name)


@dataclass
class Systems:
    """Made-up systems of so many customers: as they are, and as they are after a share has changed.

    Attributes:
        customers: number of persons that the CRM knows.
        folder: where the files are made; a state is made when it is asked for.
        share: of every source's records that changes from one state to the next.
        seed: of the first state.
    """

    customers: int
    folder: Path
    share: float = 0.01
    seed: int = 360
    _totals: dict[str, Totals] = field(default_factory=dict)
    _impossible: dict[str, str] = field(default_factory=dict)
    _port: int = 0

    def files(self, state: str) -> SampleFiles:
        """The files of a state.

        Raises:
            SystemsError: they could not be generated, or changed.
        """
        place = self.folder / state
        if not place.is_dir():
            partial = self.folder / f"{state}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            if state in self._impossible:
                raise SystemsError(self._impossible[state])
            try:
                _run(self._command(state, partial))
            except SystemsError as error:  # as it will be again, perhaps after minutes
                self._impossible[state] = str(error)
                raise
            partial.rename(place)
            if state == BEFORE:
                shutil.rmtree(self.folder / _GENERATED)
        return SampleFiles.within(place)

    def totals(self, state: str) -> Totals:
        """What the records of a state add up to."""
        if state not in self._totals:
            self._totals[state] = expected_totals(self.files(state).crm_users.parent)
        return self._totals[state]

    @contextmanager
    def served(self, state: str) -> Iterator[Served]:
        """Answer as the systems do in this state, at the same address each time.

        Raises:
            SystemsError: the server did not start.
        """
        files = self.files(state)
        resources = [f"users={files.crm_users}", f"posts={files.marketing_posts}"]
        command = [*_SAMPLE, "--serve-files", *resources, "--no-rate-limit", "--port", str(self._port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
            try:
                assert process.stdout is not None
                url = process.stdout.readline().strip()
                if not url.startswith("http://"):
                    raise SystemsError(f"the sample systems did not start: {' '.join(command)}")
                self._port = int(url.rpartition(":")[2])
                _ask_once(url)
                yield Served(url, process.pid, files)
            finally:
                process.terminate()

    def remove(self) -> None:
        """Delete the files of all states."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _command(self, state: str, out: Path) -> list[str]:
        if state == _GENERATED:
            size = ["--customers", str(self.customers), "--seed", str(self.seed)]
            return [*_SAMPLE, *size, "--out", str(out)]
        day = _DAY[state]
        earlier = self.files(_EARLIER[state]).crm_users.parent
        options = ["--changed", "0" if state == BEFORE else str(self.share), "--seed", str(self.seed + day)]
        options += ["--at", f"2026-01-{day:02}T00:00:00+00:00", *(["--none-gone"] if state == LATER else [])]
        return [sys.executable, "-m", "benchmarks.growth.changes", str(earlier), str(out), *options]


_SAMPLE = [sys.executable, "-m", "customer_360.sample_sources"]


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemsError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-1000:].strip()}")


def _ask_once(url: str) -> None:
    """Have the server make an index of times, as systems have one, before anything is measured."""
    for resource in ("users", "posts"):
        asked = {"updated_since": "2099-01-01T00:00:00Z", "limit": "1"}
        requests.get(f"{url}/{resource}", params=asked, timeout=600).raise_for_status()
