"""What is run in both states: the same commands over the same sources, each in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.run_documents import PROJECT
from tools.states.checkout import State, StateError
from tools.states.days import DAYS, LANDED, SERVED, write_days

# Where the made-up sources are, now and in former states: the first that a state knows is used.
GENERATORS = ("customer_360.sample_sources",)
LAKEHOUSE, RUNS, PRINTED = "lakehouse", "runs.json", "printed.txt"
_INPUTS = "inputs.txt"
_TRUTH = "person"  # of a labelled file: what resolving must not see
_SAMPLE = "sources=sample,sample_customers=500,sample_seed=360"
_REAL = {"users": "crm_users.json", "posts": "marketing_posts.json"}


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        name: as it is printed.
        inputs: what it depends on besides the state, as a digest: kept results of other inputs are not used.
        steps: commands one after another, each given the state and the scenario's folder.
    """

    name: str
    inputs: str
    steps: tuple[Callable[[State, Path], None], ...]

    def results(self, state: State, kept: Path) -> Path:
        """The folder with what the scenario leaves in a state: kept from an earlier time, or made now.

        Args:
            state: whose commands are run.
            kept: folder of all results.

        Raises:
            StateError: a command fails.
        """
        folder = kept / (state.commit or _own(PROJECT)) / self.name.replace(":", "-")
        written = folder / _INPUTS
        if state.commit and written.exists() and written.read_text(encoding="utf-8") == self.inputs:
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as fresh:
            new = Path(fresh) / folder.name
            new.mkdir()
            self._run(state, new)
            (new / _INPUTS).write_text(self.inputs, encoding="utf-8")
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
        return folder

    def _run(self, state: State, folder: Path) -> None:
        times = []
        for step in self.steps:
            begin = time.time()
            step(state, folder)
            times.append([begin, time.time()])
        # the folder is moved when all is done, and what was written names it
        about = {"folder": str(folder), "times": times}
        (folder / RUNS).write_text(json.dumps(about), encoding="utf-8")


def sample() -> Scenario:
    """One run over the sample of each state's own generator: 500 customers."""

    def run(state: State, folder: Path) -> None:
        _kedro(state, folder, "run", "--params", f"lakehouse={folder / LAKEHOUSE},{_SAMPLE}")

    return Scenario("sample", _digest([]), (run,))


def days(before: State, folder: Path) -> Scenario:
    """Runs on several days over sources that change; what each leaves is kept.

    Args:
        before: makes the sources for both states, and serves them.
        folder: for the sources.
    """
    generated = folder / "generated"
    before.python("-m", _module(before), "--customers", "400", "--seed", "5", "--out", str(generated))
    write_days(generated, folder / "days")
    of_day = [folder / "days" / str(day) for day in DAYS]
    steps = tuple(
        _live(before, day, SERVED, LANDED, keep=f"day {day.name}" if day != of_day[-1] else "")
        for day in of_day
    )
    return Scenario("days", _digest(sorted((folder / "days").rglob("*.*"))), steps)


def real(before: State, data: Path) -> Scenario:
    """One run over the data of the real systems, in ``data`` as its README says."""
    landed = LANDED[:2]
    files = [data / name for name in (*_REAL.values(), *landed)]
    return Scenario("real", _digest(files), (_live(before, data, _REAL, landed),))


def resolve(persons: Path, folder: Path) -> Scenario:
    """``kedro resolve`` of a Parquet file of persons.

    Args:
        persons: with the truth in column ``person`` or without.
        folder: for the file without the truth.
    """
    import pyarrow.parquet as pq

    folder.mkdir(parents=True, exist_ok=True)
    source = folder / persons.name
    table = pq.read_table(persons)
    pq.write_table(table.drop_columns([name for name in (_TRUTH,) if name in table.column_names]), source)

    def run(state: State, target: Path) -> None:
        outputs = [str(target / f"{name}.parquet") for name in ("clusters", "golden", "pairs")]
        clusters, golden, pairs = outputs
        _kedro(state, target, "resolve", str(source), "-o", clusters, "--golden", golden, "--pairs", pairs)

    return Scenario(f"resolve:{persons.stem}", _digest([source]), (run,))


def _live(
    server: State, sources: Path, served: dict[str, str], landed: Iterable[str], *, keep: str = ""
) -> Callable[[State, Path], None]:
    """A run over these files: some behind an API, the others dropped; ``keep`` names a copy of what it leaves."""

    def run(state: State, folder: Path) -> None:
        lakehouse = folder / LAKEHOUSE
        landing = lakehouse / "Files" / "landing"
        landing.mkdir(parents=True, exist_ok=True)
        for name in landed:
            shutil.copy(sources / name, landing / name)
        resources = [f"{name}={sources / file}" for name, file in served.items()]
        with server.server("-m", _module(server), "--no-rate-limit", "--serve-files", *resources) as url:
            settings = f"sources=live,crm_url={url},marketing_url={url}"
            _kedro(state, folder, "run", "--params", f"lakehouse={lakehouse},{settings}")
        if keep:
            shutil.copytree(lakehouse, folder / keep)

    return run


def _kedro(state: State, folder: Path, *arguments: str) -> None:
    """A command, whose output is kept beside what it leaves."""
    printed = state.python("-m", "kedro", *arguments)
    with (folder / PRINTED).open("a", encoding="utf-8") as file:
        file.write(printed)


def _module(state: State) -> str:
    for name in GENERATORS:
        if (state.folder / "src" / name.replace(".", "/")).is_dir():
            return name
    raise StateError(f"{state.name} has none of {', '.join(GENERATORS)}; add its name to GENERATORS")


def _own(project: Path) -> str:
    """Where a working tree's results are: several may be compared with one commit at a time."""
    return f"working_tree-{hashlib.sha256(str(project).encode()).hexdigest()[:8]}"


def _digest(files: Iterable[Path]) -> str:
    """Of the files, and of the modules that say what is done with them."""
    digest = hashlib.sha256()
    for file in (*files, Path(__file__), Path(__file__).with_name("days.py")):
        digest.update(f"{file.parent.name}/{file.name}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
