"""The tables of a scenario as they can be compared: without what names the run, the folder and the port."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.states.scenarios import RUNS

# Made of the run's id: which run an event is of is compared by its run_id, and their number by its sequence.
RANDOM = frozenset({"event_id"})
_RUN_ID = re.compile(r"\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d\.\d{3}Z")
_SERVER = re.compile(r"http://127\.0\.0\.1:\d+")
_FOLDER_OF_A_RUN = re.compile(rf"[0-9a-f]{{32}}|.*{_RUN_ID.pattern}.*")


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: types by name, in the table's order.
        rows: values in that order; each can be compared, hashed and sorted by its text.
    """

    columns: dict[str, str]
    rows: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Stable:
    """Puts ``<run 2>`` and the like for what names the run: ids, and times between its begin and its end.

    Attributes:
        folder: of the scenario when it ran, as texts name it.
        times: begin and end of each run, in seconds.
    """

    folder: str
    times: list[tuple[float, float]]

    @classmethod
    def of(cls, folder: Path) -> Stable:
        """What the scenario has written down about itself."""
        about = json.loads((folder / RUNS).read_text(encoding="utf-8"))
        return cls(about["folder"], [(begin, end) for begin, end in about["times"]])

    def value(self, value: Any) -> Any:
        """A value without what names the run; lists and structs as tuples."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return self._run(moment) or moment.isoformat()
        if isinstance(value, dict):
            return tuple((name, self.value(item)) for name, item in value.items())
        if isinstance(value, list):
            return tuple(self.value(item) for item in value)
        if isinstance(value, float) and value != value:  # noqa: PLR0124 - not a number: unequal to itself
            return "<nan>"
        return value

    def _text(self, text: str) -> str:
        here = _SERVER.sub("<server>", text.replace(self.folder, "<folder>"))
        return _RUN_ID.sub(self._id, here)

    def _id(self, found: re.Match[str]) -> str:
        return self._run(datetime.strptime(found[0], "%Y-%m-%dT%H.%M.%S.%fZ").replace(tzinfo=UTC)) or found[0]

    def _run(self, moment: datetime) -> str | None:
        for number, (begin, end) in enumerate(self.times, start=1):
            if begin <= moment.timestamp() <= end:
                return f"<run {number}>"
        return None


def tables_of(folder: Path) -> dict[str, Callable[[], Table]]:
    """Every table of a scenario's folder by name, to be read when it is its turn.

    ``gold/customer_360`` and the like are Delta tables; ``state/...`` is what a run keeps for the next one (its
    folders of Parquet files); ``clusters`` and the like are single Parquet files.
    """
    stable = Stable.of(folder)
    found: dict[str, Callable[[], Table]] = {}
    parts: dict[str, list[Path]] = defaultdict(list)
    for name, path in _places(folder):
        if path.is_dir():
            found[name] = lambda path=path: table_of(*delta_rows(path), stable)
        else:
            parts[name].append(path)
    for name, files in parts.items():
        found[name] = lambda files=files: table_of(*parquet_rows(files), stable)
    return dict(sorted(found.items()))


def _places(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names with the folders of Delta tables and the Parquet files that are in none."""
    deltas = {log.parent for log in folder.rglob("_delta_log")}
    for path in deltas:
        yield _name(path.relative_to(folder)), path
    for file in sorted(folder.rglob("*.parquet")):
        inside = file.relative_to(folder)
        if not deltas.intersection(file.parents) and "staging" not in inside.parts:
            yield (_name(inside.parent) if len(inside.parts) > 1 else file.stem), file


def _name(path: Path) -> str:
    """A path below the lakehouse without its upper folders and the folders that a run has named."""
    upper = {"lakehouse", "Tables", "Files"}
    return "/".join(part for part in path.parts if part not in upper and not _FOLDER_OF_A_RUN.fullmatch(part))


def table_of(columns: dict[str, str], rows: list[dict[str, Any]], stable: Stable) -> Table:
    """Rows as they can be compared."""
    kept = {name: kind for name, kind in columns.items() if name not in RANDOM}
    return Table(kept, [tuple(stable.value(row.get(name)) for name in kept) for row in rows])


def delta_rows(folder: Path) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Types, as Delta's log has them, and rows of a Delta table."""
    import pyarrow as pa
    from deltalake import DeltaTable, QueryBuilder

    table = DeltaTable(str(folder))
    fields = json.loads(table.schema().to_json())["fields"]
    columns = {field["name"]: _type(field["type"]) for field in fields}
    found = QueryBuilder().register("t", table).execute("SELECT * FROM t").read_all()
    return columns, pa.table(found).to_pylist()


def _type(kind: Any) -> str:
    return kind if isinstance(kind, str) else json.dumps(kind, sort_keys=True)


def parquet_rows(files: list[Path]) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Types and rows of Parquet files, taken together."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.concat_tables([pq.ParquetFile(file).read() for file in files], promote_options="default")
    return {field.name: str(field.type) for field in table.schema}, table.to_pylist()
