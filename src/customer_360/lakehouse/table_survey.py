"""All tables of a lakehouse before a run writes any: what is whole, what is lost, and what never was.

Only a place in which nothing was ever committed is a first day. Where other tables know that there was something,
its absence is a loss: the run is refused before it begins a log anew and gives everybody new ids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from customer_360.lakehouse.data_files import DataFile
from customer_360.lakehouse.delta_log import DamagedTableError, TableFolder

_AT_ONCE = 8  # listings and reads of a store far away
_LEFT = "data files that no run ever committed are left there; they do not count"
_Weight = Literal["lost", "again", "notes"]  # as Verdict has them


class LakehouseDamagedError(RuntimeError):
    """Tables are damaged or lost; the message names each, what is missing, and what to do."""


@dataclass(frozen=True)
class TableState:
    """A table as it was found.

    Attributes:
        name: ``<layer>/<table>``.
        folder: what was listed.
        files: data files of the last version.
        problem: what is damaged, in words; blank if nothing is.
    """

    name: str
    folder: TableFolder
    files: Mapping[str, DataFile]
    problem: str = ""

    @property
    def committed(self) -> bool:
        """Whether anything was ever committed there, as far as can be seen now."""
        return self.folder.found == "log"

    @property
    def version(self) -> int | None:
        """The last version."""
        return self.folder.last_version

    @property
    def rows(self) -> int | None:
        """Rows of the last version; None where the log does not say."""
        counts = [file.rows for file in self.files.values()]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def place(self) -> str:
        """The folder, as a person writes it."""
        return self.folder.url.removeprefix("file://")


def survey(folders: Mapping[str, str]) -> dict[str, TableState]:
    """Look at tables, several at once.

    Args:
        folders: of the tables, by ``<layer>/<table>``.
    """
    with ThreadPoolExecutor(_AT_ONCE) as workers:
        found = workers.map(lambda item: _look(*item), folders.items())
        return dict(zip(folders, found, strict=True))


def _look(name: str, url: str) -> TableState:
    folder = TableFolder.look(url)
    try:
        files = folder.files()
        folder.check_files(files)
    except DamagedTableError as error:
        return TableState(name, folder, {}, error.problem)
    return TableState(name, folder, files)


@dataclass(frozen=True)
class Verdict:
    """What is to be said about the tables before a run.

    Attributes:
        lost: one line for each table that is damaged or lost for good; the run must not go on.
        again: one line for each of those that can be computed again once they are out of the way.
        notes: what a person should know, although the run goes on.
        leftovers: tables of which a killed run left data files, and never committed any.
    """

    lost: tuple[str, ...]
    again: tuple[str, ...]
    notes: tuple[str, ...]
    leftovers: frozenset[str]

    def check(self, root: str) -> None:
        """Raises LakehouseDamagedError: something is lost or damaged."""
        if not self.lost and not self.again:
            return
        lines = ["tables of the lakehouse are damaged or lost. Nothing was written.", *self.lost, *self.again]
        if self.again:
            lines.append("A table that is computed from others can be written again: delete its folder.")
        if self.lost:
            lines.append(
                "A log cannot be computed again: restore its folder from a backup (OneLake keeps what was deleted "
                "for some days). If there is none, move the folder away and run once with --params begin_anew="
                f"{'+'.join(self._names())}; what only the log knew is then lost. To begin again from nothing, delete "
                f"{root}/Tables and {root}/Files/state: every customer then gets a new customer_id."
            )
        raise LakehouseDamagedError("\n".join(lines))

    def _names(self) -> list[str]:
        return [line.split()[0] for line in self.lost]


def judge(
    states: Mapping[str, TableState],
    *,
    logs: Collection[str],
    written: Collection[str],
    published: Mapping[str, int],
    known: Mapping[str, str],
) -> Verdict:
    """Tell what is lost from what never was.

    Args:
        states: of the tables that the run reads or writes.
        logs: tables that grow run by run and cannot be computed from others.
        written: tables that the run writes.
        published: versions that the manifest names.
        known: tables that must once have been there, and who knows: "silver/x comes from it".
    """
    told: dict[_Weight, list[str]] = {"lost": [], "again": [], "notes": []}
    leftovers: set[str] = set()
    for name, state in states.items():
        because = known.get(name) or (f"version {published[name]} was published" if name in published else "")
        if state.problem or state.committed:
            found = _of_a_table(state, is_log=name in logs, published=published.get(name))
        elif because and name in written:
            found = _of_an_absent_table(state, is_log=name in logs, because=because)
        else:
            is_left = state.folder.found == "files"
            leftovers |= {name} if is_left else set()
            found = ("notes", _LEFT) if is_left and name in written else None
        if found:
            weight, what = found
            told[weight].append(_line(state, what))
    return Verdict(tuple(told["lost"]), tuple(told["again"]), tuple(told["notes"]), frozenset(leftovers))


def _of_a_table(state: TableState, *, is_log: bool, published: int | None) -> tuple[_Weight, str] | None:
    """A table that is there: damaged, or with fewer versions than were published."""
    if state.problem:
        return "lost" if is_log else "again", state.problem
    if published is None or (state.version or 0) >= published:
        return None
    said = f"its log ends at version {state.version}, and version {published} was published"
    return "lost" if is_log else "notes", said


def _of_an_absent_table(state: TableState, *, is_log: bool, because: str) -> tuple[_Weight, str]:
    """A table that must once have been there, and that the run writes."""
    has_files = state.folder.found == "files"
    if is_log or has_files:
        what = "has data files, but no log" if has_files else "is gone"
        return "lost" if is_log else "again", f"{what}, and {because}"
    return "notes", f"is gone, and is written again ({because})"


def _line(state: TableState, said: str) -> str:
    return f"  {state.name} ({state.place}): {said}."


def versions(states: Iterable[TableState]) -> dict[str, int]:
    """Last versions of the tables that are there."""
    return {state.name: state.version for state in states if state.version is not None}
