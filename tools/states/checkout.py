"""A state of the project as a folder, and its commands with the interpreter that runs this."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.run_documents import PROJECT, copy_of_the_project

_ENDS = 3  # seconds that a server has to end


class StateError(Exception):
    """A command of a state failed, or there is no such state."""


@dataclass(frozen=True)
class State:
    """A state of the project.

    Attributes:
        name: as it is printed.
        folder: a copy of its files.
        commit: whose files these are; None for a working tree with changes of its own.
    """

    name: str
    folder: Path
    commit: str | None

    def python(self, *arguments: str) -> str:
        """What ``python ...`` prints in this state.

        Raises:
            StateError: it fails.
        """
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=self._environment(), check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if done.returncode:
            last = "\n".join(done.stdout.rstrip().splitlines()[-12:])
            raise StateError(
                f"'python {' '.join(arguments)}' of {self.name} ended with {done.returncode}:\n{last}"
            )
        return done.stdout

    @contextmanager
    def server(self, *arguments: str) -> Iterator[str]:
        """``python ...`` as long as it is needed: the first line that it prints.

        Raises:
            StateError: it ends before it has printed one.
        """
        with subprocess.Popen(
            [sys.executable, *arguments], cwd=self.folder, env=self._environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            try:
                line = process.stdout.readline().strip() if process.stdout else ""
                if not line:
                    raise StateError(f"'python {' '.join(arguments)}' of {self.name} serves nothing")
                yield line
            finally:
                process.terminate()
                try:
                    process.wait(_ENDS)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(self.folder / "src"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DO_NOT_TRACK": "1",
            "NO_COLOR": "1",
            "COLUMNS": "160",
        }


@contextmanager
def committed(ref: str) -> Iterator[State]:
    """The files of a commit.

    Raises:
        StateError: there is no such commit.
    """
    try:
        commit = _git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError:
        raise StateError(f"git knows no commit '{ref}'") from None
    with TemporaryDirectory(prefix="customer_360-state-") as folder:
        packed = _git("archive", "--format=tar", commit)
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        yield State(commit[:10], Path(folder), commit)


@contextmanager
def working_tree() -> Iterator[State]:
    """The files of the working tree as they are now; those of the commit when nothing differs from it."""
    with copy_of_the_project() as folder:
        changed = _git("status", "--porcelain").strip()
        commit = None if changed else _git("rev-parse", "HEAD").decode().strip()
        yield State("the working tree" if commit is None else commit[:10], folder, commit)


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=PROJECT, check=True, capture_output=True).stdout
