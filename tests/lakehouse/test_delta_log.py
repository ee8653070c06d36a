"""A table's folder in every state that people and killed runs leave it in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from deltalake import DeltaTable, write_deltalake

from customer_360.lakehouse.delta_log import DamagedTableError, TableFolder, last_version


def commit(table: Path, version: int) -> Path:
    return table / "_delta_log" / f"{version:020d}.json"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three versions; the second replaces the first."""
    import pyarrow as pa

    for mode, values in (("append", [1, 2]), ("overwrite", [3, 4, 5]), ("append", [6])):
        write_deltalake(tmp_path / "t", pa.table({"n": values}), mode=mode)  # type: ignore[call-overload]
    return tmp_path / "t"


def cut(path: Path, share: float = 0.5) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])


def test_a_whole_table(table: Path) -> None:
    folder = TableFolder.look(str(table))
    files = folder.files()
    folder.check_files(files)
    assert (folder.found, folder.last_version, sum(file.rows or 0 for file in files.values())) == (
        "log",
        2,
        4,
    )
    assert last_version(f"file://{table}") == 2
    assert sorted(files) == sorted(Path(uri).name for uri in DeltaTable(table).file_uris())


@pytest.mark.parametrize("commits_gone", [(), (0,), (0, 1)])
def test_a_table_with_a_checkpoint(table: Path, commits_gone: tuple[int, ...]) -> None:
    DeltaTable(table).create_checkpoint()
    for version in commits_gone:
        commit(table, version).unlink()
    write_deltalake(table, DeltaTable(table).to_pyarrow_table().slice(0, 1), mode="append")
    folder = TableFolder.look(str(table))
    assert folder.last_version == 3
    assert sorted(folder.files()) == sorted(Path(uri).name for uri in DeltaTable(table).file_uris())


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda folder: None, "nothing"),
        (lambda folder: folder.mkdir(), "nothing"),
        (lambda folder: (folder / "_delta_log").mkdir(parents=True), "nothing"),
        (lambda folder: _touch(folder / "_delta_log" / "_commit_1b2c.json.tmp"), "nothing"),
        (lambda folder: _touch(folder / "part-0.parquet"), "files"),
        (lambda folder: (_touch(folder / "p.parquet"), (folder / "_delta_log").mkdir()), "files"),
    ],
)
def test_where_nothing_was_ever_committed(tmp_path: Path, make: Callable[[Path], object], found: str) -> None:
    make(tmp_path / "t")
    folder = TableFolder.look(str(tmp_path / "t"))
    folder.check_log()
    assert (folder.found, folder.last_version, folder.files()) == (found, None, {})


def _touch(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def _checkpointed(table: Path) -> None:
    DeltaTable(table).create_checkpoint()


def _live_file(table: Path) -> Path:
    return table / next(iter(TableFolder.look(str(table)).files()))


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda t: commit(t, 0).unlink(), r"commit _delta_log/0{20}\.json is missing"),
        (lambda t: commit(t, 1).unlink(), r"1\.json is missing"),
        (lambda t: commit(t, 1).write_text(""), r"1\.json is empty"),
        (lambda t: commit(t, 2).write_text(""), r"2\.json is empty"),
        (lambda t: commit(t, 3).touch(), r"3\.json is empty"),
        (lambda t: cut(commit(t, 2)), r"2\.json is cut"),
        (lambda t: commit(t, 2).write_text("\n"), r"2\.json is cut"),
        (lambda t: commit(t, 2).write_bytes(b"\0" * 300), r"2\.json is cut"),
        (lambda t: commit(t, 4).with_suffix(".crc").write_text("{}"), r"4\.json is missing, its checksum"),
        (lambda t: _live_file(t).unlink(), r"data file .*\.parquet is missing"),
        (lambda t: cut(_live_file(t)), r"data file .*\.parquet has .* bytes"),
        (lambda t: _live_file(t).write_bytes(b""), r"data file .*\.parquet has 0 bytes"),
        (
            lambda t: (_checkpointed(t), next(t.glob("*/*.checkpoint.parquet")).unlink()),
            "checkpoint of version 2",
        ),
        (
            lambda t: (_checkpointed(t), cut(next(t.glob("*/*.checkpoint.parquet")))),
            "checkpoint .* cannot be read",
        ),
        (
            lambda t: (_checkpointed(t), cut(t / "_delta_log/_last_checkpoint")),
            "_last_checkpoint cannot be read",
        ),
        (
            lambda t: (_checkpointed(t), [path.unlink() for path in t.glob("_delta_log/0*")]),
            "no commit and no checkpoint",
        ),
    ],
)
def test_what_is_lost_is_named(table: Path, spoil: Callable[[Path], object], problem: str) -> None:
    spoil(table)
    with pytest.raises(DamagedTableError, match=problem) as raised:
        folder = TableFolder.look(f"file://{table}")
        folder.check_files(folder.files())
    assert str(table) in str(raised.value)


def test_a_file_of_an_older_version_is_not_needed(table: Path) -> None:
    live = TableFolder.look(str(table)).files()
    old = next(path for path in table.glob("*.parquet") if path.name not in live)
    old.unlink()
    TableFolder.look(str(table)).check_files(live)


def test_a_file_of_which_rows_were_deleted_is_there_and_nobody_counted_it(table: Path) -> None:
    """As Fabric writes it, where somebody has switched deletion vectors on."""
    path, file = next(iter(TableFolder.look(str(table)).files().items()))
    actions: list[dict[str, object]] = [
        {
            "add": {
                "path": path,
                "size": file.size,
                "stats": '{"numRecords": 9}',
                "deletionVector": {"cardinality": 1},
            }
        },
        {"remove": {"path": path}},
    ]
    commit(table, 3).write_text("\n".join(map(json.dumps, actions)))
    found = TableFolder.look(str(table)).files()[path]
    assert (found.size, found.rows) == (file.size, None)
